/**
 * A look at MessagePack bytes before they are unpacked. A length of a few bytes can promise an array of billions,
 * and an extension can name code of the unpacker's own: so only plain values pass (nil, booleans, numbers,
 * strings, arrays, maps with string keys), whose lengths the bytes at hand can fill, to a small depth. Format:
 * https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { SightlineError } from './errors.js';

/** Deepest nesting of our messages is 3: the message, its list, the list's items. */
const MAX_DEPTH = 6;

/** Throws `SightlineError` (`bad-message`, `truncated`) with the offset of the first byte that is not allowed. */
export function checkPlainMessagePack(bytes: Uint8Array, start: number): void {
  const end = new Scanner(bytes).value(start, 0);
  if (end !== bytes.byteLength) throw malformed(end, 'Bytes follow the MessagePack value.');
}

class Scanner {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The offset after the value at `at`. */
  value(at: number, depth: number): number {
    if (depth > MAX_DEPTH) throw malformed(at, 'The MessagePack value is nested too deeply.');
    const first = this.#byte(at);
    if (first <= 0x7f || first >= 0xe0) return at + 1;
    if (first <= 0x8f) return this.#items(at + 1, first & 0x0f, true, depth);
    if (first <= 0x9f) return this.#items(at + 1, first & 0x0f, false, depth);
    if (first <= 0xbf) return this.#skip(at + 1, first & 0x1f);
    switch (first) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return at + 1;
      case 0xcc:
      case 0xd0:
        return this.#skip(at + 1, 1);
      case 0xcd:
      case 0xd1:
        return this.#skip(at + 1, 2);
      case 0xca:
      case 0xce:
      case 0xd2:
        return this.#skip(at + 1, 4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return this.#skip(at + 1, 8);
      case 0xd9:
        return this.#skip(at + 2, this.#length(at + 1, 1));
      case 0xda:
        return this.#skip(at + 3, this.#length(at + 1, 2));
      case 0xdb:
        return this.#skip(at + 5, this.#length(at + 1, 4));
      case 0xdc:
        return this.#items(at + 3, this.#length(at + 1, 2), false, depth);
      case 0xdd:
        return this.#items(at + 5, this.#length(at + 1, 4), false, depth);
      case 0xde:
        return this.#items(at + 3, this.#length(at + 1, 2), true, depth);
      case 0xdf:
        return this.#items(at + 5, this.#length(at + 1, 4), true, depth);
      default:
        throw malformed(at, 'Only plain MessagePack values are allowed.');
    }
  }

  #items(at: number, count: number, isMap: boolean, depth: number): number {
    // Each item is at least one byte.
    if (count * (isMap ? 2 : 1) > this.#bytes.byteLength - at) throw ended(this.#bytes.byteLength);
    let next = at;
    for (let index = 0; index < count; index++) {
      if (isMap) {
        const key = this.#byte(next);
        const isString = (key >= 0xa0 && key <= 0xbf) || (key >= 0xd9 && key <= 0xdb);
        if (!isString) throw malformed(next, 'The keys of a map are strings.');
        next = this.value(next, depth + 1);
      }
      next = this.value(next, depth + 1);
    }
    return next;
  }

  #skip(at: number, bytes: number): number {
    if (at + bytes > this.#bytes.byteLength) throw ended(this.#bytes.byteLength);
    return at + bytes;
  }

  #length(at: number, bytes: number): number {
    let length = 0;
    for (let index = 0; index < bytes; index++) length = length * 256 + this.#byte(at + index);
    return length;
  }

  #byte(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw ended(this.#bytes.byteLength);
    return byte;
  }
}

function malformed(offset: number, message: string): SightlineError {
  return new SightlineError('bad-message', message, { offset });
}

function ended(offset: number): SightlineError {
  return new SightlineError('truncated', 'The MessagePack value ends too early.', { offset });
}
