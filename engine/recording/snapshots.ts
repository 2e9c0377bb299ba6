/**
 * Pictures between checkpoints, for jumps that take no longer where much has moved since the last whole picture. A
 * recording holds none of them (no pixel is repeated in it): whoever plays it makes them by playing it through once,
 * beside the playing, and keeps them in memory. A snapshot is a checkpoint of its own: the whole picture, coded
 * anew without loss, and the messages that say what is drawn and how things stand.
 *
 * CPU of a jump, 1080p, median and worst of 40, from checkpoints alone and with snapshots: a minute of a desktop with
 * a film 524 and 1060 ms, 21 and 68 ms; an hour of office work 202 and 359 ms, 82 and 215 ms. The look ahead takes 4
 * and 28 s of CPU for them, once, and 97 and 174 MB.
 */
import {
  ColourLevel,
  createSharedMemory,
  Effort,
  EXACT,
  encoderLayout,
  encodeSlice,
  FrameDecoder,
  FrameEncoder,
  fillDamage,
  MAX_TILES_PER_SLICE,
  type Picture,
  SightlineError,
  sliceJob,
  type TileJob,
  writeJobs,
} from '../../codecs/index.js';
import { type CheckpointPicture, type Recording, Track } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { decodeControl, decodeOverlay, SLICE_HEADER_BYTES, writeSliceHeader } from '../protocol/index.js';
import { isStateMessage, LiveMessages } from './live.js';
import { type PlayedFrame, type PlayedMessage, RecordingPlayer, type Snapshot } from './player.js';

/** A snapshot is taken when so many bytes of pictures came since the last, or since a whole picture: 50 ms of decoding. */
const SNAPSHOT_BYTES = 1_500_000;
/** What all snapshots of a recording may take; beyond, every second one goes, of those that follow too. */
const MAX_SHELF_BYTES = 192 * 1024 * 1024;

/** The snapshots of a recording, in the order of time. */
export class SnapshotShelf {
  readonly #limit: number;
  #snapshots: Snapshot[] = [];
  #bytes = 0;
  #seen = 0;
  /** One of so many is kept. */
  #stride = 1;

  constructor(limit: number = MAX_SHELF_BYTES) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#snapshots.length;
  }

  /** Later than all that are there. */
  add(snapshot: Snapshot): void {
    if (this.#seen++ % this.#stride !== 0) return;
    this.#snapshots.push(snapshot);
    this.#bytes += bytesOf(snapshot);
    if (this.#bytes <= this.#limit) return;
    this.#stride *= 2;
    this.#snapshots = this.#snapshots.filter((_, index) => index % 2 === 0);
    this.#bytes = this.#snapshots.reduce((sum, kept) => sum + bytesOf(kept), 0);
  }

  /** The newest at or before `time`. */
  at(time: Micros): Snapshot | undefined {
    return this.#snapshots.findLast((snapshot) => snapshot.time <= time);
  }
}

export interface SnapshotOptions {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Awaited behind each snapshot: others get their turn. */
  readonly rest?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Plays a recording of one screen through, as fast as it decodes. Rejects with what its source throws. */
export async function takeSnapshots(recording: Recording, options: SnapshotOptions): Promise<void> {
  // With several screens a snapshot would have to hold all of them: they are played from checkpoints.
  if (recording.displays.length > 1) return;
  const decoder = new FrameDecoder(options.module);
  const coder = new PictureCoder(options.module);
  const live = new LiveMessages<PlayedMessage>();
  let since = 0;
  for await (const played of new RecordingPlayer(recording, decoder).play()) {
    if (options.signal?.aborted) return;
    if (played.kind === 'message') {
      remember(live, played);
      continue;
    }
    // Behind a whole picture there is a checkpoint that needs no more than it.
    since = played.base === 0 ? 0 : since + played.bytes;
    if (since < SNAPSHOT_BYTES || played.end === undefined) continue;
    since = 0;
    options.onSnapshot({
      time: played.time,
      offset: played.end,
      picture: pictureOf(played),
      slices: coder.code(decoder.picture, played),
      messages: [...live.values()].map((message) => ({ ...message, past: true })),
    });
    await options.rest?.();
  }
}

function remember(live: LiveMessages<PlayedMessage>, played: PlayedMessage): void {
  // The bytes are a view on a window over the file, which nobody wants to keep.
  const kept = { ...played, message: played.message.slice() };
  try {
    if (played.track === Track.Overlay) live.overlay(decodeOverlay(played.message), kept);
    else if (played.track === Track.State) {
      const control = decodeControl(played.message);
      if (isStateMessage(control)) live.state(control, kept);
    } else if (played.track === Track.Chat) live.chat(kept);
  } catch (error) {
    // What is malformed says nothing, at its time and later.
    if (!(error instanceof SightlineError)) throw error;
  }
}

function pictureOf({ track, level, width, height, frame }: PlayedFrame): CheckpointPicture {
  return { track, start: 0, level, width, height, frame };
}

function bytesOf({ slices, messages }: Snapshot): number {
  const sum = (total: number, bytes: Uint8Array) => total + bytes.length;
  return slices.reduce(sum, 0) + messages.map(({ message }) => message).reduce(sum, 0);
}

/** Codes whole pictures, without loss. */
class PictureCoder {
  readonly #module: WebAssembly.Module;
  #encoder: FrameEncoder | undefined;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  code(picture: Picture, { frame, width, height }: PlayedFrame): Uint8Array<ArrayBuffer>[] {
    const encoder = this.#encoderFor(width, height);
    copyPicture(picture, encoder.reference);
    const boxes = new Uint32Array(encoder.layout.tiles);
    fillDamage(boxes, { width, height });
    const jobs = Array.from(boxes, (box, tile): TileJob => ({ tile, box }));
    const slices: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < jobs.length; at += MAX_TILES_PER_SLICE) {
      const part = jobs.slice(at, at + MAX_TILES_PER_SLICE);
      const message = codeSlice(encoder, part);
      writeSliceHeader(message, {
        level: ColourLevel.High,
        first: at === 0,
        last: at + MAX_TILES_PER_SLICE >= jobs.length,
        approximate: false,
        refinement: false,
        frame,
        base: 0,
        viewer: 0,
        width,
        height,
        drawnAt: 0,
        slice: slices.length,
      });
      slices.push(message);
    }
    return slices;
  }

  #encoderFor(width: number, height: number): FrameEncoder {
    const held = this.#encoder;
    if (held !== undefined && held.layout.width === width && held.layout.height === height) return held;
    const layout = encoderLayout({ width, height, workers: 0 });
    this.#encoder = new FrameEncoder(this.#module, layout, createSharedMemory(layout.totalBytes));
    return this.#encoder;
  }
}

/** A message with room for its header. */
function codeSlice(encoder: FrameEncoder, jobs: readonly TileJob[]): Uint8Array<ArrayBuffer> {
  writeJobs(encoder.memory, encoder.layout, 0, jobs);
  const coding = { level: ColourLevel.High, effort: Effort.Fast, quality: EXACT };
  const job = sliceJob(encoder.layout, coding, 0, jobs.length, 0);
  const bytes = encodeSlice(encoder.kernels, encoder.memory, job);
  const message = new Uint8Array(SLICE_HEADER_BYTES + bytes);
  message.set(new Uint8Array(encoder.memory.buffer, job.outOffset, bytes), SLICE_HEADER_BYTES);
  return message;
}

function copyPicture(from: Picture, to: Picture): void {
  if (from.stride === to.stride) {
    to.pixels.set(from.pixels);
    return;
  }
  for (let row = 0; row < from.height; row++) {
    const start = row * from.stride;
    to.pixels.set(from.pixels.subarray(start, start + from.width * 4), row * to.stride);
  }
}
