/**
 * Walks the blocks of a recording from any block's offset, past whatever is damaged. Every block that comes out
 * is whole (both checksums agree); every byte that no block covers comes out as damage, with the reason.
 */
import { crc32c } from './crc32c.js';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MARKER,
  type BlockHeader,
  type HeaderFault,
  readBlockHeader,
} from './format.js';
import { type RandomAccess, ReadWindow } from './source.js';

export interface Block extends BlockHeader {
  readonly kind: 'block';
  readonly offset: number;
  /** A view of what was read; empty when only headers were asked for. */
  readonly payload: Uint8Array;
}

/** Why bytes are not a block, or why a block does not follow the one before it. */
export type DamageReason = HeaderFault | 'payload-checksum' | 'truncated' | 'sequence' | 'order';

export interface Damage {
  readonly kind: 'damage';
  readonly reason: DamageReason;
  /** The first byte at fault, as near as the checksums can tell. */
  readonly offset: number;
  /** Where the bytes begin that belong to no whole block. */
  readonly start: number;
  /** Where the next whole block begins, or the end of the file. */
  readonly end: number;
  /** Blocks that are missing, as the next whole block's number tells; undefined at the end of the file. */
  readonly lost: number | undefined;
}

export interface WalkOptions {
  /** Offset of the first block. */
  readonly from: number;
  /** Stop before this offset; the end of the source if absent. */
  readonly to?: number;
  /** Only read headers: payloads are neither read nor checked. */
  readonly headersOnly?: boolean;
}

/**
 * Checksums of payloads that turned out wrong may cost this many times the file's size, so that a file made to
 * hold headers within payloads within payloads cannot take quadratic time.
 */
const WASTE_FACTOR = 4;
const WASTE_ALLOWANCE = 8 * 1024 * 1024;

export async function* walkBlocks(
  source: RandomAccess,
  options: WalkOptions,
): AsyncGenerator<Block | Damage, void, undefined> {
  const window = new ReadWindow(source);
  const end = Math.min(options.to ?? source.size, source.size);
  let waste = source.size * WASTE_FACTOR + WASTE_ALLOWANCE;
  let last: BlockHeader | undefined;
  let broken: { reason: DamageReason; offset: number; start: number } | undefined;
  let at = options.from;

  while (at < end) {
    const read = await readBlock(window, at, end, options.headersOnly === true);
    if (typeof read !== 'string' && !('suspect' in read)) {
      // Numbers wrap round at 32 bits; a block from further back comes out negative.
      const lost = last === undefined ? 0 : (read.sequence - last.sequence - 1) | 0;
      if (broken !== undefined) {
        yield { kind: 'damage', ...broken, end: at, lost: Math.max(0, lost) };
        broken = undefined;
      } else if (lost !== 0) {
        yield {
          kind: 'damage',
          reason: 'sequence',
          offset: at + 12,
          start: at,
          end: at,
          lost: Math.max(0, lost),
        };
      }
      if (last !== undefined && read.time < last.time) {
        yield { kind: 'damage', reason: 'order', offset: at + 16, start: at, end: at, lost: 0 };
      }
      last = read;
      yield read;
      at += BLOCK_HEADER_BYTES + read.length;
      continue;
    }
    if (typeof read === 'string') {
      broken ??= { reason: read, offset: faultOffset(read, at, end), start: at };
      at = await findHeader(window, at + 1, end);
      continue;
    }
    broken ??= { reason: 'payload-checksum', offset: at + BLOCK_HEADER_BYTES, start: at };
    // A header whose own checksum is right says truly where the next block is, unless bytes were cut out or put in.
    const next = at + BLOCK_HEADER_BYTES + read.suspect.length;
    waste -= read.suspect.length;
    const follows = next === end || (await isHeader(window, next, end));
    at = follows || waste < 0 ? next : await findHeader(window, at + BLOCK_MARKER.length, end);
  }
  if (broken !== undefined) yield { kind: 'damage', ...broken, end, lost: undefined };
}

/** Offset of the next whole header at or after `from`; `end` when there is none. */
export async function findHeader(window: ReadWindow, from: number, end: number): Promise<number> {
  let at = from;
  while (at + BLOCK_HEADER_BYTES <= end) {
    const chunk = window.peek(at, BLOCK_HEADER_BYTES)
      ? window.rest(at)
      : await window.get(at, Math.min(SCAN_BYTES, end - at));
    if (chunk.length < BLOCK_HEADER_BYTES) return end;
    const last = Math.min(chunk.length, end - at) - BLOCK_HEADER_BYTES;
    let found = chunk.indexOf(BLOCK_MARKER[0]!);
    while (found >= 0 && found <= last) {
      if (typeof readBlockHeader(chunk, found) !== 'string') return at + found;
      found = chunk.indexOf(BLOCK_MARKER[0]!, found + 1);
    }
    at += last + 1;
  }
  return end;
}

const SCAN_BYTES = 256 * 1024;

/** A whole block, what is wrong with its header, or a header whose payload does not agree with it. */
async function readBlock(
  window: ReadWindow,
  at: number,
  end: number,
  headersOnly: boolean,
): Promise<Block | HeaderFault | 'truncated' | { suspect: BlockHeader }> {
  if (at + BLOCK_HEADER_BYTES > end) return 'truncated';
  const head = window.peek(at, BLOCK_HEADER_BYTES) ?? (await window.get(at, BLOCK_HEADER_BYTES));
  if (head.length < BLOCK_HEADER_BYTES) return 'truncated';
  const header = readBlockHeader(head, 0);
  if (typeof header === 'string') return header;
  const { length } = header;
  if (at + BLOCK_HEADER_BYTES + length > end) return 'truncated';
  if (headersOnly) return { kind: 'block', offset: at, payload: NOTHING, ...header };
  const payloadAt = at + BLOCK_HEADER_BYTES;
  const payload = window.peek(payloadAt, length) ?? (await window.get(payloadAt, length));
  if (payload.length < length) return 'truncated';
  if (crc32c(payload) !== header.payloadChecksum) return { suspect: header };
  return { kind: 'block', offset: at, payload, ...header };
}

const NOTHING = new Uint8Array(0);

async function isHeader(window: ReadWindow, at: number, end: number): Promise<boolean> {
  if (at + BLOCK_HEADER_BYTES > end) return false;
  const head = await window.get(at, BLOCK_HEADER_BYTES);
  return head.length === BLOCK_HEADER_BYTES && typeof readBlockHeader(head, 0) !== 'string';
}

/** The byte at which the fault shows. */
function faultOffset(reason: HeaderFault | 'truncated', at: number, end: number): number {
  switch (reason) {
    case 'truncated':
      return end;
    case 'length':
      return at + 8;
    case 'time':
      return at + 16;
    default:
      return at;
  }
}
