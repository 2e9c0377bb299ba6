/** The file that a conversion writes: under another name until it is whole. */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { ContainerSink } from '../../codecs/containers/index.js';
import { SightlineError } from '../../codecs/index.js';

/** Between name and extension of a file that is not whole. */
const PART = '.part';

export class TargetFile implements ContainerSink {
  readonly seekable = true;
  readonly #path: string;
  readonly #part: string;
  readonly #file: FileHandle;
  #end = 0;

  private constructor(path: string, part: string, file: FileHandle) {
    this.#path = path;
    this.#part = part;
    this.#file = file;
  }

  /**
   * @throws SightlineError `refused` when the file exists and `force` is not set, or is `input`; `not-found` when its
   * folder does not exist.
   */
  static async create(path: string, input: string, force: boolean): Promise<TargetFile> {
    const [there, source] = await Promise.all([factsOf(path), factsOf(input)]);
    if (there !== undefined) {
      if (source !== undefined && there.ino === source.ino && there.dev === source.dev) {
        throw new SightlineError('refused', `${path} is the recording itself: name another file.`);
      }
      if (!there.isFile()) throw new SightlineError('refused', `${path} is not a file.`);
      if (!force) throw new SightlineError('refused', `${path} exists already: --force replaces it.`);
    }
    const end = extname(path);
    const part = `${path.slice(0, path.length - end.length)}${PART}${end}`;
    try {
      return new TargetFile(path, part, await open(part, 'w'));
    } catch (cause) {
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      if (!isMissing) throw cause;
      throw new SightlineError(
        'not-found',
        `${dirname(path)} does not exist: ${path} cannot be made there.`,
        {
          cause,
        },
      );
    }
  }

  async write(bytes: Uint8Array, at?: number): Promise<void> {
    const place = at ?? this.#end;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, place + done);
      done += bytesWritten;
    }
    if (at === undefined) this.#end += bytes.length;
  }

  /** It is whole, or wanted all the same: gives it its name. */
  async keep(): Promise<void> {
    await this.#file.close();
    await rename(this.#part, this.#path);
  }

  /** Nothing is left. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#part, { force: true });
  }
}

async function factsOf(path: string) {
  try {
    return await stat(path);
  } catch {
    // It is not there, or may not be seen: opening it will say so.
    return undefined;
  }
}
