/** Where the worker writes a recording: the browser's private file system, or memory where there is none. */
import { SightlineError } from '../../../../codecs/index.js';
import type { ByteSink } from '../../../../codecs/recording/index.js';
import { MemorySink } from '../../../../engine/recording/index.js';
import { cleanName, freeName, keptFolder, SUFFIX } from '../../kept-recordings.js';

export interface BlobSink extends ByteSink {
  /** What the recording is called, without suffix. */
  readonly name: string;
  /** Whether the browser keeps the file beyond this page. */
  readonly kept: boolean;
  /** The finished file, after `close`. */
  blob(): Promise<Blob>;
}

/** Recordings kept in memory end here, in bytes: a page must not take all of the machine. */
const MEMORY_LIMIT = 512 * 1024 * 1024;

const UNNAMED = 'Sightline';

/** `wished` is what the recording should be called. */
export async function openSink(wished: string): Promise<BlobSink> {
  try {
    return await openKeptFile(wished);
  } catch {
    // Private windows and some browsers have no such file system.
    return memorySink(cleanName(wished) ?? UNNAMED);
  }
}

async function openKeptFile(wished: string): Promise<BlobSink> {
  const folder = await keptFolder();
  const name = await freeName(folder, cleanName(wished) ?? UNNAMED);
  const handle = await folder.getFileHandle(name + SUFFIX, { create: true });
  const file = await handle.createSyncAccessHandle();
  let at = 0;
  return {
    name,
    kept: true,
    write(bytes) {
      const written = writeAt(file, bytes, at);
      if (written !== bytes.length) {
        // What is left must end with a whole block, and the place that is freed holds the recording's end.
        file.truncate(at);
        throw new SightlineError('no-space', 'The browser gives the recording no more space.', {
          field: 'sink',
        });
      }
      at += written;
    },
    async close() {
      file.flush();
      file.close();
      // No picture came: an empty file would only be taken for a damaged one.
      if (at === 0) await folder.removeEntry(name + SUFFIX);
    },
    blob: () => handle.getFile(),
  };
}

/**
 * Bytes that were taken. When the quota is used up some browsers throw, others take fewer than there are, and
 * Chromium answers an error's number as if it were a count.
 */
function writeAt(file: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): number {
  try {
    return file.write(bytes as Uint8Array<ArrayBuffer>, { at });
  } catch {
    return 0;
  }
}

const RCREC_TYPE = 'application/octet-stream';

function memorySink(name: string): BlobSink {
  const memory = new MemorySink();
  return {
    name,
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
