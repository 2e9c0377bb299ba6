/** What the coder of lossy tiles sees of a block before it transforms it. */
import { PLANE_ROW_BYTES } from './transform-planes';

/** A block of Y is taken for writing when so many jumps of more than this, in half shades, have a plain side. */
const SHARP_JUMP: i16 = 112;
const SHARP_PLAIN: i32 = 4;

/** Whether no two numbers of the plane's block at `from` are more than `limit` apart. */
export function isFlat(from: usize, limit: i32): bool {
  let least = v128.load(from);
  let most = least;
  for (let row = from + PLANE_ROW_BYTES; row < from + 8 * PLANE_ROW_BYTES; row += PLANE_ROW_BYTES) {
    const eight = v128.load(row);
    least = i16x8.min_s(least, eight);
    most = i16x8.max_s(most, eight);
  }
  // In each column, and between the columns.
  const over = i16x8.splat(<i16>limit);
  if (v128.any_true(i16x8.gt_s(i16x8.sub(most, least), over))) return false;
  least = i16x8.min_s(least, i16x8.shuffle(least, least, 4, 5, 6, 7, 0, 1, 2, 3));
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 4, 5, 6, 7, 0, 1, 2, 3));
  least = i16x8.min_s(least, i16x8.shuffle(least, least, 2, 3, 0, 1, 6, 7, 4, 5));
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 2, 3, 0, 1, 6, 7, 4, 5));
  least = i16x8.min_s(least, i16x8.shuffle(least, least, 1, 0, 3, 2, 5, 4, 7, 6));
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 1, 0, 3, 2, 5, 4, 7, 6));
  return !v128.any_true(i16x8.gt_s(i16x8.sub(most, least), over));
}

/** The sum of a block of a plane: its first coefficient. */
export function sumBlock(from: usize): i32 {
  let sum = v128.load(from);
  for (let row = from + PLANE_ROW_BYTES; row < from + 8 * PLANE_ROW_BYTES; row += PLANE_ROW_BYTES)
    sum = i16x8.add(sum, v128.load(row));
  return sumLanes(sum);
}

function sumLanes(eight: v128): i32 {
  const four = i32x4.extadd_pairwise_i16x8_s(eight);
  return (
    i32x4.extract_lane(four, 0) +
    i32x4.extract_lane(four, 1) +
    i32x4.extract_lane(four, 2) +
    i32x4.extract_lane(four, 3)
  );
}

/**
 * Whether the block of Y at `from` has the edges of writing: jumps from a pixel to the next, to the right or down,
 * beside which the same shade stands twice, as cameras do not see it.
 */
export function looksSharp(from: usize): bool {
  const limit = i16x8.splat(SHARP_JUMP);
  const none = i16x8.splat(0);
  // Masks are -1, so sums count downwards.
  let jumps = none;
  let plain = none;
  let jumpAbove = none;
  let sameAbove = none;
  let above = v128.load(from);
  for (let row = from + PLANE_ROW_BYTES; row < from + 8 * PLANE_ROW_BYTES; row += PLANE_ROW_BYTES) {
    const eight = v128.load(row);
    const right = i16x8.shuffle(eight, eight, 1, 2, 3, 4, 5, 6, 7, 7);
    const across = i16x8.gt_s(i16x8.abs(i16x8.sub(eight, right)), limit);
    const same = i16x8.eq(eight, right);
    plain = i16x8.add(plain, v128.and(across, i16x8.shuffle(same, none, 8, 0, 1, 2, 3, 4, 5, 6)));
    plain = i16x8.add(plain, v128.and(across, i16x8.shuffle(same, none, 1, 2, 3, 4, 5, 6, 8, 8)));
    const down = i16x8.gt_s(i16x8.abs(i16x8.sub(eight, above)), limit);
    const sameDown = i16x8.eq(eight, above);
    plain = i16x8.add(plain, v128.and(down, sameAbove));
    plain = i16x8.add(plain, v128.and(jumpAbove, sameDown));
    jumps = i16x8.add(jumps, i16x8.add(across, down));
    jumpAbove = down;
    sameAbove = sameDown;
    above = eight;
  }
  const beside = -sumLanes(plain);
  return beside >= SHARP_PLAIN && beside * 2 >= -sumLanes(jumps);
}
