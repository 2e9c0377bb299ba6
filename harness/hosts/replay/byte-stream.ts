/** Takes exact numbers of bytes from a stream, chunk by chunk as they come, with the stream's own back pressure. */
import type { Readable } from 'node:stream';

export class ByteStream {
  readonly #stream: Readable;
  #chunk: Buffer | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    const wake = () => this.#wake?.();
    const end = () => {
      this.#ended = true;
      wake();
    };
    stream.on('readable', wake);
    stream.once('end', end);
    stream.once('close', end);
    stream.once('error', end);
  }

  /** Waits for at least one byte; false at the end. */
  async isReady(): Promise<boolean> {
    for (;;) {
      this.#chunk ??= this.#stream.read() ?? undefined;
      if (this.#chunk !== undefined) return true;
      if (this.#ended) return false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** Hands `length` bytes to `take`, in pieces that are valid during the call; false when the stream ends before. */
  async take(length: number, take: (bytes: Buffer) => void): Promise<boolean> {
    let missing = length;
    while (missing > 0) {
      if (!(await this.isReady())) return false;
      const chunk = this.#chunk!;
      const part = chunk.subarray(0, missing);
      this.#chunk = part.length < chunk.length ? chunk.subarray(part.length) : undefined;
      missing -= part.length;
      take(part);
    }
    return true;
  }
}
