/** Hands out places in a memory that does not exist yet: sizes are added up first, and allocated once. */

/** The first page is left to the kernels' read-only data. */
const BASE = 65536;
/** Whatever is written by SIMD groups may be overrun by less than this. */
const SLACK = 64;
const CACHE_LINE = 64;

/** `bytes` with the slack behind them, in whole cache lines. */
export function paddedBytes(bytes: number): number {
  return Math.ceil((bytes + SLACK) / CACHE_LINE) * CACHE_LINE;
}

export class Arena {
  #at = BASE;

  /** Offset of `bytes` bytes. */
  take(bytes: number): number {
    const offset = this.#at;
    this.#at = paddedBytes(offset + bytes);
    return offset;
  }

  get end(): number {
    return this.#at;
  }
}
