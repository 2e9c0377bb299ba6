/** A file of any length in memory: long runs of one write are kept by their first and last bytes only. */
import type { ContainerSink } from '../../codecs/containers/index.js';

/** What is kept of each end of a long write, and how long that is. */
const KEPT = 4096;
const LONG = 1 << 20;

export class SparseFile implements ContainerSink {
  readonly seekable: boolean;
  length = 0;
  writes = 0;
  readonly #pieces: { at: number; bytes: Uint8Array }[] = [];

  constructor(seekable = true) {
    this.seekable = seekable;
  }

  write(bytes: Uint8Array, at = this.length): void {
    if (!this.seekable && at !== this.length) throw new Error('This file cannot seek.');
    if (at > this.length) throw new Error('A write leaves a gap.');
    this.writes++;
    if (at < this.length) {
      this.#overwrite(bytes, at);
      return;
    }
    this.length += bytes.length;
    if (bytes.length < LONG) {
      this.#pieces.push({ at, bytes: bytes.slice() });
      return;
    }
    this.#pieces.push({ at, bytes: bytes.slice(0, KEPT) });
    this.#pieces.push({ at: at + bytes.length - KEPT, bytes: bytes.slice(-KEPT) });
  }

  /** Bytes from `at` on, fewer at the end of the file; what was not kept is 0. */
  read(at: number, count: number): Uint8Array {
    const out = new Uint8Array(Math.max(0, Math.min(count, this.length - at)));
    for (let index = this.#find(at); index < this.#pieces.length; index++) {
      const piece = this.#pieces[index]!;
      if (piece.at >= at + out.length) break;
      const from = Math.max(0, at - piece.at);
      const to = Math.min(piece.bytes.length, at + out.length - piece.at);
      if (to > from) out.set(piece.bytes.subarray(from, to), piece.at + from - at);
    }
    return out;
  }

  /** All of a file that is short enough to have been kept. */
  bytes(): Uint8Array {
    return this.read(0, this.length);
  }

  #overwrite(bytes: Uint8Array, at: number): void {
    if (at + bytes.length > this.length) throw new Error('A write goes over the end.');
    for (let index = this.#find(at); index < this.#pieces.length; index++) {
      const piece = this.#pieces[index]!;
      if (piece.at >= at + bytes.length) break;
      for (let place = 0; place < bytes.length; place++) {
        const inside = at + place - piece.at;
        if (inside >= 0 && inside < piece.bytes.length) piece.bytes[inside] = bytes[place]!;
      }
    }
  }

  /** The first piece that ends behind `at`. */
  #find(at: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const piece = this.#pieces[middle]!;
      if (piece.at + piece.bytes.length <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A sink that keeps everything, for files that other programs are to read. */
export class MemoryFile implements ContainerSink {
  readonly seekable: boolean;
  #bytes = new Uint8Array(1 << 20);
  #length = 0;

  constructor(seekable = true) {
    this.seekable = seekable;
  }

  get length(): number {
    return this.#length;
  }

  write(bytes: Uint8Array, at = this.#length): void {
    if (!this.seekable && at !== this.#length) throw new Error('This file cannot seek.');
    while (at + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, at);
    this.#length = Math.max(this.#length, at + bytes.length);
  }

  read(at: number, count: number): Uint8Array {
    return this.bytes().slice(at, at + count);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
