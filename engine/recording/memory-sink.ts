/** A recording kept in memory: for short ones in a page, and for tests. */
import type { ByteSink } from '../../codecs/recording/index.js';

export class MemorySink implements ByteSink {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  #closed = false;

  write(bytes: Uint8Array): void {
    this.#chunks.push(new Uint8Array(bytes));
    this.#bytes += bytes.length;
  }

  close(): void {
    this.#closed = true;
  }

  get byteLength(): number {
    return this.#bytes;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What was written, in pieces: the parts of a `Blob`. */
  get chunks(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#chunks;
  }

  /** What was written, in one piece: a copy. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}
