/** Where the worker writes a recording: the browser's private file system, or memory where there is none. */
import { SightlineError } from '../../../codecs/index.js';
import type { ByteSink } from '../../../codecs/recording/index.js';
import { MemorySink } from '../../../engine/recording/index.js';
import { cleanName, freeName, keptFolder, SUFFIX } from '../kept-recordings.js';

export interface BlobSink extends ByteSink {
  /** Whether the browser keeps the file beyond this page. */
  readonly kept: boolean;
  /** The finished file, after `close`. */
  blob(): Promise<Blob>;
}

/** Recordings kept in memory end here, in bytes: a page must not take all of the machine. */
const MEMORY_LIMIT = 512 * 1024 * 1024;

/** `wished` is what the recording should be called. */
export async function openSink(wished: string): Promise<BlobSink> {
  try {
    return await openKeptFile(wished);
  } catch {
    // Private windows and some browsers have no such file system.
    return memorySink();
  }
}

async function openKeptFile(wished: string): Promise<BlobSink> {
  const folder = await keptFolder();
  const name = await freeName(folder, cleanName(wished) ?? 'Sightline');
  const handle = await folder.getFileHandle(name + SUFFIX, { create: true });
  const file = await handle.createSyncAccessHandle();
  let at = 0;
  return {
    kept: true,
    write(bytes) {
      let written = 0;
      try {
        written = file.write(bytes as Uint8Array<ArrayBuffer>, { at });
      } catch (cause) {
        throw isFull(cause) ? full(cause) : cause;
      }
      // Chromium throws nothing when there is no room: it answers with fewer bytes, or an error's number as a count.
      if (written !== bytes.length) throw full();
      at += written;
    },
    async close() {
      file.truncate(at);
      file.flush();
      file.close();
      // No picture came: an empty file would only be taken for a damaged one.
      if (at === 0) await folder.removeEntry(name + SUFFIX);
    },
    blob: () => handle.getFile(),
  };
}

function isFull(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'QuotaExceededError';
}

function full(cause?: unknown): SightlineError {
  const message = 'What the browser allows this page to keep is used up.';
  return new SightlineError('too-large', message, { field: 'quota', cause });
}

const RCREC_TYPE = 'application/octet-stream';

function memorySink(): BlobSink {
  const memory = new MemorySink();
  return {
    kept: false,
    write(bytes) {
      if (memory.byteLength + bytes.length > MEMORY_LIMIT) {
        throw new SightlineError('too-large', 'The recording has filled its memory.');
      }
      memory.write(bytes);
    },
    close: () => memory.close(),
    blob: async () => new Blob([...memory.chunks], { type: RCREC_TYPE }),
  };
}
