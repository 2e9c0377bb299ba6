/** Recordings in files. Node only. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SightlineError } from '../../codecs/index.js';
import {
  type ByteSink,
  type NewHash,
  openRecording,
  type RandomAccess,
  type Recording,
} from '../../codecs/recording/index.js';
import { inspectRecording, type RecordingDescription } from './describe.js';
import { type RepairReport, repairRecording } from './repair.js';
import { checkRecording, type Verification, type VerifyOptions } from './verify.js';

/** Node's SHA-256 uses the processor's: ten times as fast as the portable one, the same bytes. */
export const nodeSha256: NewHash = () => createHash('sha256');

/** Appends to a file by positional writes in the thread pool, off the thread that records. */
export class FileSink implements ByteSink {
  readonly #file: FileHandle;
  #position = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Makes the file. Throws `SightlineError`: `refused` when it exists and `overwrite` is not set, `not-found` when
   * its folder does not exist.
   */
  static async create(path: string, options: { overwrite?: boolean } = {}): Promise<FileSink> {
    try {
      return new FileSink(await open(path, options.overwrite === true ? 'w' : 'wx'));
    } catch (cause) {
      throw creationError(path, cause);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#position);
      done += bytesWritten;
      this.#position += bytesWritten;
    }
  }

  /** What was written survives the process from the moment of writing; from here on also a loss of power. */
  async close(): Promise<void> {
    try {
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
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

function fileError(path: string, cause: unknown): SightlineError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT') return new SightlineError('not-found', `${path} does not exist.`, { cause });
  if (code === 'EEXIST') return new SightlineError('refused', `${path} exists already.`, { cause });
  if (code === 'EISDIR') return new SightlineError('refused', `${path} is not a file.`, { cause });
  return new SightlineError('refused', `${path} cannot be opened (${code || String(cause)}).`, { cause });
}
