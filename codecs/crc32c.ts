/** CRC-32C (Castagnoli) of byte ranges, by the kernels. */
import { Arena } from './arena.js';
import { createSharedMemory, instantiateKernels, type Kernels } from './kernels.js';
import type { Checksum } from './recording/crc32c.js';

/** Of the kernel: its tables, and what it needs before a range. */
const TABLE_BYTES = 8192;
const MARGIN_BYTES = 3344;
/** The window through which longer ranges pass: most messages fit, and it stays in a processor's cache. */
const WINDOW_BYTES = 128 * 1024;
/** Copies into shared memory are six times as fast when source and target lie alike in words of so many bytes. */
const WORD_BYTES = 8;

export class Crc32c {
  readonly #kernels: Kernels;
  readonly #table: number;
  readonly #at: number;
  readonly #window: Uint8Array;

  constructor(module: WebAssembly.Module) {
    const arena = new Arena();
    this.#table = arena.take(TABLE_BYTES);
    this.#at = arena.take(MARGIN_BYTES + WORD_BYTES + WINDOW_BYTES) + MARGIN_BYTES;
    const memory = createSharedMemory(arena.end);
    this.#kernels = instantiateKernels(module, memory);
    this.#kernels.crc32cTable(this.#table);
    this.#window = new Uint8Array(memory.buffer, this.#at, WORD_BYTES + WINDOW_BYTES);
  }

  /** The checksum of `bytes[start, end)`, unsigned, continuing from `seed`: the checksum of what was before. */
  of(bytes: Uint8Array, start = 0, end = bytes.length, seed = 0): number {
    let crc = seed;
    for (let at = start; at < end; at += WINDOW_BYTES) {
      const part = bytes.subarray(at, Math.min(end, at + WINDOW_BYTES));
      const shift = part.byteOffset % WORD_BYTES;
      this.#window.set(part, shift);
      crc = this.#kernels.crc32c(this.#at + shift, part.length, crc, this.#table);
    }
    return crc >>> 0;
  }
}

/** The same as a function, for a recording's writer. */
export function kernelChecksum(module: WebAssembly.Module): Checksum {
  const kernels = new Crc32c(module);
  return (bytes, start, end) => kernels.of(bytes, start, end);
}
