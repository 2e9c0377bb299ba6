/**
 * Colour levels. A level maps a pixel to a code and a code back to a pixel; formulas are whole numbers and
 * exact, so every party gets the same picture, and reduce(expand(code)) is the code again.
 *
 *   0 very low   y = (77 R + 150 G + 29 B + 128) >> 8 (BT.601 luma); code = (15 y + 128) >> 8;
 *                back: grey 17 code
 *   1 low        a pixel is near grey when max(R,G,B) - min(R,G,B) < 16.
 *                near grey: j = (45 y + 128) >> 8, one of 46 greys; back: grey (17 j + 1) / 3 rounded down.
 *                  j a multiple of 9 is also in the cube: code = 43 (j / 9); else code = 215 + j - floor(j / 9)
 *                else: q(v) = (5 v + 128) >> 8; code = 36 q(R) + 6 q(G) + q(B); back: 51 q for each
 *   2 medium     RGB565: code = R >> 3 << 11 | G >> 2 << 5 | B >> 3; back: high bits repeated below
 *   3 high       code = R << 16 | G << 8 | B; back: the same
 */
import { OPAQUE, RGB_MASK } from './box';

/** Four pixels' luma, in 32-bit lanes. */
function luma(v: v128): v128 {
  const blueRed = v128.and(v, i32x4.splat(0x00ff00ff));
  const green = v128.and(i32x4.shr_u(v, 8), i32x4.splat(0xff));
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(blueRed, i32x4.splat(29 | (77 << 16))),
    i32x4.dot_i16x8_s(green, i32x4.splat(150)),
  );
  return i32x4.shr_u(i32x4.add(sum, i32x4.splat(128)), 8);
}

function veryLowCode(v: v128): v128 {
  const y = luma(v);
  return i32x4.shr_u(i32x4.add(i32x4.sub(i32x4.shl(y, 4), y), i32x4.splat(128)), 8);
}

/** 46-step grey of four pixels. */
function greyStep(v: v128): v128 {
  return i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(luma(v), i32x4.splat(45)), i32x4.splat(128)), 8);
}

/** All ones in the lanes whose pixel is near grey. */
function nearGrey(v: v128): v128 {
  const g = i32x4.shr_u(v, 8);
  const r = i32x4.shr_u(v, 16);
  const most = i8x16.max_u(i8x16.max_u(v, g), r);
  const least = i8x16.min_u(i8x16.min_u(v, g), r);
  return i32x4.lt_s(v128.and(i8x16.sub(most, least), i32x4.splat(0xff)), i32x4.splat(16));
}

/** (5 v + 128) >> 8 of 16-bit lanes. */
function sixth(v: v128): v128 {
  return i16x8.shr_u(i16x8.add(i16x8.add(i16x8.shl(v, 2), v), i16x8.splat(128)), 8);
}

/** The lowest byte, which is blue, of eight pixels, in 16-bit lanes. @inline */
export function lowBytes(first: v128, second: v128): v128 {
  const byte = i32x4.splat(0xff);
  return i16x8.narrow_i32x4_u(v128.and(first, byte), v128.and(second, byte));
}

/** Codes of eight pixels in 16-bit lanes: every sum fits, and half the instructions of 32-bit lanes do. */
function lowCodes(first: v128, second: v128): v128 {
  const b = lowBytes(first, second);
  const g = lowBytes(i32x4.shr_u(first, 8), i32x4.shr_u(second, 8));
  const r = lowBytes(i32x4.shr_u(first, 16), i32x4.shr_u(second, 16));
  const half = i16x8.splat(128);
  const weighted = i16x8.add(
    i16x8.add(i16x8.mul(r, i16x8.splat(77)), i16x8.mul(g, i16x8.splat(150))),
    i16x8.add(i16x8.mul(b, i16x8.splat(29)), half),
  );
  const y = i16x8.shr_u(weighted, 8);
  const j = i16x8.shr_u(i16x8.add(i16x8.mul(y, i16x8.splat(45)), half), 8);
  // j / 9 for j < 46
  const ninth = i16x8.shr_u(i16x8.mul(j, i16x8.splat(57)), 9);
  const onCube = i16x8.eq(i16x8.mul(ninth, i16x8.splat(9)), j);
  const grey = v128.bitselect(
    i16x8.mul(ninth, i16x8.splat(43)),
    i16x8.sub(i16x8.add(j, i16x8.splat(215)), ninth),
    onCube,
  );
  const cube = i16x8.add(
    i16x8.add(i16x8.mul(sixth(r), i16x8.splat(36)), i16x8.mul(sixth(g), i16x8.splat(6))),
    sixth(b),
  );
  const most = i16x8.max_s(i16x8.max_s(b, g), r);
  const least = i16x8.min_s(i16x8.min_s(b, g), r);
  return v128.bitselect(grey, cube, i16x8.lt_s(i16x8.sub(most, least), i16x8.splat(16)));
}

function mediumCode(v: v128): v128 {
  return v128.or(
    v128.or(
      v128.and(i32x4.shr_u(v, 8), i32x4.splat(0xf800)),
      v128.and(i32x4.shr_u(v, 5), i32x4.splat(0x07e0)),
    ),
    v128.and(i32x4.shr_u(v, 3), i32x4.splat(0x001f)),
  );
}

/**
 * Codes of `count` pixels, one u32 each. Works in groups: reads and writes up to seven pixels more.
 */
export function reduceSpan(source: usize, target: usize, count: u32, level: u32): void {
  const end = target + (count << 2);
  if (level == 3) {
    while (target < end) {
      v128.store(target, v128.and(v128.load(source), i32x4.splat(RGB_MASK)));
      source += 16;
      target += 16;
    }
  } else if (level == 2) {
    while (target < end) {
      v128.store(target, mediumCode(v128.load(source)));
      source += 16;
      target += 16;
    }
  } else if (level == 1) {
    while (target < end) {
      const codes = lowCodes(v128.load(source), v128.load(source, 16));
      v128.store(target, i32x4.extend_low_i16x8_u(codes));
      v128.store(target, i32x4.extend_high_i16x8_u(codes), 16);
      source += 32;
      target += 32;
    }
  } else {
    while (target < end) {
      v128.store(target, veryLowCode(v128.load(source)));
      source += 16;
      target += 16;
    }
  }
}

/** Code at level low of the pixel in the first lane. */
export function lowCode(v: v128): u32 {
  return i16x8.extract_lane_u(lowCodes(v, v), 0);
}

/** The opaque pixel of one code; bits above the level's width are ignored. */
export function expandCode(code: u32, level: u32): u32 {
  if (level == 3) return OPAQUE | (code & RGB_MASK);
  if (level == 2) {
    const r = (code >> 11) & 31;
    const g = (code >> 5) & 63;
    const b = code & 31;
    return OPAQUE | (((r << 3) | (r >> 2)) << 16) | (((g << 2) | (g >> 4)) << 8) | (b << 3) | (b >> 2);
  }
  if (level == 0) return OPAQUE | ((code & 15) * 0x111111);
  const low = code & 255;
  if (low < 216) return OPAQUE | ((low / 36) * 51 * 65536) | (((low / 6) % 6) * 51 * 256) | ((low % 6) * 51);
  const ramp = low - 216;
  return OPAQUE | (((17 * (ramp + 1 + (ramp >> 3)) + 1) / 3) * 0x010101);
}

/** Pixels of `count` codes (u32 each): the other way of `reduceSpan`. */
export function expandSpan(source: usize, target: usize, count: u32, level: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    store<u32>(target + (index << 2), expandCode(load<u32>(source + (index << 2)), level));
  }
}

/** expand(reduce(pixel)) of four pixels. */
function levelled(v: v128, level: u32): v128 {
  const opaque = i32x4.splat(OPAQUE);
  if (level == 3) return v128.or(v, opaque);
  if (level == 2) {
    const rb = v128.and(v, i32x4.splat(0x00f800f8));
    const g = v128.and(v, i32x4.splat(0x0000fc00));
    const low = v128.or(
      v128.and(i32x4.shr_u(rb, 5), i32x4.splat(0x00070007)),
      v128.and(i32x4.shr_u(g, 6), i32x4.splat(0x00000300)),
    );
    return v128.or(v128.or(v128.or(rb, g), low), opaque);
  }
  if (level == 0) {
    const code = veryLowCode(v);
    const grey = v128.or(code, i32x4.shl(code, 4));
    return v128.or(v128.or(grey, i32x4.shl(grey, 8)), v128.or(i32x4.shl(grey, 16), opaque));
  }
  const j = greyStep(v);
  // (17 j + 1) / 3 for j < 46, by 21846 / 65536
  const third = i32x4.add(i32x4.add(i32x4.shl(j, 4), j), i32x4.splat(1));
  const ramp = i32x4.shr_u(i32x4.mul(third, i32x4.splat(21846)), 16);
  const grey = v128.or(v128.or(ramp, i32x4.shl(ramp, 8)), i32x4.shl(ramp, 16));
  const blueRed = i16x8.mul(sixth(v128.and(v, i32x4.splat(0x00ff00ff))), i16x8.splat(51));
  const green = i16x8.mul(sixth(v128.and(i32x4.shr_u(v, 8), i32x4.splat(0xff))), i16x8.splat(51));
  const cube = v128.or(blueRed, i32x4.shl(green, 8));
  return v128.or(v128.bitselect(grey, cube, nearGrey(v)), opaque);
}

/** What a viewer of `level` holds of a picture: `target` (which may be the source) has the same stride. */
export function applyLevel(source: usize, target: usize, stride: u32, height: u32, level: u32): void {
  // Rows are whole 64-byte groups, padding included, so the picture is one span.
  const end = source + stride * height;
  const shift = target - source;
  if (level == 0) {
    for (; source < end; source += 16) v128.store(source + shift, levelled(v128.load(source), 0));
  } else if (level == 1) {
    for (; source < end; source += 16) v128.store(source + shift, levelled(v128.load(source), 1));
  } else if (level == 2) {
    for (; source < end; source += 16) v128.store(source + shift, levelled(v128.load(source), 2));
  } else {
    for (; source < end; source += 16) v128.store(source + shift, levelled(v128.load(source), 3));
  }
}

/** Packs rows into R, G, B bytes without padding: width * height * 3 bytes at `target`. */
export function toRgb24(source: usize, target: usize, stride: u32, width: u32, height: u32): void {
  const end = target + width * height * 3;
  for (let y: u32 = 0; y < height; y++) {
    let from = source + y * stride;
    let x: u32 = 0;
    // A store writes 16 bytes for 12: the surplus is overwritten by the next, and kept off the end.
    for (; x + 4 <= width && target + 16 <= end; x += 4) {
      const v = v128.load(from);
      v128.store(target, i8x16.shuffle(v, v, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 15, 15, 15, 15));
      from += 16;
      target += 12;
    }
    for (; x < width; x++) {
      const pixel = load<u32>(from);
      store<u8>(target, pixel >> 16);
      store<u8>(target, pixel >> 8, 1);
      store<u8>(target, pixel, 2);
      from += 4;
      target += 3;
    }
  }
}
