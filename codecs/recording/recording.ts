/**
 * Opens a recording from its end, by footer and index; one without a footer (its recorder was killed, or still
 * runs) by walking its headers. Nothing but the blocks asked for is held in memory.
 */
import { SightlineError } from '../errors.js';
import { crc32c } from './crc32c.js';
import {
  type Checkpoint,
  decodeCheckpoint,
  decodeFooter,
  decodeIndexSegment,
  FOOTER_BYTES,
  type Footer,
  type IndexEntry,
} from './directory.js';
import {
  BLOCK_HEADER_BYTES,
  BlockType,
  checkFileHeader,
  FILE_HEADER_BYTES,
  readBlockHeader,
  Track,
} from './format.js';
import { decodeMetadata, MAX_METADATA_BYTES, type RecordingMetadata } from './metadata.js';
import type { RandomAccess } from './source.js';
import { type Block, type Damage, walkBlocks } from './walk.js';

/** Screens of one recording; a file that lists more is played without those behind. */
const MAX_DISPLAYS = 16;

/** A checkpoint with its place. */
export interface PlacedCheckpoint extends Checkpoint, IndexEntry {}

export interface BlocksOptions {
  /** Offset of the first block; the first after the metadata if absent. */
  readonly from?: number;
  /** Stop before this offset; the end of the last whole block if absent. */
  readonly to?: number;
  /** Told of what is skipped. */
  readonly onDamage?: (damage: Damage) => void;
}

export class Recording {
  readonly source: RandomAccess;
  readonly metadata: RecordingMetadata;
  /** Microseconds from the start to the end, or to the last whole block of a file without a footer. */
  readonly duration: number;
  /** What ends the file; undefined when it was cut or is damaged there. */
  readonly footer: Footer | undefined;
  /** Offset of the first block behind the metadata. */
  readonly start: number;
  /** Offset behind the last whole block. */
  readonly end: number;
  /** All checkpoints, oldest first. */
  readonly checkpoints: readonly IndexEntry[];
  /** Tracks of pictures, one for each screen; never empty. */
  readonly displays: readonly number[];

  constructor(parts: RecordingParts) {
    this.source = parts.source;
    this.metadata = parts.metadata;
    this.duration = parts.duration;
    this.footer = parts.footer;
    this.start = parts.start;
    this.end = parts.end;
    this.checkpoints = parts.checkpoints;
    this.displays = displayTracks(parts.metadata);
  }

  /** Whether the recording was ended properly, with index and footer. */
  get complete(): boolean {
    return this.footer !== undefined;
  }

  /** The whole blocks in the file's order; what is damaged is skipped. */
  async *blocks(options: BlocksOptions = {}): AsyncGenerator<Block, void, undefined> {
    const walk = walkBlocks(this.source, { from: options.from ?? this.start, to: options.to ?? this.end });
    for await (const item of walk) {
      if (item.kind === 'block') yield item;
      else options.onDamage?.(item);
    }
  }

  /** The recorded messages in the file's order. */
  async *messages(options: BlocksOptions = {}): AsyncGenerator<Block, void, undefined> {
    for await (const block of this.blocks(options)) {
      if (block.type === BlockType.Message) yield block;
    }
  }

  /** The newest readable checkpoint at or before `time`; undefined when there is none. */
  async checkpointAt(time: number): Promise<PlacedCheckpoint | undefined> {
    for (let at = this.#countUntil(time) - 1; at >= 0; at--) {
      const entry = this.checkpoints[at]!;
      const block = await readSingle(this.source, entry.offset, BlockType.Checkpoint);
      if (block === undefined) continue;
      try {
        return { ...entry, ...decodeCheckpoint(block.payload, entry.offset) };
      } catch (error) {
        if (!(error instanceof SightlineError)) throw error;
      }
    }
    return undefined;
  }

  /** Checkpoints at or before `time`. */
  #countUntil(time: number): number {
    let low = 0;
    let high = this.checkpoints.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.checkpoints[middle]!.time <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Tracks of pictures, one for each screen; never empty. */
export function displayTracks({ tracks }: RecordingMetadata): number[] {
  const listed = tracks.filter(({ kind }) => kind === 'display').map(({ track }) => track);
  return listed.length === 0 ? [Track.Display] : [...new Set(listed)].slice(0, MAX_DISPLAYS);
}

interface RecordingParts {
  readonly source: RandomAccess;
  readonly metadata: RecordingMetadata;
  readonly duration: number;
  readonly footer: Footer | undefined;
  readonly start: number;
  readonly end: number;
  readonly checkpoints: readonly IndexEntry[];
}

/**
 * Opens a recording. Throws `SightlineError` when the file header or the metadata, its first 16 bytes and its
 * first block, cannot be read: `bad-recording`, `truncated`, `checksum`, `unsupported-version`.
 */
export async function openRecording(source: RandomAccess): Promise<Recording> {
  checkFileHeader(await source.read(0, Math.min(FILE_HEADER_BYTES, source.size)));
  const { metadata, start } = await readMetadata(source);
  const directory = (await readDirectory(source, start)) ?? (await scanDirectory(source, start));
  return new Recording({ source, metadata, start, ...directory });
}

async function readMetadata(source: RandomAccess): Promise<{ metadata: RecordingMetadata; start: number }> {
  const to = Math.min(source.size, FILE_HEADER_BYTES + BLOCK_HEADER_BYTES + MAX_METADATA_BYTES);
  const { value: first } = await walkBlocks(source, { from: FILE_HEADER_BYTES, to }).next();
  if (first === undefined || (first.kind === 'damage' && first.reason === 'truncated')) {
    throw new SightlineError('truncated', 'The recording ends in its metadata.', {
      offset: source.size,
      field: 'metadata',
    });
  }
  if (first.kind === 'damage') {
    throw new SightlineError('checksum', "The recording's metadata is damaged.", {
      offset: first.offset,
      field: 'metadata',
    });
  }
  if (first.offset !== FILE_HEADER_BYTES || first.type !== BlockType.Metadata) {
    throw new SightlineError('bad-recording', 'The recording does not begin with its metadata.', {
      offset: FILE_HEADER_BYTES,
      field: 'metadata',
    });
  }
  return {
    metadata: decodeMetadata(first.payload),
    start: first.offset + BLOCK_HEADER_BYTES + first.length,
  };
}

type Directory = Pick<RecordingParts, 'duration' | 'footer' | 'end' | 'checkpoints'>;

/** From footer and index; undefined when any of it is missing or does not hold together. */
async function readDirectory(source: RandomAccess, start: number): Promise<Directory | undefined> {
  const footerAt = source.size - BLOCK_HEADER_BYTES - FOOTER_BYTES;
  if (footerAt < start) return undefined;
  try {
    const footerBlock = await readSingle(source, footerAt, BlockType.Footer);
    if (footerBlock === undefined) return undefined;
    const footer = decodeFooter(footerBlock.payload, footerAt);
    const segments: (readonly IndexEntry[])[] = [];
    for (let at = footer.index; at !== 0; ) {
      const block = await readSingle(source, at, BlockType.Index);
      if (block === undefined) return undefined;
      const segment = decodeIndexSegment(block.payload, at);
      segments.push(segment.entries);
      at = segment.previous;
    }
    const checkpoints = segments.reverse().flat();
    if (checkpoints.length !== footer.checkpoints) return undefined;
    return { footer, duration: footer.duration, end: source.size, checkpoints };
  } catch (error) {
    if (error instanceof SightlineError) return undefined;
    throw error;
  }
}

/** From the headers alone. */
async function scanDirectory(source: RandomAccess, start: number): Promise<Directory> {
  const checkpoints: IndexEntry[] = [];
  let duration = 0;
  let end = start;
  for await (const item of walkBlocks(source, { from: start, headersOnly: true })) {
    if (item.kind === 'damage') continue;
    duration = Math.max(duration, item.time);
    end = item.offset + BLOCK_HEADER_BYTES + item.length;
    const newest = checkpoints.at(-1)?.time ?? 0;
    if (item.type === BlockType.Checkpoint && item.time >= newest) {
      checkpoints.push({ time: item.time, offset: item.offset });
    }
  }
  return { footer: undefined, duration, end, checkpoints };
}

/** The block at exactly `offset` if it is whole and of that type: two small reads. */
async function readSingle(
  source: RandomAccess,
  offset: number,
  type: BlockType,
): Promise<{ readonly payload: Uint8Array } | undefined> {
  if (offset < FILE_HEADER_BYTES || offset + BLOCK_HEADER_BYTES > source.size) return undefined;
  const head = await source.read(offset, BLOCK_HEADER_BYTES);
  if (head.length < BLOCK_HEADER_BYTES) return undefined;
  const header = readBlockHeader(head, 0);
  if (typeof header === 'string' || header.type !== type) return undefined;
  if (offset + BLOCK_HEADER_BYTES + header.length > source.size) return undefined;
  const payload = await source.read(offset + BLOCK_HEADER_BYTES, header.length);
  if (payload.length < header.length || crc32c(payload) !== header.payloadChecksum) return undefined;
  return { payload };
}
