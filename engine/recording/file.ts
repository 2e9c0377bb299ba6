/** Recordings in files. Node only. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SightlineError } from '../../codecs/index.js';
import {
  type ByteSink,
  type NewHash,
  openRecording,
  type RandomAccess,
  type Recording,
} from '../../codecs/recording/index.js';
import { type Clock, type Micros, systemClock } from '../clock.js';
import { inspectRecording, type RecordingDescription } from './describe.js';
import { type RepairReport, repairRecording } from './repair.js';
import { checkRecording, type Verification, type VerifyOptions } from './verify.js';

/** Node's SHA-256 uses the processor's: ten times as fast as the portable one, the same bytes. */
export const nodeSha256: NewHash = () => createHash('sha256');

/**
 * So long what was written may stay in the system's cache, where it survives the process but not a loss of power:
 * bench/decisions/022-cost-of-recording.md has what it costs.
 */
export const SYNC_INTERVAL: Micros = 2_000_000;

export interface FileSinkOptions {
  /** Replace a file that is there. */
  readonly overwrite?: boolean;
  readonly clock?: Clock;
}

/** Appends to a file by positional writes in the thread pool, off the thread that records. */
export class FileSink implements ByteSink {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #clock: Clock;
  #position = 0;
  #cancelSync: (() => void) | undefined;
  #syncing: Promise<void> | undefined;
  #fault: SightlineError | undefined;

  private constructor(file: FileHandle, path: string, clock: Clock) {
    this.#file = file;
    this.#path = path;
    this.#clock = clock;
  }

  /**
   * Makes the file. Throws `SightlineError`: `refused` when it exists and `overwrite` is not set, `not-found` when
   * its folder does not exist.
   */
  static async create(path: string, options: FileSinkOptions = {}): Promise<FileSink> {
    try {
      const file = await open(path, options.overwrite === true ? 'w' : 'wx');
      return new FileSink(file, path, options.clock ?? systemClock);
    } catch (cause) {
      throw creationError(path, cause);
    }
  }

  /** Throws `SightlineError`: `no-space`, `not-found` when the file is no longer where it was made, `closed`. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    let done = 0;
    try {
      while (done < bytes.length) {
        const at = this.#position + done;
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at);
        done += bytesWritten;
      }
    } catch (cause) {
      // What is left must end with a whole block, and the place that is freed holds the recording's end.
      await this.#file.truncate(this.#position).catch(() => {});
      throw writeError(this.#path, cause);
    }
    this.#position += done;
    if (this.#cancelSync === undefined && this.#syncing === undefined) {
      this.#cancelSync = this.#clock.after(SYNC_INTERVAL, () => this.#startSync());
    }
  }

  /** What was written survives the process from the moment of writing; from here on also a loss of power. */
  async close(): Promise<void> {
    this.#cancelSync?.();
    try {
      await this.#syncing;
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  #startSync(): void {
    this.#cancelSync = undefined;
    this.#syncing = this.#sync()
      .catch((cause: unknown) => {
        this.#fault ??= writeError(this.#path, cause);
      })
      .finally(() => {
        this.#syncing = undefined;
      });
  }

  /** A file whose name is gone still takes bytes, which nobody will ever find. */
  async #sync(): Promise<void> {
    await this.#file.datasync();
    const [own, named] = await Promise.all([
      this.#file.stat({ bigint: true }),
      stat(this.#path, { bigint: true }).catch(() => undefined),
    ]);
    if (named?.ino === own.ino && named.dev === own.dev) return;
    throw new SightlineError('not-found', `${this.#path} has vanished while it was recorded.`, {
      field: 'sink',
    });
  }
}

/** A file that is read at any place. */
export class FileSource implements RandomAccess {
  readonly size: number;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** Throws `SightlineError`: `not-found`, `refused`. */
  static async open(path: string): Promise<FileSource> {
    const file = await open(path, 'r').catch((cause: unknown) => {
      throw fileError(path, cause);
    });
    const found = await file.stat();
    if (found.isFile()) return new FileSource(file, found.size);
    await file.close();
    throw new SightlineError('refused', `${path} is not a file.`);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done === bytes.length ? bytes : bytes.subarray(0, done);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** An open file with the recording in it. */
export interface RecordingFile {
  readonly recording: Recording;
  close(): Promise<void>;
}

/** Opens a recording. Throws `SightlineError` when it cannot be read at all. */
export async function openRecordingFile(path: string): Promise<RecordingFile> {
  const source = await FileSource.open(path);
  try {
    return { recording: await openRecording(source), close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** What `sightline info` prints. Throws `SightlineError` when the file cannot be read at all. */
export async function describeRecording(path: string): Promise<RecordingDescription> {
  const { recording, close } = await openRecordingFile(path);
  try {
    return await inspectRecording(recording, nodeSha256);
  } finally {
    await close();
  }
}

/** What `sightline verify` prints. Throws `SightlineError` only when there is no such file, or it may not be read. */
export async function verifyRecording(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const source = await FileSource.open(path);
  try {
    return await checkRecording(source, { newHash: nodeSha256, ...options });
  } finally {
    await source.close();
  }
}

/**
 * What `sightline repair` does. Throws `SightlineError`: see `repairRecording`.
 */
export async function repairRecordingFile(
  path: string,
  openSink: () => Promise<ByteSink>,
  program: string,
): Promise<RepairReport> {
  const source = await FileSource.open(path);
  try {
    return await repairRecording(source, openSink, { program, newHash: nodeSha256 });
  } finally {
    await source.close();
  }
}

/** A file that is to be made cannot be missing: its folder is. */
function creationError(path: string, cause: unknown): SightlineError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  if (!isMissing) return fileError(path, cause);
  return new SightlineError('not-found', `${dirname(path)} does not exist: ${path} cannot be made there.`, {
    cause,
  });
}

/** No place on the disk, in a quota, or in the size that a file may have. */
const FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function writeError(path: string, cause: unknown): SightlineError {
  if (cause instanceof SightlineError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  if (FULL_CODES.has(code)) {
    return new SightlineError('no-space', `There is no space left for ${path} (${code}).`, {
      field: 'sink',
      cause,
    });
  }
  return new SightlineError('closed', `${path} cannot be written any more (${code}).`, {
    field: 'sink',
    cause,
  });
}

function fileError(path: string, cause: unknown): SightlineError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT') return new SightlineError('not-found', `${path} does not exist.`, { cause });
  if (code === 'EEXIST') return new SightlineError('refused', `${path} exists already.`, { cause });
  if (code === 'EISDIR') return new SightlineError('refused', `${path} is not a file.`, { cause });
  return new SightlineError('refused', `${path} cannot be opened (${code || String(cause)}).`, { cause });
}
