/**
 * Writes a `.rcrec` to a sink that can only append. On the hot path a message is copied once, behind its header,
 * into a batch; checksums, hashes and the sink's own work wait for `flush`, which the owner calls when it suits. Bytes do
 * not depend on when that is: the same messages at the same times give the same file.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { SightlineError } from '../errors.js';
import { encodeOpenSeal, type HashState, type NewHash, portableSha256, SEAL_HASH_AT } from './chain.js';
import {
  type Checkpoint,
  EndReason,
  encodeCheckpoint,
  encodeFooter,
  encodeIndexSegment,
  type FileRange,
  type IndexEntry,
} from './directory.js';
import {
  BLOCK_HEADER_BYTES,
  BlockType,
  encodeFileHeader,
  FILE_HEADER_BYTES,
  finishBlock,
  MAX_PAYLOAD_BYTES,
  MAX_TIME,
  Track,
  writeBlockHeader,
} from './format.js';
import { encodeMetadata, type RecordingMetadata } from './metadata.js';

/** Where a recording goes. Append only: a file, memory, a browser's private file system. */
export interface ByteSink {
  /** Appends `bytes`, which are valid until it returns or its promise settles: copy what is kept longer. */
  write(bytes: Uint8Array): void | Promise<void>;
  close(): void | Promise<void>;
}

/** Bytes that may wait for a slow sink: some seconds of a busy 1080p session. */
export const DEFAULT_PENDING_LIMIT = 32 * 1024 * 1024;
/** Big enough that a file system call's cost does not matter, small enough to stay in a cache. */
const BATCH_BYTES = 256 * 1024;
/** Emptied batches kept for reuse. */
const SPARE_BATCHES = 4;
/** Checkpoints per index segment: two minutes at one in two seconds. */
const SEGMENT_ENTRIES = 64;
/** Recorded time, microseconds, after which what was written is sealed. */
const SEAL_INTERVAL = 2_000_000;

export interface WriterOptions {
  /** Bytes that may wait for a slow sink; 32 MiB if absent. */
  readonly pendingLimit?: number;
  /** A SHA-256 that is faster than the portable one. */
  readonly newHash?: NewHash;
}

interface Batch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  used: number;
  /** Up to here checksums and seals are filled in. */
  finished: number;
}

export class RecordingWriter {
  readonly #sink: ByteSink;
  readonly #limit: number;
  readonly #waiting: Batch[] = [];
  readonly #spare: Batch[] = [];
  #batch: Batch | undefined;
  #position = 0;
  #pending = 0;
  #written = 0;
  #sequence = 0;
  #time = 0;
  #entries: IndexEntry[] = [];
  #previousSegment = 0;
  #checkpoints = 0;
  readonly #newHash: NewHash;
  /** Of what was finished since the last seal. */
  #hash: HashState;
  #sealedAt = 0;
  #lastSeal = 0;
  #fingerprint: string | undefined;
  #flushing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #failure: SightlineError | undefined;

  /** Throws `SightlineError` when the metadata is wrong. Nothing reaches the sink before `flush`. */
  constructor(sink: ByteSink, metadata: RecordingMetadata, options: WriterOptions = {}) {
    this.#sink = sink;
    this.#limit = options.pendingLimit ?? DEFAULT_PENDING_LIMIT;
    this.#newHash = options.newHash ?? portableSha256;
    this.#hash = this.#newHash();
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
    return this.#time;
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
    if (time - this.#sealedAt >= SEAL_INTERVAL) this.#seal(time);
    return range;
  }

  /** Appends a checkpoint, and an index segment when enough have come together. */
  checkpoint(time: number, checkpoint: Checkpoint): void {
    this.#requireOpen();
    const { offset } = this.#append(BlockType.Checkpoint, Track.None, time, encodeCheckpoint(checkpoint));
    this.#entries.push({ time, offset });
    this.#checkpoints++;
    if (this.#entries.length === SEGMENT_ENTRIES) this.#writeSegment(time);
  }

  /** Hands everything appended so far to the sink, in order. Rejects with what the sink failed with. */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pending === 0) return;
    this.#flushing = this.#drain().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  /**
   * Ends the recording at `time` with its index and footer, and closes the sink. The sink is closed whatever
   * happens; rejects with what it failed with. Idempotent.
   */
  close(time: number = this.#time, reason: EndReason = EndReason.Stopped): Promise<void> {
    this.#closing ??= this.#finish(Math.max(time, this.#time), reason);
    return this.#closing;
  }

  async #finish(time: number, reason: EndReason): Promise<void> {
    try {
      if (this.#failure === undefined) {
        this.#writeSegment(time);
        this.#seal(time);
        const footer = encodeFooter({
          index: this.#previousSegment,
          duration: time,
          reason,
          checkpoints: this.#checkpoints,
          seal: this.#lastSeal,
        });
        this.#append(BlockType.Footer, Track.None, time, footer);
      }
      await this.flush();
      this.#fingerprint = bytesToHex(new Uint8Array(this.#hash.digest()));
    } finally {
      await this.#sink.close();
    }
  }

  #writeSegment(time: number): void {
    const segment = encodeIndexSegment({ previous: this.#previousSegment, entries: this.#entries });
    this.#previousSegment = this.#append(BlockType.Index, Track.None, time, segment).offset;
    this.#entries = [];
  }

  #seal(time: number): void {
    this.#lastSeal = this.#append(BlockType.Seal, Track.None, time, encodeOpenSeal(this.#lastSeal)).offset;
    this.#sealedAt = time;
  }

  #append(type: BlockType, track: number, time: number, payload: Uint8Array): FileRange {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new SightlineError(
        'too-large',
        `A block has ${payload.length} bytes; ${MAX_PAYLOAD_BYTES} are allowed.`,
        { field: 'payload' },
      );
    }
    if (!Number.isInteger(time) || time < this.#time || time > MAX_TIME) {
      throw new SightlineError('bad-argument', `Time ${time} does not follow ${this.#time}.`, {
        field: 'time',
      });
    }
    const bytes = BLOCK_HEADER_BYTES + payload.length;
    const batch = this.#room(bytes);
    writeBlockHeader(batch.view, batch.used, type, track, payload.length, this.#sequence, time);
    batch.bytes.set(payload, batch.used + BLOCK_HEADER_BYTES);
    batch.used += bytes;
    const offset = this.#position;
    this.#position += bytes;
    this.#pending += bytes;
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#time = time;
    return { offset, bytes };
  }

  /** The batch that the next `bytes` bytes go into. */
  #room(bytes: number): Batch {
    const current = this.#batch;
    if (current !== undefined) {
      if (current.used + bytes <= current.bytes.length) return current;
      this.#waiting.push(current);
    }
    this.#batch = (bytes <= BATCH_BYTES ? this.#spare.pop() : undefined) ?? newBatch(bytes);
    return this.#batch;
  }

  async #drain(): Promise<void> {
    for (let batch = this.#takeBatch(); batch !== undefined; batch = this.#takeBatch()) {
      this.#finishBlocks(batch);
      try {
        await this.#sink.write(batch.bytes.subarray(0, batch.used));
      } catch (cause) {
        this.#failure = sinkFailure(cause);
        this.#waiting.length = 0;
        this.#batch = undefined;
        this.#pending = 0;
        throw this.#failure;
      }
      this.#pending -= batch.used;
      this.#written += batch.used;
      this.#recycle(batch);
    }
  }

  /** Fills in what was left open when the blocks were appended: checksums, and the hashes of seals. */
  #finishBlocks(batch: Batch): void {
    const { bytes, view, used } = batch;
    let hashed = batch.finished;
    while (batch.finished < used) {
      const at = batch.finished;
      if (view.getUint8(at + 4) === BlockType.Seal) {
        this.#hash.update(bytes.subarray(hashed, at));
        bytes.set(this.#hash.digest(), at + BLOCK_HEADER_BYTES + SEAL_HASH_AT);
        this.#hash = this.#newHash();
        hashed = at;
      }
      batch.finished = finishBlock(bytes, view, at);
    }
    this.#hash.update(bytes.subarray(hashed, used));
  }

  #takeBatch(): Batch | undefined {
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) return oldest;
    const current = this.#batch;
    this.#batch = undefined;
    return current;
  }

  #recycle(batch: Batch): void {
    if (batch.bytes.length !== BATCH_BYTES || this.#spare.length >= SPARE_BATCHES) return;
    batch.used = 0;
    batch.finished = 0;
    this.#spare.push(batch);
  }

  #requireOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) {
      throw new SightlineError('closed', 'The recording is closed.', { field: 'recording' });
    }
  }
}

function newBatch(bytes: number): Batch {
  const store = new Uint8Array(Math.max(BATCH_BYTES, bytes));
  return { bytes: store, view: new DataView(store.buffer), used: 0, finished: 0 };
}

function sinkFailure(cause: unknown): SightlineError {
  if (cause instanceof SightlineError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SightlineError('closed', `The recording's target failed: ${reason}`, { field: 'sink', cause });
}
