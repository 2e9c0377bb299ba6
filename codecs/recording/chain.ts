/**
 * The chain of seals, which shows that somebody changed a recording on purpose. A seal is a block with the SHA-256
 * of all bytes from the beginning of the seal before it (or of the file) to its own beginning. Since that earlier
 * seal is among these bytes, each seal vouches for everything before it, and so does the file's *fingerprint*, the
 * SHA-256 from the last seal to the end: noted elsewhere, it shows any later change, even one that made all seals
 * and checksums anew.
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { SightlineError } from '../errors.js';
import { readU64, writeU64 } from './format.js';
import type { RandomAccess } from './source.js';
import type { Block } from './walk.js';

/** A SHA-256 under way. Node's `Hash` is one too, and ten times as fast as ours. */
export interface HashState {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
  /** Another one that goes on from here. */
  copy(): HashState;
}

/** Starts a SHA-256. */
export type NewHash = () => HashState;

/** The one that runs everywhere. */
export const portableSha256: NewHash = () => portable(nobleSha256.create());

export const HASH_BYTES = 32;
export const SEAL_BYTES = 8 + HASH_BYTES;
/** Where the hash lies in a seal's payload. */
export const SEAL_HASH_AT = 8;

export interface Seal {
  /** Where the sealed stretch begins: at the seal before, or 0. */
  readonly start: number;
  readonly hash: Uint8Array;
}

/** A seal whose hash is still to be filled in. */
export function encodeOpenSeal(start: number): Uint8Array {
  const bytes = new Uint8Array(SEAL_BYTES);
  writeU64(new DataView(bytes.buffer), 0, start);
  return bytes;
}

/** `offset` is where the seal's own block begins. Throws `SightlineError` (`bad-recording`). */
export function decodeSeal(payload: Uint8Array, offset: number): Seal {
  if (payload.length < SEAL_BYTES) {
    throw new SightlineError('bad-recording', `The seal has only ${payload.length} bytes.`, {
      field: 'seal',
    });
  }
  const start = readU64(new DataView(payload.buffer, payload.byteOffset, payload.byteLength), 0);
  if (start >= offset) {
    throw new SightlineError('bad-recording', 'A seal does not point backwards.', { field: 'seal' });
  }
  return { start, hash: payload.slice(SEAL_HASH_AT, SEAL_BYTES) };
}

/** A stretch of the file between two seals. Offsets in bytes, times in microseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly fromTime: number;
  readonly toTime: number;
}

const READ_BYTES = 1024 * 1024;

/** Checks the seals of a recording as a walk meets them, in the file's order. Reads the bytes anew, once. */
export class ChainCheck {
  readonly #source: RandomAccess;
  readonly #newHash: NewHash;
  #last = { offset: 0, time: 0 };
  #seals = 0;

  constructor(source: RandomAccess, newHash: NewHash = portableSha256) {
    this.#source = source;
    this.#newHash = newHash;
  }

  /** Seals that were met. */
  get seals(): number {
    return this.#seals;
  }

  /** Offset of the last seal that was met; 0: none. */
  get last(): number {
    return this.#last.offset;
  }

  /** Takes the next seal; answers the stretch that is not as it was sealed. */
  async seal({ offset, time, payload }: Block): Promise<Stretch | undefined> {
    this.#seals++;
    const before = this.#last;
    this.#last = { offset, time };
    const stretch = { from: before.offset, to: offset, fromTime: before.time, toTime: time };
    try {
      const { start, hash } = decodeSeal(payload, offset);
      if (start < before.offset) return stretch;
      const isWhole = bytesToHex(hash) === (await hashBytes(this.#source, start, offset, this.#newHash));
      if (!isWhole) return stretch;
      // The seal in between was lost, and with it the proof for what lies before it.
      return start === before.offset ? undefined : { ...stretch, to: start };
    } catch (error) {
      if (error instanceof SightlineError) return stretch;
      throw error;
    }
  }

  /** Of the file as it is, by the last seal met. */
  fingerprint(): Promise<string> {
    return hashBytes(this.#source, this.#last.offset, this.#source.size, this.#newHash);
  }
}

function portable(state: ReturnType<typeof nobleSha256.create>): HashState {
  return {
    update: (bytes) => state.update(bytes),
    digest: () => state.digest(),
    copy: () => portable(state.clone()),
  };
}

/** SHA-256 of `[from, to)` of a source, in hexadecimal digits. */
export async function hashBytes(
  source: RandomAccess,
  from: number,
  to: number,
  newHash: NewHash = portableSha256,
): Promise<string> {
  const state = newHash();
  for (let at = from; at < to; ) {
    const bytes = await source.read(at, Math.min(READ_BYTES, to - at));
    if (bytes.length === 0) break;
    state.update(bytes);
    at += bytes.length;
  }
  return bytesToHex(new Uint8Array(state.digest()));
}
