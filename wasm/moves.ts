/**
 * Moves: rectangles that are found again elsewhere in the reference. A move is 12 bytes as on the wire: fromX,
 * fromY, x, y, width, height, each u16 little-endian.
 */
export const MOVE_BYTES: u32 = 12;

/** Copies one rectangle inside a picture; source and target may overlap (as C's memmove). */
export function moveRect(
  picture: usize,
  stride: u32,
  fromX: u32,
  fromY: u32,
  x: u32,
  y: u32,
  w: u32,
  h: u32,
): void {
  const bytes = w << 2;
  let from = picture + fromY * stride + (fromX << 2);
  let to = picture + y * stride + (x << 2);
  if (y <= fromY) {
    for (let row: u32 = 0; row < h; row++) {
      memory.copy(to, from, bytes);
      from += stride;
      to += stride;
    }
  } else {
    from += h * stride;
    to += h * stride;
    for (let row: u32 = 0; row < h; row++) {
      from -= stride;
      to -= stride;
      memory.copy(to, from, bytes);
    }
  }
}
