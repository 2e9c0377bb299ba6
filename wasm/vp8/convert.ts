/**
 * BGRA to I420 by BT.601 with limited range, which players assume of VP8 (RFC 6386, section 9.2): luma 16 to 235,
 * chroma 16 to 240 around 128. Weights are of 256; chroma is of the mean of 2x2 pixels. Pixels past the picture's
 * right and bottom edge repeat the last one.
 */
import {
  canvas,
  canvasStride,
  chromaStride,
  height,
  lumaAt,
  lumaStride,
  source,
  uAt,
  vAt,
  width,
} from './state';

/** Even bytes of pixels: blue and red; and the odd ones after a shift: green and alpha. */
const EVEN: u32 = 0x00ff00ff;

/** Luma of 4 pixels, in lanes of 32 bits. */
function lumaOf(pixels: v128): v128 {
  const blueRed = v128.and(pixels, i32x4.splat(EVEN));
  const green = v128.and(i16x8.shr_u(pixels, 8), i32x4.splat(255));
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(blueRed, i16x8(25, 66, 25, 66, 25, 66, 25, 66)),
    i32x4.dot_i16x8_s(green, i16x8.splat(129)),
  );
  return i32x4.add(i32x4.shr_u(i32x4.add(sum, i32x4.splat(128)), 8), i32x4.splat(16));
}

/** Luma of 16 pixels. */
function lumaRow(from: usize): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(lumaOf(v128.load(from)), lumaOf(v128.load(from, 16))),
    i16x8.narrow_i32x4_s(lumaOf(v128.load(from, 32)), lumaOf(v128.load(from, 48))),
  );
}

/** Sums of 2x2 pixels of two rows, 4 of them, in 16-bit lanes: even bytes, and with `shift` 8 odd ones. */
function quads(from: usize, shift: i32): v128 {
  const mask = i32x4.splat(EVEN);
  const down = from + canvasStride;
  const left = i16x8.add(
    v128.and(i16x8.shr_u(v128.load(from), shift), mask),
    v128.and(i16x8.shr_u(v128.load(down), shift), mask),
  );
  const right = i16x8.add(
    v128.and(i16x8.shr_u(v128.load(from, 16), shift), mask),
    v128.and(i16x8.shr_u(v128.load(down, 16), shift), mask),
  );
  return i16x8.add(v128.shuffle<i32>(left, right, 0, 2, 4, 6), v128.shuffle<i32>(left, right, 1, 3, 5, 7));
}

function chromaOf(blueRed: v128, greenAlpha: v128, weights: v128, green: v128): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(blueRed, weights), i32x4.dot_i16x8_s(greenAlpha, green));
  return i32x4.add(i32x4.shr_s(i32x4.add(sum, i32x4.splat(512)), 10), i32x4.splat(128));
}

/** Stores 8 chroma samples; the answer is not zero where they differ from what was there. */
function storeChroma(at: usize, left: v128, right: v128): u64 {
  const words = i16x8.narrow_i32x4_s(left, right);
  const bytes = i64x2.extract_lane(i8x16.narrow_i16x8_u(words, words), 0);
  const was = load<u64>(at);
  store<u64>(at, bytes);
  return was ^ bytes;
}

/** Repeats the last pixel of the picture's rows to the right, and its last row below, within a macroblock. */
function extend(column: u32, row: u32): void {
  const x0 = column << 4;
  const y0 = row << 4;
  const wide = min<u32>(16, width - x0);
  const high = min<u32>(16, height - y0);
  const from = canvas + y0 * canvasStride + (x0 << 2);
  for (let y: u32 = 0; y < high; y++) {
    const line = from + y * canvasStride;
    const edge = load<u32>(line + ((wide - 1) << 2));
    for (let x = wide; x < 16; x++) store<u32>(line + (x << 2), edge);
  }
  for (let y = high; y < 16; y++) {
    memory.copy(from + y * canvasStride, from + (high - 1) * canvasStride, 64);
  }
}

/** Converts a macroblock of the canvas; whether anything in it has changed. */
export function convertBlock(column: u32, row: u32): bool {
  if ((column << 4) + 16 > width || (row << 4) + 16 > height) extend(column, row);
  let from = canvas + (row << 4) * canvasStride + (column << 6);
  let y = source + lumaAt + (row << 4) * lumaStride + (column << 4);
  let u = source + uAt + (row << 3) * chromaStride + (column << 3);
  let v = u + (vAt - uAt);
  let seen = i32x4.splat(0);
  let seenChroma: u64 = 0;
  for (let pair = 0; pair < 8; pair++) {
    const upper = lumaRow(from);
    const lower = lumaRow(from + canvasStride);
    seen = v128.or(seen, v128.xor(upper, v128.load(y)));
    seen = v128.or(seen, v128.xor(lower, v128.load(y + lumaStride)));
    v128.store(y, upper);
    v128.store(y + lumaStride, lower);
    const evenLeft = quads(from, 0);
    const evenRight = quads(from + 32, 0);
    const oddLeft = quads(from, 8);
    const oddRight = quads(from + 32, 8);
    const uWeights = i16x8(112, -38, 112, -38, 112, -38, 112, -38);
    const uGreen = i16x8(-74, 0, -74, 0, -74, 0, -74, 0);
    const vWeights = i16x8(-18, 112, -18, 112, -18, 112, -18, 112);
    const vGreen = i16x8(-94, 0, -94, 0, -94, 0, -94, 0);
    seenChroma |= storeChroma(
      u,
      chromaOf(evenLeft, oddLeft, uWeights, uGreen),
      chromaOf(evenRight, oddRight, uWeights, uGreen),
    );
    seenChroma |= storeChroma(
      v,
      chromaOf(evenLeft, oddLeft, vWeights, vGreen),
      chromaOf(evenRight, oddRight, vWeights, vGreen),
    );
    from += canvasStride << 1;
    y += lumaStride << 1;
    u += chromaStride;
    v += chromaStride;
  }
  return v128.any_true(seen) || seenChroma != 0;
}
