/**
 * Plays a recording: messages in their order, and whole frames decoded into a picture, from any moment. Runs in
 * Node, a worker and a page.
 */
import type { SightlineError } from '../../codecs/index.js';
import {
  BLOCK_HEADER_BYTES,
  type Block,
  type CheckpointPicture,
  type Damage,
  type PlacedCheckpoint,
  type Recording,
} from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import type { PictureDecoder } from '../viewer/types.js';
import { type Decoders, type Display, Displays } from './displays.js';
import type { AssembledFrame } from './frame-assembler.js';

export interface PlayedFrame extends AssembledFrame {
  readonly kind: 'frame';
  /** The display track: which screen. */
  readonly track: number;
  /** Microseconds since the start. Of a rebuilt picture: the moment asked for. */
  readonly time: Micros;
  /** The picture at the moment asked for; its damage is all of it. */
  readonly rebuilt: boolean;
  /** Offset in the file behind its last block; absent of a rebuilt picture. */
  readonly end?: number;
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
  /** A snapshot of this recording, at or before `from`: used where it is nearer than the checkpoint. */
  readonly snapshot?: Snapshot | undefined;
  /** Awaited with the time of each message before that is applied: until then everything is as it was. */
  readonly before?: (time: Micros) => void | Promise<void>;
  /** Told of what is skipped because it is damaged. */
  readonly onDamage?: (damage: Damage) => void;
}

/** A moment that playing can go on from, and all that is shown then. */
export interface Snapshot {
  readonly time: Micros;
  /** Offset in the file from where it goes on. */
  readonly offset: number;
  readonly picture: CheckpointPicture;
  /** Display messages that paint the picture over a black one. */
  readonly slices: readonly Uint8Array<ArrayBuffer>[];
  readonly messages: readonly PlayedMessage[];
}

export class RecordingPlayer {
  readonly recording: Recording;
  readonly #displays: Displays;
  readonly #main: number;

  /** With one decoder the first screen is played; with a function, asked for each screen's, those that it has. */
  constructor(recording: Recording, decoders: Decoders) {
    this.recording = recording;
    this.#displays = new Displays(recording.displays, decoders);
    this.#main = recording.displays[0]!;
  }

  /** Holds the first screen's picture. */
  get decoder(): PictureDecoder {
    return this.decoderOf(this.#main)!;
  }

  /** Holds the picture of a screen; undefined when that is not played. */
  decoderOf(track: number): PictureDecoder | undefined {
    return this.#displays.of(track)?.decoder;
  }

  /** Slices that could not be used, because of damage or because a frame before them is missing. */
  get skipped(): number {
    return this.#displays.skipped;
  }

  /** Why some of them could not. */
  get fault(): SightlineError | undefined {
    return this.#displays.fault;
  }

  /**
   * Plays from a moment on, as fast as it is read. First come the messages that say what was drawn and how things
   * stood then (`past`), and, unless the moment is the start, the pictures of then (`rebuilt`). After each frame
   * its track's decoder holds it until the next is asked for. One run at a time.
   */
  async *play(options: PlayOptions = {}): AsyncGenerator<Played, void, undefined> {
    const from = options.from ?? 0;
    const to = options.to ?? Number.POSITIVE_INFINITY;
    this.#displays.reset();
    const checkpoint = from > 0 ? await this.recording.checkpointAt(from) : undefined;
    const snapshot = from > 0 ? nearer(options.snapshot, checkpoint) : undefined;
    if (snapshot !== undefined) yield* this.#restoreSnapshot(snapshot);
    else if (checkpoint !== undefined) yield* this.#restore(checkpoint, options);

    let rebuilding = from > 0;
    for await (const block of this.recording.messages(blocksFrom(snapshot ?? checkpoint, options))) {
      if (block.time > to) break;
      if (rebuilding && block.time > from) {
        rebuilding = false;
        yield* this.#rebuilt(from);
      }
      if (!rebuilding) await options.before?.(block.time);
      if (!this.recording.displays.includes(block.track)) {
        yield messageOf(block, rebuilding);
        continue;
      }
      const display = this.#displays.of(block.track);
      const frame = display?.frames.push(block.payload);
      if (display === undefined || frame === undefined) continue;
      display.shown = frame;
      if (!rebuilding) {
        const { track, time } = block;
        yield { kind: 'frame', track, time, rebuilt: false, end: endOf(block), ...frame };
      }
    }
    if (rebuilding) yield* this.#rebuilt(from);
  }

  /** The frames alone. */
  async *frames(options: PlayOptions = {}): AsyncGenerator<PlayedFrame, void, undefined> {
    for await (const played of this.play(options)) if (played.kind === 'frame') yield played;
  }

  /** Brings every decoder to what was shown at `time`; answers the first screen's frame, if there was one. */
  async seek(time: Micros): Promise<PlayedFrame | undefined> {
    let shown: PlayedFrame | undefined;
    for await (const frame of this.frames({ from: time, to: time })) {
      if (frame.track === this.#main) shown = frame;
    }
    return shown;
  }

  *#rebuilt(time: Micros): Generator<PlayedFrame> {
    for (const { track, frames, shown } of this.#displays.used()) {
      if (shown === undefined || frames.held !== shown.frame) continue;
      const damage = [{ x: 0, y: 0, width: shown.width, height: shown.height }];
      yield { kind: 'frame', track, rebuilt: true, ...shown, time, damage };
    }
  }

  *#restoreSnapshot({ picture, slices, messages }: Snapshot): Generator<PlayedMessage> {
    yield* messages;
    const display = this.#displays.of(picture.track);
    if (display === undefined) return;
    display.frames.beginRestore(picture);
    if (slices.every((slice) => display.frames.restore(slice, picture))) {
      display.frames.endRestore(picture);
      display.shown = frameOf(picture);
    } else display.frames.reset();
  }

  async *#restore(
    checkpoint: PlacedCheckpoint,
    options: PlayOptions,
  ): AsyncGenerator<PlayedMessage, void, undefined> {
    const restoring = new Map<number, { display: Display; picture: CheckpointPicture }>();
    for (const picture of checkpoint.pictures) {
      const display = this.#displays.of(picture.track);
      if (display === undefined) continue;
      display.frames.beginRestore(picture);
      restoring.set(picture.track, { display, picture });
    }
    const onDamage = (damage: Damage) => {
      // Nobody can tell whose blocks they were.
      restoring.clear();
      options.onDamage?.(damage);
    };
    for (const { offset, bytes } of checkpoint.live) {
      for await (const block of this.recording.messages({ from: offset, to: offset + bytes, onDamage })) {
        const target = restoring.get(block.track);
        if (target === undefined) {
          if (!this.recording.displays.includes(block.track)) yield messageOf(block, true);
        } else if (block.offset >= target.picture.start) {
          const painted = target.display.frames.restore(block.payload, target.picture);
          if (!painted) restoring.delete(block.track);
        }
      }
    }
    for (const display of this.#displays.used()) {
      const picture = restoring.get(display.track)?.picture;
      if (picture === undefined) {
        display.frames.reset();
      } else {
        display.frames.endRestore(picture);
        display.shown = frameOf(picture);
      }
    }
  }
}

/** The snapshot, if less has to be decoded from it than from the checkpoint. */
function nearer(
  snapshot: Snapshot | undefined,
  checkpoint: PlacedCheckpoint | undefined,
): Snapshot | undefined {
  if (snapshot === undefined || checkpoint === undefined) return snapshot;
  const start = checkpoint.pictures.find(({ track }) => track === snapshot.picture.track)?.start ?? 0;
  return snapshot.offset > start ? snapshot : undefined;
}

function endOf({ offset, length }: Block): number {
  return offset + BLOCK_HEADER_BYTES + length;
}

function blocksFrom(
  place: { readonly offset: number } | undefined,
  { onDamage }: PlayOptions,
): { from?: number; onDamage?: (damage: Damage) => void } {
  return {
    ...(place === undefined ? {} : { from: place.offset }),
    ...(onDamage === undefined ? {} : { onDamage }),
  };
}

function messageOf(block: Block, past: boolean): PlayedMessage {
  return { kind: 'message', time: block.time, track: block.track, message: block.payload, past };
}

function frameOf(picture: CheckpointPicture): AssembledFrame {
  const { frame, level, width, height } = picture;
  return { frame, base: 0, exact: false, level, width, height, drawnAt: 0, damage: [], bytes: 0 };
}
