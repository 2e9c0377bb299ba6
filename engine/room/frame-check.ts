/**
 * What a host may send as one frame. A frame that lets itself through a viewer's window passes whole, so its size is
 * what bounds the memory that it can take: no more bytes and slices than its picture can need at worst, and its
 * slices in order, so that there is an end to it.
 *
 * One check follows one stream of frames: those that a level's viewers get, or those addressed to one viewer. At most
 * one frame of a stream is open; a first slice makes what came before it void.
 */
import {
  MAX_MOVES,
  MAX_TILE_BYTES,
  MOVE_BYTES,
  SightlineError,
  tileColumns,
  tileRows,
} from '../../codecs/index.js';
import { SLICE_HEADER_BYTES } from '../protocol/index.js';
import type { SliceFields } from './slice-fields.js';

/** A slice's body that holds nothing: its two counts. */
const EMPTY_BODY_BYTES = 4;

/** Most slices of a frame: each carries a tile, but for a first one of moves alone and an empty last one. */
export function maxFrameSlices(width: number, height: number): number {
  return tileColumns(width) * tileRows(height) + 2;
}

/** Most bytes of a frame, headers included: every tile at its worst, once, and the moves (docs/CODEC.md). */
export function maxFrameBytes(width: number, height: number): number {
  const tiles = tileColumns(width) * tileRows(height);
  return (
    tiles * MAX_TILE_BYTES +
    MAX_MOVES * MOVE_BYTES +
    maxFrameSlices(width, height) * (SLICE_HEADER_BYTES + EMPTY_BODY_BYTES)
  );
}

export class FrameCheck {
  /** The open frame; 0: none. */
  #frame = 0;
  #base = 0;
  #level = 0;
  #width = 0;
  #height = 0;
  #slices = 0;
  #bytes = 0;
  #maxBytes = 0;
  /** The last frame that was begun. */
  #newest = 0;

  /** Whether a frame has been begun and not ended. */
  get isOpen(): boolean {
    return this.#frame !== 0;
  }

  /** Another host, or another link of the same: its frames begin anew. */
  reset(): void {
    this.#frame = 0;
    this.#newest = 0;
  }

  /** Whether a slice begins a frame, or is the next of the open one. */
  isNext({ first, frame, slice }: SliceFields): boolean {
    return first || (frame === this.#frame && slice === this.#slices);
  }

  /**
   * The next slice of the stream has come, `bytes` long with its header. Throws `SightlineError` (`bad-slice`,
   * `too-large`) when no frame goes on like that.
   *
   * @param growing Whether a frame must have a higher number than the one before. What is addressed to one viewer may
   *   be sent again.
   */
  take(slice: SliceFields, bytes: number, growing: boolean): void {
    if (slice.first) this.#begin(slice, growing);
    else this.#goOn(slice);
    if (slice.slice !== this.#slices) {
      throw bad('slice', `Slice ${slice.slice} comes where slice ${this.#slices} should.`);
    }
    this.#slices++;
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes || this.#slices > maxFrameSlices(this.#width, this.#height)) {
      throw new SightlineError(
        'too-large',
        `A frame of ${this.#width}x${this.#height} pixels has no more than ${this.#maxBytes} bytes.`,
        { field: 'length' },
      );
    }
    if (slice.last) this.#frame = 0;
  }

  #begin(slice: SliceFields, growing: boolean): void {
    const { frame, width, height } = slice;
    if (growing && frame <= this.#newest) {
      throw bad('frame', `Frame ${frame} comes after frame ${this.#newest}.`);
    }
    if (width !== this.#width || height !== this.#height) {
      this.#width = width;
      this.#height = height;
      this.#maxBytes = maxFrameBytes(width, height);
    }
    this.#frame = frame;
    this.#newest = frame;
    this.#base = slice.base;
    this.#level = slice.level;
    this.#slices = 0;
    this.#bytes = 0;
  }

  #goOn(slice: SliceFields): void {
    if (slice.frame !== this.#frame) {
      throw bad('frame', `A slice of frame ${slice.frame} comes without its first slice.`);
    }
    if (
      slice.base !== this.#base ||
      slice.level !== this.#level ||
      slice.width !== this.#width ||
      slice.height !== this.#height
    ) {
      throw bad('frame', `The slices of frame ${slice.frame} do not agree about it.`);
    }
  }
}

function bad(field: string, message: string): SightlineError {
  return new SightlineError('bad-slice', message, { field });
}
