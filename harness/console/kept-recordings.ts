/**
 * The recordings that the browser keeps for this page: files in its private file system, in a folder of their own,
 * named as a person sees them. They survive a reload, and nobody but this page can read them.
 */

export const SUFFIX = '.rcrec';
const FOLDER = 'recordings';
/** Longest name, without the suffix. */
export const MAX_NAME = 80;

/** Rejects where the browser has no such file system, or denies it: in private windows of some. */
export async function keptFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** `name` as a file may be called on any system; undefined when nothing is left of it. */
export function cleanName(name: string): string | undefined {
  const clean = name
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  return [...clean].slice(0, MAX_NAME).join('').trimEnd() || undefined;
}

/** A name that no file in the folder has: the wished one, or with a number behind it. */
export async function freeName(folder: FileSystemDirectoryHandle, wished: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wished : `${wished} (${number})`;
    try {
      await folder.getFileHandle(name + SUFFIX);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return name;
      throw error;
    }
  }
}

export interface KeptFile {
  readonly name: string;
  readonly handle: FileSystemFileHandle;
  readonly file: File;
}

/** All that is kept, newest first. */
export async function listKept(): Promise<KeptFile[]> {
  const folder = await keptFolder();
  const found: KeptFile[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind !== 'file' || !handle.name.endsWith(SUFFIX)) continue;
    const file = await (handle as FileSystemFileHandle).getFile();
    found.push({
      name: handle.name.slice(0, -SUFFIX.length),
      handle: handle as FileSystemFileHandle,
      file,
    });
  }
  return found.sort((a, b) => b.file.lastModified - a.file.lastModified);
}

/** Deletes it for good. Rejects while somebody writes it. */
export async function removeKept(name: string): Promise<void> {
  await (await keptFolder()).removeEntry(name + SUFFIX);
}

/** The browsers' own, not yet in TypeScript's library. */
interface MovableHandle extends FileSystemFileHandle {
  move(name: string): Promise<void>;
}

/** Answers the name that it got: the wished one, unless another recording has that. */
export async function renameKept({ name, handle }: KeptFile, wished: string): Promise<string> {
  const clean = cleanName(wished);
  if (clean === undefined || clean === name) return name;
  const free = await freeName(await keptFolder(), clean);
  await (handle as MovableHandle).move(free + SUFFIX);
  return free;
}
