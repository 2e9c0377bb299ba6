/**
 * Plays a recording: messages in their order, and whole frames decoded into a picture, from any moment. Runs in
 * Node, a worker and a page.
 */
import type { SightlineError } from '../../codecs/index.js';
import {
  type Block,
  type CheckpointPicture,
  type PlacedCheckpoint,
  type Recording,
  Track,
} from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import type { PictureDecoder } from '../viewer/types.js';
import { type AssembledFrame, FrameAssembler } from './frame-assembler.js';

export interface PlayedFrame extends AssembledFrame {
  readonly kind: 'frame';
  /** Microseconds since the start. Of a rebuilt picture: the moment asked for. */
  readonly time: Micros;
  /** The picture at the moment asked for; its damage is all of it. */
  readonly rebuilt: boolean;
}

export interface PlayedMessage {
  readonly kind: 'message';
  readonly time: Micros;
  readonly track: number;
  /** As it crossed the wire. */
  readonly message: Uint8Array;
  /** It lies before the moment asked for: to be applied at once. */
  readonly past: boolean;
}

export type Played = PlayedFrame | PlayedMessage;

export interface PlayOptions {
  /** Start at this moment, microseconds; 0 if absent. */
  readonly from?: Micros;
  /** Stop behind this moment. */
  readonly to?: Micros;
  /** Awaited with the time of each message before that is applied: until then everything is as it was. */
  readonly before?: (time: Micros) => void | Promise<void>;
}

export class RecordingPlayer {
  readonly recording: Recording;
  readonly decoder: PictureDecoder;
  readonly #frames: FrameAssembler;
  #shown: AssembledFrame | undefined;

  constructor(recording: Recording, decoder: PictureDecoder) {
    this.recording = recording;
    this.decoder = decoder;
    this.#frames = new FrameAssembler(decoder);
  }

  /** Slices that could not be used, because of damage or because a frame before them is missing. */
  get skipped(): number {
    return this.#frames.skipped;
  }

  /** Why the newest of them could not. */
  get fault(): SightlineError | undefined {
    return this.#frames.fault;
  }

  /**
   * Plays from a moment on, as fast as it is read. First come the messages that say what was drawn and how things
   * stood then (`past`), and, unless the moment is the start, the picture of then (`rebuilt`). After each frame
   * `decoder.picture` holds it until the next is asked for. One run at a time.
   */
  async *play(options: PlayOptions = {}): AsyncGenerator<Played, void, undefined> {
    const from = options.from ?? 0;
    const to = options.to ?? Number.POSITIVE_INFINITY;
    this.#frames.reset();
    this.#shown = undefined;
    const checkpoint = from > 0 ? await this.recording.checkpointAt(from) : undefined;
    if (checkpoint !== undefined) yield* this.#restore(checkpoint);

    let rebuilding = from > 0;
    for await (const block of this.recording.messages(startAt(checkpoint))) {
      if (block.time > to) break;
      if (rebuilding && block.time > from) {
        rebuilding = false;
        yield* this.#rebuilt(from);
      }
      if (!rebuilding) await options.before?.(block.time);
      if (block.track !== Track.Display) {
        yield messageOf(block, rebuilding);
        continue;
      }
      const frame = this.#frames.push(block.payload);
      if (frame === undefined) continue;
      this.#shown = frame;
      if (!rebuilding) yield { kind: 'frame', time: block.time, rebuilt: false, ...frame };
    }
    if (rebuilding) yield* this.#rebuilt(from);
  }

  /** The frames alone. */
  async *frames(options: PlayOptions = {}): AsyncGenerator<PlayedFrame, void, undefined> {
    for await (const played of this.play(options)) if (played.kind === 'frame') yield played;
  }

  /** Brings `decoder.picture` to what was shown at `time`; undefined when nothing was. */
  async seek(time: Micros): Promise<PlayedFrame | undefined> {
    let shown: PlayedFrame | undefined;
    for await (const frame of this.frames({ from: time, to: time })) shown = frame;
    return shown;
  }

  *#rebuilt(time: Micros): Generator<PlayedFrame> {
    const shown = this.#shown;
    if (shown === undefined || this.#frames.held !== shown.frame) return;
    const damage = [{ x: 0, y: 0, width: shown.width, height: shown.height }];
    yield { kind: 'frame', rebuilt: true, ...shown, time, damage };
  }

  async *#restore(checkpoint: PlacedCheckpoint): AsyncGenerator<PlayedMessage, void, undefined> {
    const picture = checkpoint.pictures.find((candidate) => candidate.track === Track.Display);
    let whole = picture !== undefined;
    if (picture !== undefined) this.#frames.beginRestore(picture);
    const onDamage = () => {
      whole = false;
    };
    for (const { offset, bytes } of checkpoint.live) {
      for await (const block of this.recording.messages({ from: offset, to: offset + bytes, onDamage })) {
        if (block.track !== Track.Display) yield messageOf(block, true);
        else if (picture !== undefined) whole = this.#frames.restore(block.payload, picture) && whole;
      }
    }
    if (!whole || picture === undefined) {
      this.#frames.reset();
      return;
    }
    this.#frames.endRestore(picture);
    this.#shown = frameOf(picture);
  }
}

function startAt(checkpoint: PlacedCheckpoint | undefined): { from?: number } {
  return checkpoint === undefined ? {} : { from: checkpoint.offset };
}

function messageOf(block: Block, past: boolean): PlayedMessage {
  return { kind: 'message', time: block.time, track: block.track, message: block.payload, past };
}

function frameOf(picture: CheckpointPicture): AssembledFrame {
  const { frame, level, width, height } = picture;
  return { frame, base: 0, exact: false, level, width, height, drawnAt: 0, damage: [], bytes: 0 };
}
