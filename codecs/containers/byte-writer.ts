/** Bytes that are put together before they are written. */
const FIRST_CAPACITY = 1024;
const text = new TextEncoder();

export class ByteWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written so far: a view that the next write or `clear` may spoil. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  put(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Text as UTF-8, without a length or an end. */
  text(value: string): this {
    return this.put(text.encode(value));
  }

  zeros(count: number): this {
    const at = this.#grow(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  /** Little-endian, as RIFF has it. */
  u16le(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32le(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** A whole number up to 2^53. */
  u64le(value: number): this {
    return this.u32le(value >>> 0).u32le(Math.floor(value / 2 ** 32));
  }

  /** Big-endian in `count` bytes (1 to 8), as EBML has it. */
  ube(value: number, count: number): this {
    for (let byte = count - 1; byte >= 0; byte--) this.u8(Math.floor(value / 2 ** (8 * byte)) & 255);
    return this;
  }

  i16be(value: number): this {
    const at = this.#grow(2);
    this.#view.setInt16(at, value);
    return this;
  }

  f64be(value: number): this {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value);
    return this;
  }

  /** Overwrites a u32 that was written before. */
  patchU32le(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** Room for `count` bytes more; the answer is where it begins. */
  #grow(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = needed;
    return at;
  }
}
