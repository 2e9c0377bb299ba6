/** Frames of an `.rcrec` recording, decoded as a viewer would. */
import { FrameDecoder, type Picture, type Rect } from '../../../codecs/index.js';
import type { Damage } from '../../../codecs/recording/index.js';
import {
  loadKernelModule,
  type Micros,
  openRecordingFile,
  type PlayedFrame,
  type RecordingFile,
  RecordingPlayer,
} from '../../../engine/index.js';
import { copyArea } from './copy-area.js';
import type { ReplayReader, SkippedPart } from './reader.js';

export class RecordingReader implements ReplayReader {
  width: number;
  height: number;
  readonly #file: RecordingFile;
  readonly #player: RecordingPlayer;
  readonly #onSkipped: ((part: SkippedPart) => void) | undefined;
  #frames: AsyncGenerator<PlayedFrame, void, undefined>;
  #newest: Micros = 0;
  /** Decoded, and not yet taken. */
  #next: PlayedFrame | undefined;
  #isClosed = false;

  /** Throws `SightlineError` when the file cannot be read at all. What is damaged is told, once, and skipped. */
  static async open(path: string, onSkipped?: (part: SkippedPart) => void): Promise<RecordingReader> {
    const [file, module] = await Promise.all([openRecordingFile(path), loadKernelModule()]);
    return new RecordingReader(file, new FrameDecoder(module), onSkipped);
  }

  private constructor(
    file: RecordingFile,
    decoder: FrameDecoder,
    onSkipped: ((part: SkippedPart) => void) | undefined,
  ) {
    this.#file = file;
    this.#player = new RecordingPlayer(file.recording, decoder);
    this.#onSkipped = onSkipped;
    this.#frames = this.#player.frames({ onDamage: (damage) => this.#skip(damage) });
    this.width = file.recording.metadata.width;
    this.height = file.recording.metadata.height;
  }

  async peek(): Promise<Micros | undefined> {
    if (this.#next === undefined && !this.#isClosed) {
      const { value } = await this.#frames.next();
      this.#next = value ?? undefined;
    }
    const next = this.#next;
    if (next === undefined) return undefined;
    this.#newest = next.time;
    if (next.width !== this.width || next.height !== this.height) {
      this.width = next.width;
      this.height = next.height;
    }
    return next.time;
  }

  async read(picture: Picture, fresh: boolean): Promise<readonly Rect[] | undefined> {
    const next = this.#next;
    if (next === undefined) return undefined;
    this.#next = undefined;
    const whole = { x: 0, y: 0, width: this.width, height: this.height };
    const damage = fresh ? [whole] : next.damage;
    for (const area of damage) copyArea(this.#player.decoder.picture, picture, area);
    return damage;
  }

  async rewind(): Promise<void> {
    await this.#frames.return();
    this.#next = undefined;
    this.#frames = this.#player.frames();
  }

  #skip({ start, end, lost }: Damage): void {
    this.#onSkipped?.({ after: this.#newest, bytes: end - start, blocks: lost ?? 0 });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#frames.return();
    await this.#file.close();
  }
}
