/** What every coder of pictures for a container is like. */
import type { MkvColour } from '../containers/index.js';
import type { Move, Picture, Rect, Size } from '../geometry.js';

export type VideoCodec = 'mrle' | 'msvc' | 'zmbv' | 'vp8';

/** What is known of how a picture differs from the one that was coded before it. */
export interface PictureChange {
  /** Outside these no pixel has changed; undefined when nothing is known. Clipped to the picture. */
  readonly damage: readonly Rect[] | undefined;
  /**
   * Areas that were copied from elsewhere in the picture before; undefined when they are to be looked for. Hints: all
   * of them are checked.
   */
  readonly moves: readonly Move[] | undefined;
}

/** Nothing is known of the change. */
export const UNKNOWN_CHANGE: PictureChange = { damage: undefined, moves: undefined };

export interface EncodedPicture {
  /** Valid until the next call. Empty when the picture is as before: a container shows the last one longer. */
  readonly bytes: Uint8Array;
  /** Whether decoding may begin here. */
  readonly keyframe: boolean;
}

export interface VideoEncoder {
  readonly codec: VideoCodec;
  readonly size: Size;
  /** The four characters that name the codec in an AVI. */
  readonly fourcc: string;
  /** How a BITMAPINFOHEADER names it, where that is not by `fourcc`. */
  readonly compression?: number;
  /** Matroska's name for it. */
  readonly codecId: string;
  /** What its samples are, where they are not red, green and blue. */
  readonly colour?: MkvColour;
  /** Bits of a pixel in the stream, as a BITMAPINFOHEADER says. */
  readonly bitsPerPixel: number;
  /** What belongs behind the BITMAPINFOHEADER: a palette, B, G, R, 0 for each colour. */
  readonly extraData: Uint8Array;
  /**
   * Codes the next picture. With `keyframe`, so that decoding may begin with it; the first picture is one in any
   * case.
   */
  encode(picture: Picture, change: PictureChange, keyframe: boolean): EncodedPicture;
}
