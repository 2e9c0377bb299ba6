/**
 * Lines that are written beside a session: a log. A disk that is full or slow costs lines, never the session: what
 * goes wrong is told once, and lines that could not be written are counted.
 */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

/** What may wait for a slow disk. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export class SideFile {
  readonly #file: WriteStream;
  readonly #onFault: (error: Error) => void;
  #hasFailed = false;
  #lost = 0;

  /** A file that is written from its beginning. `onFault` is told once. Rejects when the file cannot be opened. */
  static async open(path: string, onFault: (error: Error) => void): Promise<SideFile> {
    const file = createWriteStream(path);
    await once(file, 'open');
    return new SideFile(file, onFault);
  }

  private constructor(file: WriteStream, onFault: (error: Error) => void) {
    this.#file = file;
    this.#onFault = onFault;
    file.on('error', (error) => this.#failed(error));
  }

  /** Lines that are not in the file. */
  get lost(): number {
    return this.#lost;
  }

  write(line: string): void {
    if (this.#hasFailed || this.#file.writableLength > MAX_WAITING_BYTES) {
      this.#lost++;
      return;
    }
    this.#file.write(`${line}\n`, (error) => {
      if (error) this.#lost++;
    });
  }

  /** Resolves when the file has what it will have. */
  async close(): Promise<void> {
    if (this.#file.closed) return;
    const closed = new Promise<void>((resolve) => this.#file.once('close', () => resolve()));
    this.#file.end();
    await closed;
  }

  #failed(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFault(error);
  }
}
