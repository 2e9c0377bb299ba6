/**
 * The input marker: a pattern of black and white blocks in the top left corner of the host's picture that names the
 * last input event that the host has drawn. A viewer reads it back from its own picture, so "click to picture" is
 * measured on the pixels themselves. It survives every colour level, and runs in a page too.
 *
 * Eight blocks across and five down, eight pixels each. Rows of eight bits, most significant first: the sync
 * byte 0xB2, the low byte of the viewer's id, the high and the low byte of the sequence's low 16 bits, and the sum of
 * these four, modulo 256, inverted.
 */
import type { Picture, Rect } from '../../codecs/index.js';

const BLOCK = 8;
const SYNC = 0xb2;
const ROWS = 5;

/** The area that the marker takes: within one tile. */
export const MARKER_AREA: Rect = { x: 0, y: 0, width: 8 * BLOCK, height: ROWS * BLOCK };

export interface Marker {
  /** Low 8 bits of the viewer's id. */
  readonly viewer: number;
  /** Low 16 bits of the input event's sequence number. */
  readonly sequence: number;
}

/** Draws the part of the marker that lies in `area`, into pixels `0xAARRGGBB`. */
export function drawMarker(
  target: {
    readonly pixels: Uint32Array;
    readonly stride: number;
    readonly width: number;
    readonly height: number;
  },
  area: Rect,
  marker: Marker,
): void {
  const rows = markerBytes(marker);
  const right = Math.min(area.x + area.width, MARKER_AREA.width, target.width);
  const bottom = Math.min(area.y + area.height, MARKER_AREA.height, target.height);
  for (let y = area.y; y < bottom; y++) {
    const bits = rows[Math.floor(y / BLOCK)]!;
    for (let x = area.x; x < right; x++) {
      const lit = (bits >> (7 - Math.floor(x / BLOCK))) & 1;
      target.pixels[y * target.stride + x] = lit === 1 ? 0xffffffff : 0xff000000;
    }
  }
}

/** Paints the whole marker over a BGRA picture. */
export function paintMarker({ pixels, stride, width, height }: Picture, marker: Marker): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength >> 2);
  drawMarker({ pixels: words, stride: stride >> 2, width, height }, MARKER_AREA, marker);
}

/** Reads the marker in the corner of a BGRA picture; undefined when there is none. */
export function readMarker(picture: Picture): Marker | undefined {
  if (picture.width < MARKER_AREA.width || picture.height < MARKER_AREA.height) return undefined;
  const rows: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    let bits = 0;
    for (let column = 0; column < 8; column++) {
      const offset = (row * BLOCK + BLOCK / 2) * picture.stride + (column * BLOCK + BLOCK / 2) * 4;
      bits = (bits << 1) | (picture.pixels[offset + 1]! > 127 ? 1 : 0);
    }
    rows.push(bits);
  }
  const [sync, viewer, high, low, check] = rows as [number, number, number, number, number];
  if (sync !== SYNC || check !== checkOf(sync, viewer, high, low)) return undefined;
  return { viewer, sequence: (high << 8) | low };
}

function markerBytes({ viewer, sequence }: Marker): readonly number[] {
  const parts = [SYNC, viewer & 255, (sequence >> 8) & 255, sequence & 255] as const;
  return [...parts, checkOf(...parts)];
}

function checkOf(sync: number, viewer: number, high: number, low: number): number {
  return ~(sync + viewer + high + low) & 255;
}
