/** CRC-32C (Castagnoli) of byte ranges, by the kernels. */
import { createSharedMemory, instantiateKernels, type Kernels } from './kernels.js';

/** Tables, then a window through which longer ranges pass. */
const TABLE = 65536;
const WINDOW = TABLE + 8192;
const WINDOW_BYTES = 65536;

export class Crc32c {
  readonly #kernels: Kernels;
  readonly #window: Uint8Array;

  constructor(module: WebAssembly.Module) {
    const memory = createSharedMemory(WINDOW + WINDOW_BYTES);
    this.#kernels = instantiateKernels(module, memory);
    this.#kernels.crc32cTable(TABLE);
    this.#window = new Uint8Array(memory.buffer, WINDOW, WINDOW_BYTES);
  }

  /** The checksum as an unsigned number, continuing from `seed`: the checksum of the bytes before. */
  update(bytes: Uint8Array, seed = 0): number {
    let crc = seed;
    for (let at = 0; at < bytes.length; at += WINDOW_BYTES) {
      const part = bytes.subarray(at, at + WINDOW_BYTES);
      this.#window.set(part);
      crc = this.#kernels.crc32c(WINDOW, part.length, crc, TABLE);
    }
    return crc >>> 0;
  }
}
