/**
 * Frames of any video that ffmpeg reads. Their bytes come through a pipe in chunks of up to 64 kB and are copied from
 * the chunk, still in the cache, to their place in the picture: a stream cannot be read into shared memory directly.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BYTES_PER_PIXEL, type Picture, type Rect, SightlineError } from '../../../codecs/index.js';
import type { Micros } from '../../../engine/index.js';
import { ByteStream } from './byte-stream.js';
import { collect, decodeVideo, finished, lastLine, probeVideo, type VideoFacts } from './ffmpeg.js';
import { PictureWriter } from './picture-writer.js';
import type { ReplayReader } from './reader.js';

interface Run {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly bytes: ByteStream;
  /** The exit code, or the error that kept the program from starting. */
  readonly exit: Promise<number | SightlineError | undefined>;
  readonly complaint: Promise<string>;
}

export class VideoReader implements ReplayReader {
  readonly width: number;
  readonly height: number;
  readonly #path: string;
  readonly #facts: VideoFacts;
  #run: Run;
  #frame = 0;
  #isClosed = false;

  /** Throws `SightlineError`: `missing-tool`, `bad-recording`, `too-large`. */
  static async open(path: string): Promise<VideoReader> {
    return new VideoReader(path, await probeVideo(path));
  }

  private constructor(path: string, facts: VideoFacts) {
    this.#path = path;
    this.#facts = facts;
    this.width = facts.width;
    this.height = facts.height;
    this.#run = startRun(path, facts);
  }

  /** Frames in a second. */
  get rate(): number {
    return this.#facts.rate;
  }

  async peek(): Promise<Micros | undefined> {
    if (await this.#run.bytes.isReady()) return (this.#frame * 1_000_000) / this.#facts.rate;
    if (!this.#isClosed) await this.#throwIfFailed();
    return undefined;
  }

  async read(picture: Picture, fresh: boolean): Promise<readonly Rect[] | undefined> {
    const writer = new PictureWriter(picture);
    const length = this.width * this.height * BYTES_PER_PIXEL;
    if (!(await this.#run.bytes.take(length, (bytes) => writer.write(bytes)))) {
      if (this.#isClosed) return undefined;
      await this.#throwIfFailed();
      throw new SightlineError('truncated', `${this.#path} ends within frame ${this.#frame + 1}.`);
    }
    this.#frame++;
    return fresh ? [{ x: 0, y: 0, width: this.width, height: this.height }] : writer.damage;
  }

  async rewind(): Promise<void> {
    await stopRun(this.#run);
    if (this.#isClosed) return;
    this.#frame = 0;
    this.#run = startRun(this.#path, this.#facts);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await stopRun(this.#run);
  }

  async #throwIfFailed(): Promise<void> {
    const exit = await this.#run.exit;
    if (exit === 0 || this.#isClosed) return;
    if (exit instanceof SightlineError) throw exit;
    throw new SightlineError(
      'bad-recording',
      `ffmpeg stopped after frame ${this.#frame} of ${this.#path}: ${lastLine(await this.#run.complaint)}`,
    );
  }
}

function startRun(path: string, facts: VideoFacts): Run {
  const child = decodeVideo(path, facts);
  return {
    child,
    bytes: new ByteStream(child.stdout),
    exit: finished(child, 'ffmpeg').catch((error: SightlineError) => error),
    complaint: collect(child.stderr),
  };
}

async function stopRun(run: Run): Promise<void> {
  run.child.kill('SIGKILL');
  // What is left in the pipe goes with it; else the process would not count as closed.
  run.child.stdout.destroy();
  await run.exit;
}
