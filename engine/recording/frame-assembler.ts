/**
 * Puts recorded slices together into whole frames, and applies those to a picture. A frame is decoded when its
 * last slice is there, so that what is shown is never half of one, whatever is missing from the file.
 */
import { coloursOf, type Rect, SightlineError, type StreamLevel } from '../../codecs/index.js';
import type { CheckpointPicture } from '../../codecs/recording/index.js';
import { readSliceHeader, type SliceHeader, sliceBody } from '../protocol/index.js';
import type { PictureDecoder } from '../viewer/types.js';
import { FrameChain } from './frame-chain.js';

/** Most bytes that a frame may have while it is put together: a raw 8K picture, and then some. */
const MAX_FRAME_BYTES = 160 * 1024 * 1024;

export interface AssembledFrame {
  readonly frame: number;
  /** 0: it covers the whole picture. */
  readonly base: number;
  /** Whether the picture that it left was exactly the host's; of one that a checkpoint restored: not known, false. */
  readonly exact: boolean;
  readonly level: StreamLevel;
  readonly width: number;
  readonly height: number;
  readonly drawnAt: number;
  readonly damage: readonly Rect[];
  /** Of its messages. */
  readonly bytes: number;
}

export class FrameAssembler {
  readonly #decoder: PictureDecoder | undefined;
  readonly #chain = new FrameChain();
  #messages: Uint8Array[] = [];
  #bytes = 0;
  #skipped = 0;
  #fault: SightlineError | undefined;

  /** Without a decoder frames are checked and counted, not decoded. */
  constructor(decoder?: PictureDecoder) {
    this.#decoder = decoder;
  }

  /** The newest whole frame; 0: the picture is not to be shown. */
  get held(): number {
    return this.#chain.held;
  }

  /** Slices that could not be used. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Why the newest of them could not. */
  get fault(): SightlineError | undefined {
    return this.#fault;
  }

  /** Forgets everything. */
  reset(): void {
    this.#chain.lose();
    this.#clear();
  }

  /** Takes one display message, which must stay valid until its frame is whole; answers a frame it completes. */
  push(message: Uint8Array): AssembledFrame | undefined {
    try {
      return this.#take(message);
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      this.#fault = error;
      this.#skipped++;
      this.#clear();
      return undefined;
    }
  }

  /** Before messages that a checkpoint lists: a black picture of its size. */
  beginRestore(picture: CheckpointPicture): void {
    this.reset();
    this.#decoder?.resize(picture.width, picture.height);
  }

  /** Paints one message that a checkpoint lists, whatever frame it belongs to; false when it cannot be. */
  restore(message: Uint8Array, picture: CheckpointPicture): boolean {
    try {
      const header = readSliceHeader(message);
      if (header.width !== picture.width || header.height !== picture.height) return false;
      this.#decoder?.decode(sliceBody(message), coloursOf(header.level));
      return true;
    } catch (error) {
      if (error instanceof SightlineError) return false;
      throw error;
    }
  }

  /** The picture is now exactly the checkpoint's. */
  endRestore(picture: CheckpointPicture): void {
    this.#chain.hold(picture.frame, picture.level, picture.width, picture.height);
  }

  #take(message: Uint8Array): AssembledFrame | undefined {
    const header = readSliceHeader(message);
    const place = this.#chain.place(header);
    if (place === 'misfit') {
      this.#chain.abandon();
      throw new SightlineError(
        'bad-slice',
        `Slice ${header.slice} of frame ${header.frame} (base ${header.base}) does not follow frame ${this.#chain.held}.`,
        { field: header.first ? 'base' : 'slice' },
      );
    }
    if (place !== 'more') this.#clear();
    this.#messages.push(message);
    this.#bytes += message.byteLength;
    if (this.#bytes > MAX_FRAME_BYTES) {
      this.#chain.abandon();
      throw new SightlineError('bad-slice', `Frame ${header.frame} is too long.`, { field: 'length' });
    }
    return header.last ? this.#finish(header) : undefined;
  }

  #finish(header: SliceHeader): AssembledFrame {
    const { frame, base, level, width, height, drawnAt } = header;
    const bytes = this.#bytes;
    const damage = this.#decoder === undefined ? [] : this.#decode(this.#decoder, header);
    this.#chain.complete();
    this.#clear();
    return { frame, base, exact: !header.approximate, level, width, height, drawnAt, damage, bytes };
  }

  #decode(decoder: PictureDecoder, header: SliceHeader): readonly Rect[] {
    const { base, width, height } = header;
    const level = coloursOf(header.level);
    try {
      if (decoder.picture.width !== width || decoder.picture.height !== height) decoder.resize(width, height);
      const end = this.#messages.length - 1;
      const touched = this.#messages.map((message, index) =>
        decoder.decode(sliceBody(message), level, { first: index === 0, last: index === end }),
      );
      return base === 0 ? [{ x: 0, y: 0, width, height }] : touched.flat();
    } catch (error) {
      // The picture may be partly changed.
      this.#chain.lose();
      throw error;
    }
  }

  #clear(): void {
    this.#messages = [];
    this.#bytes = 0;
  }
}
