/** Rectangles, tiles and their limits. Coordinates are whole pixels, origin at the top left. */

/** Side of a tile in pixels; the last column and row of a picture may be smaller. */
export const TILE_SIZE = 64;
/** Longest side of a picture, in pixels: 8K screens and portrait ones. */
export const MAX_SIDE = 8192;
/** Most pixels in a picture: 8K UHD. */
export const MAX_PIXELS = 7680 * 4320;
/** Bytes of a pixel in a framebuffer: B, G, R, A in memory order, A = 255. */
export const BYTES_PER_PIXEL = 4;
/** Rows start on this boundary, so that a row is whole SIMD groups. */
export const ROW_ALIGNMENT = 64;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The rectangle at (`fromX`, `fromY`) of the viewer's picture is copied to (`x`, `y`). Both lie inside the picture. */
export interface Move extends Rect {
  readonly fromX: number;
  readonly fromY: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels of one picture: BGRA, `stride` bytes from row to row. */
export interface Picture extends Size {
  readonly pixels: Uint8Array;
  readonly stride: number;
}

/** The common part, or undefined when there is none. */
export function intersect(a: Rect, b: Rect): Rect | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  // Written so that a rectangle of NaNs has nothing in common either.
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** What of `rect`, rounded outwards to whole pixels, lies in a picture of that size; undefined when nothing does. */
export function clipRect(rect: Rect, { width, height }: Size): Rect | undefined {
  const x = Math.floor(rect.x);
  const y = Math.floor(rect.y);
  const right = Math.ceil(rect.x + rect.width);
  const bottom = Math.ceil(rect.y + rect.height);
  return intersect({ x, y, width: right - x, height: bottom - y }, { x: 0, y: 0, width, height });
}

/** A picture of zeros in memory of its own. */
export function blankPicture({ width, height }: Size): Picture {
  const stride = strideOf(width);
  return { width, height, stride, pixels: new Uint8Array(stride * height) };
}

/** Bytes from one row to the next in every framebuffer of that width. */
export function strideOf(width: number): number {
  return (width * BYTES_PER_PIXEL + ROW_ALIGNMENT - 1) & ~(ROW_ALIGNMENT - 1);
}

export function tileColumns(width: number): number {
  return Math.ceil(width / TILE_SIZE);
}

export function tileRows(height: number): number {
  return Math.ceil(height / TILE_SIZE);
}

/** Whether a size may be allocated at all; checked before any memory is touched. */
export function isValidSize(width: number, height: number): boolean {
  return (
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    width >= 1 &&
    height >= 1 &&
    width <= MAX_SIDE &&
    height <= MAX_SIDE &&
    width * height <= MAX_PIXELS
  );
}
