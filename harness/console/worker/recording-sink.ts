/** Where the worker writes a recording: the browser's private file system, or memory where there is none. */
import { SightlineError } from '../../../codecs/index.js';
import type { ByteSink } from '../../../codecs/recording/index.js';
import { MemorySink } from '../../../engine/recording/index.js';

export interface BlobSink extends ByteSink {
  /** The finished file, after `close`. */
  blob(): Promise<Blob>;
}

/** Recordings kept in memory end here, in bytes: a page must not take all of the machine. */
const MEMORY_LIMIT = 512 * 1024 * 1024;
/** Files in the browser's private file system are taken away by a later recording, from this age on. */
const KEEP_MS = 3_600_000;
const SUFFIX = '.rcrec';

/** `now` names the file: milliseconds since 1970. */
export async function openSink(now: number): Promise<BlobSink> {
  try {
    return await openPrivateFile(now);
  } catch {
    // Private windows and some browsers have no such file system.
    return memorySink();
  }
}

async function openPrivateFile(now: number): Promise<BlobSink> {
  const folder = await navigator.storage.getDirectory();
  await removeOld(folder, now);
  const handle = await folder.getFileHandle(`${now}${SUFFIX}`, { create: true });
  const file = await handle.createSyncAccessHandle();
  file.truncate(0);
  let at = 0;
  return {
    write(bytes) {
      const written = writeAt(file, bytes, at);
      if (written < bytes.length) {
        // What is left must end with a whole block, and the place that is freed holds the recording's end.
        file.truncate(at);
        throw new SightlineError('no-space', 'The browser gives the recording no more space.', {
          field: 'sink',
        });
      }
      at += written;
    },
    close() {
      file.flush();
      file.close();
    },
    blob: () => handle.getFile(),
  };
}

/** Bytes that were taken; some browsers take fewer than there are, others throw, when the quota is used up. */
function writeAt(file: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): number {
  try {
    return file.write(bytes as Uint8Array<ArrayBuffer>, { at });
  } catch {
    return 0;
  }
}

/** What earlier recordings left: their downloads have been read long since. */
async function removeOld(folder: FileSystemDirectoryHandle, now: number): Promise<void> {
  for await (const name of folder.keys()) {
    if (name.endsWith(SUFFIX) && now - Number.parseInt(name, 10) > KEEP_MS) await folder.removeEntry(name);
  }
}

const RCREC_TYPE = 'application/octet-stream';

function memorySink(): BlobSink {
  const memory = new MemorySink();
  return {
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
