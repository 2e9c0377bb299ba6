/** Where a recording is read from: any place that answers "these bytes, please". */

/** A file, a `Blob`, memory. Its size is that of the moment it was opened. */
export interface RandomAccess {
  readonly size: number;
  /**
   * The bytes `[offset, offset + length)`; fewer only where the source has become shorter. The caller may keep
   * them: the source does not change them afterwards.
   */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** A recording in memory. */
export function bytesSource(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A recording in a `Blob` or `File`: dropped onto a page, or kept by the browser. */
export function blobSource(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** How much is asked for at once: few calls, little memory. */
const WINDOW_BYTES = 1024 * 1024;

/** A window over a source: small reads near one another cost one read of the source. */
export class ReadWindow {
  readonly #source: RandomAccess;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(source: RandomAccess) {
    this.#source = source;
  }

  /** The bytes `[offset, offset + length)` when the window holds them: the way without waiting. */
  peek(offset: number, length: number): Uint8Array | undefined {
    const at = offset - this.#start;
    if (at < 0 || at + length > this.#bytes.length) return undefined;
    return this.#bytes.subarray(at, at + length);
  }

  /** What the window holds from `offset` on; empty when that is outside it. */
  rest(offset: number): Uint8Array {
    const at = offset - this.#start;
    return at < 0 ? this.#bytes.subarray(0, 0) : this.#bytes.subarray(at);
  }

  /** The bytes `[offset, offset + length)`; fewer at the source's end. Stays valid. */
  async get(offset: number, length: number): Promise<Uint8Array> {
    const held = this.peek(offset, length);
    if (held !== undefined) return held;
    const wanted = Math.min(Math.max(length, WINDOW_BYTES), this.#source.size - offset);
    if (wanted <= 0) return new Uint8Array(0);
    this.#bytes = await this.#source.read(offset, wanted);
    this.#start = offset;
    return this.#bytes.subarray(0, length);
  }
}
