/**
 * What a conversion in a page is written to: a file of the browser's private file system while it is made, from
 * where the person's download is read. Files of conversions that are long over are taken away by the next one.
 */
import type { ContainerSink } from '../../../../codecs/containers/index.js';
import { SightlineError } from '../../../../codecs/index.js';

const FOLDER = 'conversions';
/** Downloads have been read by then: milliseconds. */
const KEEP_MS = 3_600_000;
/** Without a private file system the video is kept in memory: a page must not take all of the machine. */
const MEMORY_LIMIT = 512 * 1024 * 1024;

export interface ConversionFile extends ContainerSink {
  /** It is whole: the file. */
  finish(): Promise<Blob>;
  /** Nothing is left. */
  discard(): Promise<void>;
}

/** `now`: milliseconds since 1970. */
export async function openConversionFile(now: number): Promise<ConversionFile> {
  try {
    return await openPrivateFile(now);
  } catch {
    // Private windows and some browsers have no such file system.
    return memoryFile();
  }
}

async function openPrivateFile(now: number): Promise<ConversionFile> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  for await (const old of folder.keys()) {
    // One that is still written cannot be removed, and is not to be.
    if (now - Number.parseInt(old, 10) > KEEP_MS) await folder.removeEntry(old).catch(() => {});
  }
  const name = `${now}-${crypto.randomUUID()}`;
  const handle = await folder.getFileHandle(name, { create: true });
  const file = await handle.createSyncAccessHandle();
  let end = 0;
  return {
    seekable: true,
    write(bytes, at) {
      const place = at ?? end;
      // As with recordings: when there is no room some browsers throw, others answer another number.
      if (file.write(bytes as Uint8Array<ArrayBuffer>, { at: place }) !== bytes.length) throw noSpace();
      end = Math.max(end, place + bytes.length);
    },
    async finish() {
      file.flush();
      file.close();
      return handle.getFile();
    },
    async discard() {
      file.close();
      await folder.removeEntry(name);
    },
  };
}

function memoryFile(): ConversionFile {
  let bytes = new Uint8Array(1024 * 1024);
  let end = 0;
  return {
    seekable: true,
    write(part, at) {
      const place = at ?? end;
      const needed = place + part.length;
      if (needed > MEMORY_LIMIT) throw noSpace();
      if (needed > bytes.length) {
        const larger = new Uint8Array(Math.min(MEMORY_LIMIT, Math.max(needed, bytes.length * 2)));
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(part, place);
      end = Math.max(end, needed);
    },
    finish: async () => new Blob([bytes.subarray(0, end)]),
    discard: async () => {
      bytes = new Uint8Array(0);
    },
  };
}

function noSpace(): SightlineError {
  return new SightlineError('no-space', 'The browser gives the conversion no more space.', { field: 'sink' });
}
