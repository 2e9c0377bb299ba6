/**
 * Prediction from another picture (RFC 6386, section 18): whole-pixel copies and the six-tap filters. Past its
 * edges a picture goes on with its outermost pixels.
 */
import { chromaStride, columns, lumaAt, lumaStride, rows, uAt, vAt } from './state';

/** Taps of each eighth of a pixel, as i16 of 8 lanes' worth: section 18.3. */
// biome-ignore format: a filter a line
const TAPS: usize = memory.data<i16>([
  0, 0, 128, 0, 0, 0, 0, 0,
  0, -6, 123, 12, -1, 0, 0, 0,
  2, -11, 108, 36, -8, 1, 0, 0,
  0, -9, 93, 50, -6, 0, 0, 0,
  3, -16, 77, 77, -16, 3, 0, 0,
  0, -6, 50, 93, -9, 0, 0, 0,
  1, -8, 36, 108, -11, 2, 0, 0,
  0, -1, 12, 123, -6, 0, 0, 0,
]);

/** Room for 21 rows of a block with 5 pixels more on a side, and for those rows filtered along. */
const PATCH_STRIDE: usize = 32;
const PATCH = memory.data(21 * 32 + 16, 16);
const ALONG = memory.data(21 * 16 + 16, 16);

/** A vector in quarter pixels as one number. */
export function packVector(x: i32, y: i32): u32 {
  return ((<u32>x) << 16) | (<u32>y & 0xffff);
}

export function vectorX(vector: u32): i32 {
  return <i32>vector >> 16;
}

export function vectorY(vector: u32): i32 {
  return <i32>(<i16>vector);
}

/** 8 pixels of the filter whose taps are at `taps`, from pixels `step` apart around `at`. */
function filter8(at: usize, step: usize, taps: usize): v128 {
  // What is negative comes first, so that the sum leaves 16 bits only where it is white anyway.
  let sum = i16x8.mul(eight(at - step), v128.load16_splat(taps, 2));
  sum = i16x8.add(sum, i16x8.mul(eight(at + step * 2), v128.load16_splat(taps, 8)));
  sum = i16x8.add(sum, i16x8.mul(eight(at - step * 2), v128.load16_splat(taps)));
  sum = i16x8.add(sum, i16x8.mul(eight(at + step * 3), v128.load16_splat(taps, 10)));
  sum = i16x8.add(sum, i16x8.mul(eight(at), v128.load16_splat(taps, 4)));
  sum = i16x8.add_sat_s(sum, i16x8.mul(eight(at + step), v128.load16_splat(taps, 6)));
  sum = i16x8.shr_s(i16x8.add_sat_s(sum, i16x8.splat(64)), 7);
  return i8x16.narrow_i16x8_u(sum, sum);
}

function eight(at: usize): v128 {
  return i16x8.extend_low_i8x16_u(v128.load64_zero(at));
}

/** Pixels (x, y) and on of a plane, 5 more each way, with its edges repeated, so that (2, 2) of PATCH is (x, y). */
function patch(
  plane: usize,
  stride: usize,
  planeWidth: i32,
  planeHeight: i32,
  x: i32,
  y: i32,
  size: i32,
): void {
  for (let line = 0; line < size + 5; line++) {
    const from = plane + <usize>max<i32>(0, min<i32>(planeHeight - 1, y - 2 + line)) * stride;
    const to = PATCH + <usize>line * PATCH_STRIDE;
    for (let place = 0; place < size + 5; place++) {
      const at = max<i32>(0, min<i32>(planeWidth - 1, x - 2 + place));
      store<u8>(to + place, load<u8>(from + at));
    }
  }
}

/** Where the prediction is, and from row to row there: `predictPlane` leaves it where it stands when it can. */
export let predicted: usize = 0;
export let predictedStride: usize = 0;

/**
 * Predicts a square of `size` (4, 8 or 16) pixels at (x, y) plus a whole vector and (`fineX`, `fineY`) eighths of
 * a pixel; `to` has rows of `toStride` and is used unless the picture itself has the answer.
 */
function predictPlane(
  plane: usize,
  stride: usize,
  planeWidth: i32,
  planeHeight: i32,
  x: i32,
  y: i32,
  fineX: u32,
  fineY: u32,
  size: i32,
  to: usize,
  toStride: usize,
): void {
  const fine = fineX | fineY;
  const before = fine != 0 ? 2 : 0;
  const after = fine != 0 ? 3 : 0;
  const inside =
    x >= before && y >= before && x + size + after <= planeWidth && y + size + after <= planeHeight;
  let from = plane + y * stride + x;
  if (!inside) {
    patch(plane, stride, planeWidth, planeHeight, x, y, size);
    from = PATCH + 2 * PATCH_STRIDE + 2;
    stride = PATCH_STRIDE;
  }
  if (fine == 0 && inside) {
    predicted = from;
    predictedStride = stride;
    return;
  }
  predicted = to;
  predictedStride = toStride;
  if (fine == 0) {
    for (let line = 0; line < size; line++) memory.copy(to + line * toStride, from + line * stride, size);
    return;
  }
  if (fineX != 0 && fineY != 0) {
    filterPlane(from - stride * 2, stride, 1, fineX, size, size + 5, ALONG, 16);
    filterPlane(ALONG + 32, 16, 16, fineY, size, size, to, toStride);
  } else if (fineX != 0) {
    filterPlane(from, stride, 1, fineX, size, size, to, toStride);
  } else {
    filterPlane(from, stride, stride, fineY, size, size, to, toStride);
  }
}

/** Filters `high` rows of `wide` pixels; `step` is the way from tap to tap. */
function filterPlane(
  from: usize,
  stride: usize,
  step: usize,
  fine: u32,
  wide: i32,
  high: i32,
  to: usize,
  toStride: usize,
): void {
  const taps = TAPS + (fine << 4);
  for (let line = 0; line < high; line++) {
    const result = filter8(from, step, taps);
    if (wide == 4) v128.store32_lane(to, result, 0);
    else v128.store64_lane(to, result, 0);
    if (wide == 16) v128.store64_lane(to + 8, filter8(from + 8, step, taps), 0);
    from += stride;
    to += toStride;
  }
}

/** Luma of `size` pixels at (x, y) of `picture` moved by a vector in quarter pixels. */
export function predictLuma(
  picture: usize,
  x: i32,
  y: i32,
  vector: u32,
  size: i32,
  to: usize,
  toStride: usize,
): void {
  const moveX = vectorX(vector);
  const moveY = vectorY(vector);
  predictPlane(
    picture + lumaAt,
    lumaStride,
    columns << 4,
    rows << 4,
    x + (moveX >> 2),
    y + (moveY >> 2),
    (moveX & 3) << 1,
    (moveY & 3) << 1,
    size,
    to,
    toStride,
  );
}

/** One chroma plane (0 for U, 1 for V) of `size` pixels at (x, y), moved by a vector in eighths of its pixels. */
export function predictChroma(
  picture: usize,
  plane: u32,
  x: i32,
  y: i32,
  vector: u32,
  size: i32,
  to: usize,
  toStride: usize,
): void {
  const moveX = vectorX(vector);
  const moveY = vectorY(vector);
  predictPlane(
    picture + (plane == 0 ? uAt : vAt),
    chromaStride,
    columns << 3,
    rows << 3,
    x + (moveX >> 3),
    y + (moveY >> 3),
    moveX & 7,
    moveY & 7,
    size,
    to,
    toStride,
  );
}
