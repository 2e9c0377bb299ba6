/**
 * Zip Motion Blocks Video, the capture codec of DOSBox (https://wiki.multimedia.cx/index.php/DosBox_Capture_Codec):
 * what of a frame is deflated. A keyframe is all its pixels, row by row. Any other frame is a vector for each block of
 * BLOCK x BLOCK pixels, row by row, in pairs of bytes (dx << 1 | 1 when pixels follow, dy << 1), filled up to
 * four bytes, and then for each block with that bit its pixels XOR the reference's at the vector.
 *
 * Pixels are 1, 2 or 4 bytes; of 4, the last is taken as 0. Planes have rows of `stride` bytes, and may be read up to
 * 15 bytes past their end.
 */
import { BOX_MARK, RGB_MASK, TILE, TILE_SHIFT } from '../box';

export const BLOCK: u32 = 16;
/** A vector is 7 bits and a sign: it reaches from -64 to 63. */
const LEAST: i32 = -64;
const MOST: i32 = 63;
/** Blocks around, in either direction, that are looked at for one that is flat. */
const FLAT_REACH: i32 = 3;
/** Estimated bits from which a block is worth that look: a small change to a block that stays is not. */
const FLAT_COST: u32 = 512;
const MAX_COST: u32 = 0x7fffffff;
/** Bits that a vector other than its neighbour's is taken to cost. */
const VECTOR_COST: u32 = 24;
/** How far around a block its own vector is looked for, in one row of so many. */
const NEAR: i32 = 8;
const NEAR_ROWS: u32 = 4;
/** Vectors of a frame that are found so and tried on the blocks after. */
const MAX_NEAR: u32 = 4;
/**
 * Blocks to the next that is searched: so many after a vector that was worth it, as its neighbours have it already, and
 * twice as many as before after a search in vain.
 */
const NEAR_STEP: u32 = 4;
const MAX_NEAR_STEP: u32 = 64;

/** Selects what is compared and coded of 16 bytes of pixels. */
function coded(pixelBytes: u32): v128 {
  return pixelBytes == 4 ? i32x4.splat(RGB_MASK) : i32x4.splat(-1);
}

/** Selects the first `bytes` (1 to 15) of 16. */
function firstBytes(bytes: u32): v128 {
  const places = v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return i8x16.lt_u(places, i8x16.splat(<i8>bytes));
}

/** Whether a block of `rows` rows of `bytes` bytes is the same in both planes. */
function sameBlock(a: usize, b: usize, stride: u32, bytes: u32, rows: u32, mask: v128): bool {
  const whole = bytes & ~15;
  const tail = v128.and(mask, firstBytes(bytes & 15));
  for (; rows > 0; rows--) {
    let seen = i32x4.splat(0);
    for (let at: u32 = 0; at < whole; at += 16) {
      seen = v128.or(seen, v128.xor(v128.load(a + at), v128.load(b + at)));
    }
    seen = v128.and(seen, mask);
    if (whole != bytes) {
      const rest = v128.xor(v128.load(a + whole), v128.load(b + whole));
      seen = v128.or(seen, v128.and(rest, tail));
    }
    if (v128.any_true(seen)) return false;
    a += stride;
    b += stride;
  }
  return true;
}

/** Estimated bits of a block's difference, or MAX_COST as soon as it is `limit` or more. */
function blockCost(a: usize, b: usize, stride: u32, bytes: u32, rows: u32, mask: v128, limit: u32): u32 {
  const whole = bytes & ~15;
  const tail = v128.and(mask, firstBytes(bytes & 15));
  let cost: u32 = 0;
  for (; rows > 0; rows--) {
    let sum = i16x8.splat(0);
    for (let at: u32 = 0; at < whole; at += 16) {
      sum = i16x8.add(sum, byteCosts(v128.and(mask, v128.xor(v128.load(a + at), v128.load(b + at)))));
    }
    if (whole != bytes) {
      sum = i16x8.add(sum, byteCosts(v128.and(tail, v128.xor(v128.load(a + whole), v128.load(b + whole)))));
    }
    const pairs = i32x4.extadd_pairwise_i16x8_u(sum);
    cost +=
      i32x4.extract_lane(pairs, 0) +
      i32x4.extract_lane(pairs, 1) +
      i32x4.extract_lane(pairs, 2) +
      i32x4.extract_lane(pairs, 3);
    if (cost >= limit) return MAX_COST;
    a += stride;
    b += stride;
  }
  return cost;
}

/** About what the bytes of a difference cost when coded: nothing for 0, and more for larger ones. */
function byteCosts(difference: v128): v128 {
  const some = i8x16.ne(difference, i8x16.splat(0));
  const bits = i8x16.add(i8x16.popcnt(difference), v128.and(some, i8x16.splat(2)));
  return i16x8.extadd_pairwise_i8x16_u(bits);
}

/** Writes a keyframe's pixels at `out`; the answer is their number in bytes. */
export function zmbvKeyframe(
  picture: usize,
  stride: u32,
  width: u32,
  height: u32,
  pixelBytes: u32,
  out: usize,
): u32 {
  const mask = coded(pixelBytes);
  const bytes = width * pixelBytes;
  let to = out;
  for (let row: u32 = 0; row < height; row++) {
    for (let at: u32 = 0; at < bytes; at += 16) {
      v128.store(to + at, v128.and(mask, v128.load(picture + at)));
    }
    to += bytes;
    picture += stride;
  }
  return <u32>(to - out);
}

/**
 * Writes vectors and differences of a frame at `out`; the answer is their number in bytes. Blocks outside `boxes`
 * (damage per tile of 64 x 64 pixels) are known to be as in the reference. `vectors` holds `count` vectors worth a
 * try: dx, dy, i32 each.
 */
export function zmbvChange(
  picture: usize,
  reference: usize,
  stride: u32,
  width: u32,
  height: u32,
  pixelBytes: u32,
  boxes: usize,
  vectors: usize,
  count: u32,
  out: usize,
): u32 {
  const mask = coded(pixelBytes);
  const tileColumns = (width + TILE - 1) >> TILE_SHIFT;
  const columns = (width + BLOCK - 1) / BLOCK;
  const rows = (height + BLOCK - 1) / BLOCK;
  const vectorBytes = (columns * rows * 2 + 3) & ~3;
  memory.fill(out, 0, vectorBytes);
  let to = out + vectorBytes;
  let lastX: i32 = 0;
  let lastY: i32 = 0;
  let flatX: i32 = 0;
  let flatY: i32 = 0;
  let nearStep: u32 = 1;
  let untilNear: u32 = 1;
  let found: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const y = row * BLOCK;
    const h = min<u32>(BLOCK, height - y);
    for (let column: u32 = 0; column < columns; column++) {
      const x = column * BLOCK;
      const w = min<u32>(BLOCK, width - x);
      const box = load<u32>(boxes + (((y >> TILE_SHIFT) * tileColumns + (x >> TILE_SHIFT)) << 2));
      if (!boxMeets(box, x & (TILE - 1), y & (TILE - 1), w, h)) continue;
      const bytes = w * pixelBytes;
      const place = y * stride + x * pixelBytes;
      const a = picture + place;
      const b = reference + place;
      if (sameBlock(a, b, stride, bytes, h, mask)) continue;

      let bestX: i32 = 0;
      let bestY: i32 = 0;
      let best = blockCost(a, b, stride, bytes, h, mask, MAX_COST);
      const tried = count + min(found, MAX_NEAR);
      const entry = out + ((row * columns + column) << 1);
      // The last block's vector, the one's above, those of the moves, and the last one to something flat.
      for (let index: u32 = 0; index < tried + 3 && best > 0; index++) {
        let dx = lastX;
        let dy = lastY;
        if (index == 1) {
          if (row == 0) continue;
          const above = entry - (columns << 1);
          dx = <i32>load<i8>(above) >> 1;
          dy = <i32>load<i8>(above, 1) >> 1;
        } else if (index == tried + 2) {
          dx = flatX - <i32>x;
          dy = flatY - <i32>y;
        } else if (index > 1) {
          dx = load<i32>(vectors + ((index - 2) << 3));
          dy = load<i32>(vectors + ((index - 2) << 3), 4);
        }
        if ((dx == 0 && dy == 0) || !isInside(dx, dy, x, y, w, h, width, height)) continue;
        const dearer: u32 = index == 0 ? 0 : VECTOR_COST;
        if (best <= dearer) continue;
        const cost = blockCost(
          a,
          shifted(b, stride, pixelBytes, dx, dy),
          stride,
          bytes,
          h,
          mask,
          best - dearer,
        );
        if (cost == MAX_COST) continue;
        best = cost == 0 ? 0 : cost + dearer;
        bestX = dx;
        bestY = dy;
      }
      // A film that pans, and a picture that has changed while it moved: nobody told.
      if (best > FLAT_COST && --untilNear == 0) {
        const vector = vectorNear(a, b, stride, pixelBytes, x, y, w, h, width, height, mask);
        const dx = <i32>(<i16>vector);
        const dy = <i32>vector >> 16;
        const cost = blockCost(
          a,
          shifted(b, stride, pixelBytes, dx, dy),
          stride,
          bytes,
          h,
          mask,
          best - VECTOR_COST,
        );
        if (cost == MAX_COST) {
          nearStep = min(nearStep * 2, MAX_NEAR_STEP);
        } else {
          nearStep = NEAR_STEP;
          best = cost + VECTOR_COST;
          bestX = dx;
          bestY = dy;
          const slot = vectors + ((count + (found % MAX_NEAR)) << 3);
          store<i32>(slot, dx);
          store<i32>(slot, dy, 4);
          found++;
        }
        untilNear = nearStep;
      }
      // What is new is coded best on a ground of one colour: what repeats in it is not spoilt by what was there.
      if (best > FLAT_COST) {
        for (let place: i32 = 0; place < (2 * FLAT_REACH + 1) * (2 * FLAT_REACH + 1); place++) {
          const dx = ((place % (2 * FLAT_REACH + 1)) - FLAT_REACH) * BLOCK;
          const dy = (place / (2 * FLAT_REACH + 1) - FLAT_REACH) * BLOCK;
          if (!isInside(dx, dy, x, y, w, h, width, height)) continue;
          const ground = shifted(b, stride, pixelBytes, dx, dy);
          if (!isFlat(ground, stride, pixelBytes, bytes, h, mask)) continue;
          const cost = blockCost(a, ground, stride, bytes, h, mask, best);
          if (cost == MAX_COST) continue;
          best = cost;
          bestX = dx;
          bestY = dy;
          flatX = <i32>x + dx;
          flatY = <i32>y + dy;
        }
      }
      if (bestX != 0 || bestY != 0) {
        lastX = bestX;
        lastY = bestY;
      }
      store<u8>(entry, (bestX << 1) | i32(best > 0));
      store<u8>(entry, bestY << 1, 1);
      if (best > 0) {
        writeDifference(a, shifted(b, stride, pixelBytes, bestX, bestY), stride, bytes, h, mask, to);
        to += bytes * h;
      }
    }
  }
  return <u32>(to - out);
}

function shifted(block: usize, stride: u32, pixelBytes: u32, dx: i32, dy: i32): usize {
  return <usize>(<isize>block + <isize>dy * <isize>stride + <isize>(dx * <i32>pixelBytes));
}

/** The vector nearby with the least difference in some of the block's rows: dx in the low half, dy in the high one. */
function vectorNear(
  a: usize,
  b: usize,
  stride: u32,
  pixelBytes: u32,
  x: u32,
  y: u32,
  w: u32,
  h: u32,
  width: u32,
  height: u32,
  mask: v128,
): u32 {
  const rows = (h + NEAR_ROWS - 1) / NEAR_ROWS;
  const step = stride * NEAR_ROWS;
  let best: u32 = MAX_COST;
  let vector: u32 = 0;
  for (let dy = -NEAR; dy <= NEAR; dy++) {
    for (let dx = -NEAR; dx <= NEAR; dx++) {
      if (!isInside(dx, dy, x, y, w, h, width, height)) continue;
      const cost = blockCost(
        a,
        shifted(b, stride, pixelBytes, dx, dy),
        step,
        w * pixelBytes,
        rows,
        mask,
        best,
      );
      if (cost >= best) continue;
      best = cost;
      vector = (<u32>dx & 0xffff) | ((<u32>dy) << 16);
    }
  }
  return vector;
}

/** Whether a block's vector can be coded, and leads to pixels of the picture only, as old readers want it. */
function isInside(dx: i32, dy: i32, x: u32, y: u32, w: u32, h: u32, width: u32, height: u32): bool {
  return (
    dx >= LEAST &&
    dx <= MOST &&
    dy >= LEAST &&
    dy <= MOST &&
    <i32>x + dx >= 0 &&
    <i32>y + dy >= 0 &&
    <i32>(x + w) + dx <= <i32>width &&
    <i32>(y + h) + dy <= <i32>height
  );
}

/** Whether a block is of one colour. */
function isFlat(block: usize, stride: u32, pixelBytes: u32, bytes: u32, rows: u32, mask: v128): bool {
  const colour =
    pixelBytes == 4
      ? v128.load32_splat(block)
      : pixelBytes == 2
        ? v128.load16_splat(block)
        : v128.load8_splat(block);
  const whole = bytes & ~15;
  const tail = v128.and(mask, firstBytes(bytes & 15));
  for (; rows > 0; rows--) {
    let seen = i32x4.splat(0);
    for (let at: u32 = 0; at < whole; at += 16) {
      seen = v128.or(seen, v128.and(mask, v128.xor(colour, v128.load(block + at))));
    }
    if (whole != bytes) seen = v128.or(seen, v128.and(tail, v128.xor(colour, v128.load(block + whole))));
    if (v128.any_true(seen)) return false;
    block += stride;
  }
  return true;
}

/** Whether a tile's box meets a rectangle of the tile. */
function boxMeets(box: u32, x: u32, y: u32, w: u32, h: u32): bool {
  if ((box & BOX_MARK) == 0) return false;
  return (
    (box & 63) < x + w && ((box >>> 6) & 63) < y + h && ((box >>> 12) & 63) >= x && ((box >>> 18) & 63) >= y
  );
}

/** Up to 15 bytes past the last one are written too. */
function writeDifference(
  a: usize,
  b: usize,
  stride: u32,
  bytes: u32,
  rows: u32,
  mask: v128,
  to: usize,
): void {
  for (; rows > 0; rows--) {
    for (let at: u32 = 0; at < bytes; at += 16) {
      v128.store(to + at, v128.and(mask, v128.xor(v128.load(a + at), v128.load(b + at))));
    }
    to += bytes;
    a += stride;
    b += stride;
  }
}
