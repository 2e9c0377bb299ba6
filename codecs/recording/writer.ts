/**
 * Writes a `.rcrec` to a sink that can only append. On the hot path a message is copied once, behind its header,
 * into a batch; checksums and hashes wait for `digest`, the sink's own work for `flush`, which the owner calls when it
 * suits. Bytes do not depend on when that is: the same messages at the same times give the same file.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { SightlineError } from '../errors.js';
import { type Batch, SpareBatches } from './batch.js';
import { encodeOpenSeal, type HashState, type NewHash, portableSha256, SEAL_HASH_AT } from './chain.js';
import { type Checksum, crc32c } from './crc32c.js';
import {
  type Checkpoint,
  EndReason,
  encodeCheckpoint,
  encodeFooter,
  encodeIndexSegment,
  type FileRange,
} from './directory.js';
import {
  BLOCK_HEADER_BYTES,
  BlockType,
  encodeFileHeader,
  FILE_HEADER_BYTES,
  finishBlock,
  MAX_PAYLOAD_BYTES,
  MAX_TIME,
  readU64,
  Track,
  writeBlockHeader,
} from './format.js';
import { encodeMetadata, type RecordingMetadata } from './metadata.js';
import { Tail } from './tail.js';

/** Where a recording goes. Append only: a file, memory, a browser's private file system. */
export interface ByteSink {
  /**
   * Appends `bytes`, which are valid until it returns or its promise settles: copy what is kept longer. A write that
   * fails leaves nothing of these bytes behind.
   */
  write(bytes: Uint8Array): void | Promise<void>;
  close(): void | Promise<void>;
}

/** Bytes that may wait for a slow sink: some seconds of a busy 1080p session. */
export const DEFAULT_PENDING_LIMIT = 32 * 1024 * 1024;
/** Checkpoints per index segment: two minutes at one in two seconds. */
const SEGMENT_ENTRIES = 64;
/** Recorded time, microseconds, after which what was written is sealed. */
const SEAL_INTERVAL = 2_000_000;

export interface WriterOptions {
  /** Bytes that may wait for a slow sink; 32 MiB if absent. */
  readonly pendingLimit?: number;
  /** A SHA-256 that is faster than the portable one. */
  readonly newHash?: NewHash;
  /** A CRC-32C that is faster than the portable one. */
  readonly checksum?: Checksum;
}

export class RecordingWriter {
  readonly #sink: ByteSink;
  readonly #limit: number;
  readonly #waiting: Batch[] = [];
  readonly #spare = new SpareBatches();
  #batch: Batch | undefined;
  #position = 0;
  #pending = 0;
  #written = 0;
  /** Of what was appended, and of what the sink has taken. */
  #tail = new Tail();
  #taken = new Tail();
  readonly #newHash: NewHash;
  readonly #checksum: Checksum;
  /** Of what was finished since the last seal, and of what the sink has taken since. */
  #hash: HashState;
  #takenHash: HashState;
  /** Where the next block without checksums begins. */
  #digested = FILE_HEADER_BYTES;
  #fingerprint: string | undefined;
  #flushing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #failure: SightlineError | undefined;

  /** Throws `SightlineError` when the metadata is wrong. Nothing reaches the sink before `flush`. */
  constructor(sink: ByteSink, metadata: RecordingMetadata, options: WriterOptions = {}) {
    this.#sink = sink;
    this.#limit = options.pendingLimit ?? DEFAULT_PENDING_LIMIT;
    this.#newHash = options.newHash ?? portableSha256;
    this.#checksum = options.checksum ?? crc32c;
    this.#hash = this.#newHash();
    this.#takenHash = this.#newHash();
    const payload = encodeMetadata(metadata);
    const batch = this.#room(FILE_HEADER_BYTES);
    batch.bytes.set(encodeFileHeader());
    this.#hash.update(batch.bytes.subarray(0, FILE_HEADER_BYTES));
    batch.used = FILE_HEADER_BYTES;
    batch.finished = FILE_HEADER_BYTES;
    this.#position = FILE_HEADER_BYTES;
    this.#pending = FILE_HEADER_BYTES;
    this.#append(BlockType.Metadata, Track.None, 0, payload);
  }

  /** Bytes of the file so far: where the next block will begin. */
  get position(): number {
    return this.#position;
  }

  /** Bytes that the sink has not taken yet. */
  get pendingBytes(): number {
    return this.#pending;
  }

  /** Bytes that wait for their checksums and hashes. */
  get undigestedBytes(): number {
    return this.#position - this.#digested;
  }

  /** Bytes that the sink has taken. */
  get writtenBytes(): number {
    return this.#written;
  }

  /** SHA-256 by which any later change of the file can be found; undefined before it was ended well. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  /** Time of the newest block, microseconds. */
  get time(): number {
    return this.#tail.time;
  }

  /** Whether a block of that payload may be appended without passing the limit of what may wait. */
  hasRoom(payloadBytes: number): boolean {
    return this.#pending + BLOCK_HEADER_BYTES + payloadBytes <= this.#limit;
  }

  /**
   * Appends one message at `time` (microseconds since the start, never before the last one's) and says where.
   * Throws `SightlineError`: `timeout` when too much waits for the sink, `closed`, `bad-argument`, or what the
   * sink failed with.
   */
  append(track: number, time: number, payload: Uint8Array): FileRange {
    this.#requireOpen();
    if (!this.hasRoom(payload.length)) {
      throw new SightlineError(
        'timeout',
        `The recording's target is too slow: ${this.#pending} bytes wait for it.`,
        { field: 'sink' },
      );
    }
    const range = this.#append(BlockType.Message, track, time, payload);
    if (time - this.#tail.sealedAt >= SEAL_INTERVAL) this.#seal(time);
    return range;
  }

  /** Appends a checkpoint, and an index segment when enough have come together. */
  checkpoint(time: number, checkpoint: Checkpoint): void {
    this.#requireOpen();
    this.#append(BlockType.Checkpoint, Track.None, time, encodeCheckpoint(checkpoint));
    if (this.#tail.entries.length === SEGMENT_ENTRIES) this.#writeSegment(time);
  }

  /** Whether a batch is full, and waits for the sink. */
  get hasFullBatch(): boolean {
    return this.#waiting.length > 0;
  }

  /** Makes the checksums and hashes of everything appended so far. */
  digest(): void {
    for (const batch of this.#waiting) this.#finishWhole(batch);
    if (this.#batch !== undefined) this.#finishBlocks(this.#batch);
  }

  /**
   * Hands everything appended so far to the sink, in order, or only the batches that are full. Rejects with what the
   * sink failed with.
   */
  async flush(onlyFull = false): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#flushPending(onlyFull ? (this.#batch?.used ?? 0) : 0);
  }

  /**
   * Ends the recording at `time`: last of all a `message` on a track, if one is given, then index, seal and footer.
   * Closes the sink whatever happens; rejects with what it failed with. Then too the recording is ended well if the
   * sink takes these few bytes, or those without the message, behind what it has taken before: a disk that is full
   * often does. Idempotent.
   */
  close(
    time: number = this.time,
    reason: EndReason = EndReason.Stopped,
    last?: { readonly track: number; readonly message: Uint8Array },
  ): Promise<void> {
    this.#closing ??= this.#finish(time, reason, last);
    return this.#closing;
  }

  async #finish(...ending: Parameters<RecordingWriter['close']>): Promise<void> {
    try {
      const failure = await this.flush().then(
        () => this.#end(...ending),
        (error: SightlineError) => error,
      );
      if (failure === undefined) return;
      if (this.#written > 0 && (await this.#end(...ending)) !== undefined) {
        const [time, reason] = ending;
        await this.#end(time, reason);
      }
      throw failure;
    } finally {
      await this.#sink.close();
    }
  }

  /** Answers what the sink failed with. */
  async #end(
    wanted: number = this.time,
    reason: EndReason = EndReason.Stopped,
    last?: { readonly track: number; readonly message: Uint8Array },
  ): Promise<SightlineError | undefined> {
    const time = Math.max(wanted, this.time);
    if (last !== undefined) this.#append(BlockType.Message, last.track, time, last.message);
    this.#writeSegment(time);
    this.#seal(time);
    const { previousSegment, checkpoints, seal } = this.#tail;
    const footer = { index: previousSegment, duration: time, reason, checkpoints, seal };
    this.#append(BlockType.Footer, Track.None, time, encodeFooter(footer));
    try {
      await this.#flushPending();
    } catch {
      return this.#failure;
    }
    this.#fingerprint = bytesToHex(new Uint8Array(this.#hash.digest()));
    return undefined;
  }

  #writeSegment(time: number): void {
    const { previousSegment: previous, entries } = this.#tail;
    this.#append(BlockType.Index, Track.None, time, encodeIndexSegment({ previous, entries }));
  }

  #seal(time: number): void {
    this.#append(BlockType.Seal, Track.None, time, encodeOpenSeal(this.#tail.seal));
  }

  #append(type: BlockType, track: number, time: number, payload: Uint8Array): FileRange {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new SightlineError(
        'too-large',
        `A block has ${payload.length} bytes; ${MAX_PAYLOAD_BYTES} are allowed.`,
        { field: 'payload' },
      );
    }
    if (!Number.isInteger(time) || time < this.time || time > MAX_TIME) {
      throw new SightlineError('bad-argument', `Time ${time} does not follow ${this.time}.`, {
        field: 'time',
      });
    }
    const bytes = BLOCK_HEADER_BYTES + payload.length;
    const batch = this.#room(bytes);
    writeBlockHeader(batch.view, batch.used, type, track, payload.length, this.#tail.blocks >>> 0, time);
    batch.bytes.set(payload, batch.used + BLOCK_HEADER_BYTES);
    batch.used += bytes;
    const offset = this.#position;
    this.#position += bytes;
    this.#pending += bytes;
    this.#tail.note(type, time, offset);
    return { offset, bytes };
  }

  /** The batch that the next `bytes` bytes go into. */
  #room(bytes: number): Batch {
    const current = this.#batch;
    if (current !== undefined) {
      if (current.used + bytes <= current.bytes.length) return current;
      this.#waiting.push(current);
    }
    this.#batch = this.#spare.take(bytes);
    return this.#batch;
  }

  /** All but the newest `kept` bytes, which are a batch's. */
  async #flushPending(kept = 0): Promise<void> {
    if (this.#pending === kept) return;
    this.#flushing = this.#drain(this.#position - kept).finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  /** Up to `end`: what is appended meanwhile waits for the next time, when it is more. */
  async #drain(end: number): Promise<void> {
    while (this.#written < end) {
      const batch = this.#takeBatch();
      const hash = this.#finishWhole(batch);
      try {
        await this.#sink.write(batch.bytes.subarray(0, batch.used));
      } catch (cause) {
        this.#rollBack();
        this.#failure ??= sinkFailure(cause);
        throw this.#failure;
      }
      this.#noteTaken(batch);
      this.#takenHash = hash;
      this.#pending -= batch.used;
      this.#written += batch.used;
      this.#spare.give(batch);
    }
  }

  #noteTaken({ view, used }: Batch): void {
    for (let at = this.#written === 0 ? FILE_HEADER_BYTES : 0; at < used; ) {
      this.#taken.note(view.getUint8(at + 4), readU64(view, at + 16), this.#written + at);
      at += BLOCK_HEADER_BYTES + view.getUint32(at + 8, true);
    }
  }

  /** Back to what the sink has taken. */
  #rollBack(): void {
    this.#waiting.length = 0;
    this.#batch = undefined;
    this.#pending = 0;
    this.#position = this.#written;
    this.#digested = this.#written;
    this.#hash = this.#takenHash.copy();
    this.#tail = this.#taken.copy();
  }

  /** Finishes a batch into which nothing more comes; answers the hash under way at its end. */
  #finishWhole(batch: Batch): HashState {
    if (batch.hash === undefined) {
      this.#finishBlocks(batch);
      batch.hash = this.#hash.copy();
    }
    return batch.hash;
  }

  /** Fills in what was left open when the blocks were appended: checksums, and the hashes of seals. */
  #finishBlocks(batch: Batch): void {
    const { bytes, view, used } = batch;
    let hashed = batch.finished;
    this.#digested += used - hashed;
    while (batch.finished < used) {
      const at = batch.finished;
      if (view.getUint8(at + 4) === BlockType.Seal) {
        this.#hash.update(bytes.subarray(hashed, at));
        bytes.set(this.#hash.digest(), at + BLOCK_HEADER_BYTES + SEAL_HASH_AT);
        this.#hash = this.#newHash();
        hashed = at;
      }
      batch.finished = finishBlock(bytes, view, at, this.#checksum);
    }
    this.#hash.update(bytes.subarray(hashed, used));
  }

  /** The oldest; there is one while bytes are pending. */
  #takeBatch(): Batch {
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) return oldest;
    const current = this.#batch!;
    this.#batch = undefined;
    return current;
  }

  #requireOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) {
      throw new SightlineError('closed', 'The recording is closed.', { field: 'recording' });
    }
  }
}

function sinkFailure(cause: unknown): SightlineError {
  if (cause instanceof SightlineError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SightlineError('closed', `The recording's target failed: ${reason}`, { field: 'sink', cause });
}
