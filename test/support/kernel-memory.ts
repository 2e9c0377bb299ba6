/** A memory for testing kernels by hand: ranges are put between canaries, which `check` looks after. */
import { createSharedMemory, instantiateKernels, type Kernels } from '../../codecs/index.js';

const CANARY = 0xa5;
const CANARY_BYTES = 4096;

export class KernelMemory {
  readonly kernels: Kernels;
  readonly bytes: Uint8Array;
  readonly #zones: number[] = [];
  readonly #clean = new Uint8Array(CANARY_BYTES).fill(CANARY);
  #at = 65536;

  constructor(module: WebAssembly.Module, bytes = 4 << 20) {
    const memory = createSharedMemory(bytes);
    this.kernels = instantiateKernels(module, memory);
    this.bytes = new Uint8Array(memory.buffer);
    this.#canary();
  }

  /** Offset of a range of exactly `size` bytes with canaries on both sides. */
  take(size: number): number {
    const offset = this.#at;
    if (offset + size + CANARY_BYTES > this.bytes.length)
      throw new RangeError('The test memory is too small.');
    this.#at += size;
    this.#canary();
    return offset;
  }

  put(bytes: Uint8Array): number {
    const offset = this.take(bytes.length);
    this.bytes.set(bytes, offset);
    return offset;
  }

  view(offset: number, size: number): Uint8Array {
    return this.bytes.subarray(offset, offset + size);
  }

  words(offset: number, count: number): Uint32Array {
    return new Uint32Array(this.bytes.slice(offset, offset + count * 4).buffer);
  }

  /** Whether every canary still sings. */
  intact(): boolean {
    return this.#zones.every((zone) => Buffer.compare(this.view(zone, CANARY_BYTES), this.#clean) === 0);
  }

  #canary(): void {
    this.#zones.push(this.#at);
    this.bytes.fill(CANARY, this.#at, this.#at + CANARY_BYTES);
    this.#at += CANARY_BYTES;
  }
}
