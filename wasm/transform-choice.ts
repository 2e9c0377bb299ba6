/**
 * Which tiles are natural: photographs and videos, whose pixels are each new and close to those beside them.
 * Writing and drawings repeat the same pixels exactly, and what does not repeat stands out.
 */
import { RGB_MASK } from './box';
import { isNatural } from './choice';

/** A pixel that differs by more than this in some colour from both W and N is sharp. */
const SHARP: i8 = 24;
/** Smaller rectangles are coded exactly: they are cheap, and too little to judge by. */
const LEAST_SIDE: u32 = 8;

/** Whether `w` by `h` pixels are natural rather than text. */
export function looksNatural(source: usize, stride: u32, w: u32, h: u32): bool {
  if (w < LEAST_SIDE || h < LEAST_SIDE) return false;
  const colours = i32x4.splat(RGB_MASK);
  const limit = i8x16.splat(SHARP);
  let fresh = i32x4.splat(0);
  let sharp = i32x4.splat(0);
  // Groups of four pixels that have all their neighbours.
  const groups = (w - 2) >> 2;
  for (let y: u32 = 1; y < h; y++) {
    source += stride;
    let at = source + 4;
    for (const end = at + (groups << 4); at < end; at += 16) {
      const x = v128.and(v128.load(at), colours);
      const west = v128.and(v128.load(at - 4), colours);
      const above = at - stride;
      const north = v128.and(v128.load(above), colours);
      const like = v128.or(
        v128.or(i32x4.eq(x, west), i32x4.eq(x, north)),
        v128.or(
          i32x4.eq(x, v128.and(v128.load(above - 4), colours)),
          i32x4.eq(x, v128.and(v128.load(above + 4), colours)),
        ),
      );
      fresh = i32x4.sub(fresh, v128.not(like));
      const fromWest = v128.or(i8x16.sub_sat_u(x, west), i8x16.sub_sat_u(west, x));
      const fromNorth = v128.or(i8x16.sub_sat_u(x, north), i8x16.sub_sat_u(north, x));
      const over = i8x16.gt_u(i8x16.min_u(fromWest, fromNorth), limit);
      sharp = i32x4.sub(sharp, i32x4.ne(over, i32x4.splat(0)));
    }
  }
  const count = (groups << 2) * (h - 1);
  return isNatural(count, lanes(fresh), lanes(sharp));
}

function lanes(v: v128): u32 {
  return (
    i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
  );
}
