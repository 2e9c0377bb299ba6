/** Hands out places in a memory that does not exist yet: sizes are added up first, and allocated once. */

/** The first page is left to the kernels' read-only data. */
const BASE = 65536;
/** Whatever is written by SIMD groups may be overrun by less than this. */
const SLACK = 64;
const CACHE_LINE = 64;

export class Arena {
  #at = BASE;

  /** Offset of `bytes` bytes. */
  take(bytes: number): number {
    const offset = this.#at;
    this.#at = Math.ceil((offset + bytes + SLACK) / CACHE_LINE) * CACHE_LINE;
    return offset;
  }

  get end(): number {
    return this.#at;
  }
}
