/**
 * Microsoft Video 1 (https://wiki.multimedia.cx/index.php/Microsoft_Video_1): blocks of 4 x 4 pixels from the bottom
 * row of blocks up, and in a block from the bottom row of pixels up. A block is left as it was, or has one colour, two,
 * or two in each of its quarters; 16 flags tell a pixel's colour. Which, is decided by the squared error
 * and what a byte is worth: `price` units of error. Colours are 15-bit, or of the palette of level low.
 *
 * The bits of a block's first u16 tell the kinds apart:
 *                  16-bit colours                     8-bit colours
 *   skip           100001nn nnnnnnnn, n blocks        the same
 *   one colour     1rrrrrgg gggbbbbb, r not 1         10000000 cccccccc
 *   two            0fffffff ffffffff, c0 with bit     0fffffff ffffffff, c0, c1
 *                  15 clear, c1
 *   eight          the same, c0 with bit 15 set,      1fffffff ffffffff, one of the first three f
 *                  c1 to c7                           set, c0 to c7
 * A flag is 1 for the first colour of two.
 */
import { BOX_MARK, RGB_MASK } from '../box';
import { channelSums, codePixel, distances, lanesMax, lanesSum, meanCode, meanPixel } from './blocks4';

const SKIP: u32 = 0x8400;
const MAX_SKIP: u32 = 1023;
const ONE_COLOUR_8: u32 = 0x8000;
const EIGHT_COLOURS: u32 = 0x8000;
/** Blocks of 4 pixels in a tile of 64, as a shift. */
const TILE_BLOCKS_SHIFT: u32 = 4;
/** Offsets in the scratch: the block's pixels, and of both attempts the pixels that come back and the colours (u16). */
const PIXELS: usize = 0;
const PIXELS_2: usize = 64;
const PIXELS_8: usize = 128;
const CODES_2: usize = 192;
const CODES_8: usize = 208;
const FLAGS_2: usize = 224;
const FLAGS_8: usize = 228;
export const MSVC_SCRATCH_BYTES: u32 = 256;

function write(out: usize, value: u32): usize {
  store<u16>(out, value);
  return out + 2;
}

/** Skips of `count` blocks. */
function writeSkips(out: usize, count: u32): usize {
  while (count > 0) {
    const part = min<u32>(count, MAX_SKIP);
    out = write(out, SKIP | part);
    count -= part;
  }
  return out;
}

function writeCode(out: usize, code: u32, bits: u32): usize {
  if (bits == 8) {
    store<u8>(out, code);
    return out + 1;
  }
  return write(out, code);
}

/** A place among rows of four pixels: where the distances in `a` to `d` are largest. */
function farthest(rows: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  const most = lanesMax(i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d)));
  const places =
    i32x4.bitmask(i32x4.eq(a, most)) |
    (i32x4.bitmask(i32x4.eq(b, most)) << 4) |
    (i32x4.bitmask(i32x4.eq(c, most)) << 8) |
    (i32x4.bitmask(i32x4.eq(d, most)) << 12);
  return v128.load32_splat(rows + (ctz(places) << 2));
}

/**
 * Two colours for 16 pixels: the pixel farthest from the mean and the one farthest from that are seeds, every pixel
 * goes to the nearer, and the means of both are the colours. Leaves codes, flags and rows; the answer is the error.
 */
function fitTwo(mean: v128, bits: u32, scratch: usize): u32 {
  const rows = scratch + PIXELS;
  const r0 = v128.load(rows);
  const r1 = v128.load(rows, 16);
  const r2 = v128.load(rows, 32);
  const r3 = v128.load(rows, 48);
  const p = farthest(
    rows,
    distances(r0, mean),
    distances(r1, mean),
    distances(r2, mean),
    distances(r3, mean),
  );
  const p0 = distances(r0, p);
  const p1 = distances(r1, p);
  const p2 = distances(r2, p);
  const p3 = distances(r3, p);
  const q = farthest(rows, p0, p1, p2, p3);
  const m0 = i32x4.lt_s(p0, distances(r0, q));
  const m1 = i32x4.lt_s(p1, distances(r1, q));
  const m2 = i32x4.lt_s(p2, distances(r2, q));
  const m3 = i32x4.lt_s(p3, distances(r3, q));
  const near = i32x4.add(
    i32x4.add(channelSums(v128.and(r0, m0)), channelSums(v128.and(r1, m1))),
    i32x4.add(channelSums(v128.and(r2, m2)), channelSums(v128.and(r3, m3))),
  );
  const all = i32x4.add(
    i32x4.add(channelSums(r0), channelSums(r1)),
    i32x4.add(channelSums(r2), channelSums(r3)),
  );
  const count: u32 = popcnt(
    i32x4.bitmask(m0) | (i32x4.bitmask(m1) << 4) | (i32x4.bitmask(m2) << 8) | (i32x4.bitmask(m3) << 12),
  );
  let first = meanCode(near, max<u32>(count, 1), bits);
  let second = meanCode(i32x4.sub(all, near), max<u32>(16 - count, 1), bits);
  const a = i32x4.splat(codePixel(first, bits));
  const b = i32x4.splat(codePixel(second, bits));
  const a0 = distances(r0, a);
  const a1 = distances(r1, a);
  const a2 = distances(r2, a);
  const a3 = distances(r3, a);
  const b0 = distances(r0, b);
  const b1 = distances(r1, b);
  const b2 = distances(r2, b);
  const b3 = distances(r3, b);
  const n0 = i32x4.lt_s(a0, b0);
  const n1 = i32x4.lt_s(a1, b1);
  const n2 = i32x4.lt_s(a2, b2);
  const n3 = i32x4.lt_s(a3, b3);
  v128.store(scratch + PIXELS_2, v128.bitselect(a, b, n0));
  v128.store(scratch + PIXELS_2, v128.bitselect(a, b, n1), 16);
  v128.store(scratch + PIXELS_2, v128.bitselect(a, b, n2), 32);
  v128.store(scratch + PIXELS_2, v128.bitselect(a, b, n3), 48);
  let flags: u32 =
    i32x4.bitmask(n3) | (i32x4.bitmask(n2) << 4) | (i32x4.bitmask(n1) << 8) | (i32x4.bitmask(n0) << 12);
  // The highest flag tells kinds of blocks apart, so it has to be clear.
  if ((flags & 0x8000) != 0) {
    flags ^= 0xffff;
    const other = first;
    first = second;
    second = other;
  }
  store<u16>(scratch + CODES_2, first);
  store<u16>(scratch + CODES_2, second, 2);
  store<u32>(scratch + FLAGS_2, flags);
  return lanesSum(
    i32x4.add(
      i32x4.add(i32x4.min_s(a0, b0), i32x4.min_s(a1, b1)),
      i32x4.add(i32x4.min_s(a2, b2), i32x4.min_s(a3, b3)),
    ),
  );
}

/**
 * Two colours for a quarter of a block: two pixels of one row, and two of the next. Leaves both codes at `codes`,
 * and what comes back at `pixels`, the second row 16 bytes on. `wanted` is 0, or a pixel's number << 1 | the
 * flag that it must have. The answer is the error << 4 | the four flags.
 */
function fitQuarter(quarter: v128, bits: u32, codes: usize, pixels: usize, wanted: u32): u32 {
  const all = channelSums(quarter);
  const fromMean = distances(quarter, meanPixel(all, 4));
  const p = splatLane(quarter, ctz(i32x4.bitmask(i32x4.eq(fromMean, lanesMax(fromMean)))));
  const fromP = distances(quarter, p);
  const q = splatLane(quarter, ctz(i32x4.bitmask(i32x4.eq(fromP, lanesMax(fromP)))));
  const nearer = i32x4.lt_s(fromP, distances(quarter, q));
  const near = channelSums(v128.and(quarter, nearer));
  const count: u32 = popcnt(i32x4.bitmask(nearer));
  let first = meanCode(near, max<u32>(count, 1), bits);
  let second = meanCode(i32x4.sub(all, near), max<u32>(4 - count, 1), bits);
  const a = i32x4.splat(codePixel(first, bits));
  const b = i32x4.splat(codePixel(second, bits));
  const toA = distances(quarter, a);
  const toB = distances(quarter, b);
  const chosen = i32x4.lt_s(toA, toB);
  const decoded = v128.bitselect(a, b, chosen);
  store<u64>(pixels, i64x2.extract_lane(decoded, 0));
  store<u64>(pixels, i64x2.extract_lane(decoded, 1), 16);
  let flags: u32 = i32x4.bitmask(chosen);
  if (wanted != 0 && ((flags >>> (wanted >>> 1)) & 1) != (wanted & 1)) {
    flags ^= 15;
    const other = first;
    first = second;
    second = other;
  }
  store<u16>(codes, first);
  store<u16>(codes, second, 2);
  return (lanesSum(i32x4.min_s(toA, toB)) << 4) | flags;
}

function splatLane(v: v128, lane: u32): v128 {
  const base = i8x16.splat(<i8>(lane << 2));
  return i8x16.swizzle(v, i8x16.add(base, v128(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3)));
}

/** Two colours for each quarter. Leaves codes, flags and pixels; the answer is the error. */
function fitEight(bits: u32, scratch: usize): u32 {
  const r0 = v128.load(scratch + PIXELS);
  const r1 = v128.load(scratch + PIXELS, 16);
  const r2 = v128.load(scratch + PIXELS, 32);
  const r3 = v128.load(scratch + PIXELS, 48);
  const codes = scratch + CODES_8;
  const pixels = scratch + PIXELS_8;
  const bottomLeft = fitQuarter(lowHalves(r2, r3), bits, codes, pixels + 32, 0);
  const bottomRight = fitQuarter(highHalves(r2, r3), bits, codes + 4, pixels + 40, 0);
  // With 8 bits the highest flag is set, and one of the three below it; with 16 bits it is clear.
  const topLeft = fitQuarter(lowHalves(r0, r1), bits, codes + 8, pixels, bits == 8 ? 1 : 0);
  const topRight = fitQuarter(highHalves(r0, r1), bits, codes + 12, pixels + 8, bits == 8 ? 3 : 2);
  store<u32>(
    scratch + FLAGS_8,
    quarterFlags(bottomLeft) |
      (quarterFlags(bottomRight) << 2) |
      (quarterFlags(topLeft) << 8) |
      (quarterFlags(topRight) << 10),
  );
  return (bottomLeft >>> 4) + (bottomRight >>> 4) + (topLeft >>> 4) + (topRight >>> 4);
}

/** A quarter's flags in their order in a block: the lower row first, four flags to a row. */
function quarterFlags(fitted: u32): u32 {
  return ((fitted >>> 2) & 3) | ((fitted & 3) << 4);
}

function lowHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

function highHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** Error of a block's pixels against four rows at `rows`, `stride` apart. */
function blockError(pixels: usize, rows: usize, stride: u32): u32 {
  return lanesSum(
    i32x4.add(
      i32x4.add(
        distances(v128.load(pixels), v128.load(rows)),
        distances(v128.load(pixels, 16), v128.load(rows + stride)),
      ),
      i32x4.add(
        distances(v128.load(pixels, 32), v128.load(rows + 2 * stride)),
        distances(v128.load(pixels, 48), v128.load(rows + 3 * stride)),
      ),
    ),
  );
}

/** One colour's code: red of 1 would look like a skip, and becomes 0 or 2. */
function oneColour(sums: v128, bits: u32): u32 {
  const code = meanCode(sums, 16, bits);
  if (bits == 8 || code >>> 10 != 1) return code;
  // 5 bits of 1 are 8 of 255.
  return i32x4.extract_lane(sums, 2) < 8 * 16 ? code & 0x3ff : (code & 0x3ff) | 0x800;
}

function copyRows(from: usize, to: usize, stride: u32): void {
  v128.store(to, v128.load(from));
  v128.store(to + stride, v128.load(from, 16));
  v128.store(to + 2 * stride, v128.load(from, 32));
  v128.store(to + 3 * stride, v128.load(from, 48));
}

/**
 * Codes a picture whose sides are multiples of 4; the answer is its bytes at `out`. `decoded` is what a player shows
 * before (without alpha), and afterwards. Blocks outside `boxes` (damage per tile) are left as they are, unless it
 * is a keyframe. `bits` is 16 or 8, `price` the squared error that a byte is worth.
 */
export function msvcEncode(
  picture: usize,
  decoded: usize,
  stride: u32,
  width: u32,
  height: u32,
  boxes: usize,
  keyframe: u32,
  bits: u32,
  price: u32,
  scratch: usize,
  out: usize,
): u32 {
  const columns = width >>> 2;
  const tileColumns = (width + 63) >>> 6;
  const pixels = scratch + PIXELS;
  const rgb = i32x4.splat(RGB_MASK);
  const colourBytes: u32 = bits >>> 3;
  const price1 = price * 2;
  const price2 = price * (2 + 2 * colourBytes);
  const price8 = price * (2 + 8 * colourBytes);
  let to = out;
  let skips: u32 = 0;
  for (let row = <i32>(height >>> 2) - 1; row >= 0; row--) {
    const rowBoxes = boxes + (((<u32>row >>> TILE_BLOCKS_SHIFT) * tileColumns) << 2);
    const inTileY = (<u32>row & 15) << 2;
    for (let column: u32 = 0; column < columns; column++) {
      if (keyframe == 0) {
        const box = load<u32>(rowBoxes + ((column >>> TILE_BLOCKS_SHIFT) << 2));
        if ((box & BOX_MARK) == 0 || inTileY > ((box >>> 18) & 63) || inTileY + 3 < ((box >>> 6) & 63)) {
          // The rest of the tile's row of blocks is clean too.
          const left = min<u32>(columns - column, 16 - (column & 15));
          skips += left;
          column += left - 1;
          continue;
        }
        const inTileX = (column & 15) << 2;
        if (inTileX > ((box >>> 12) & 63) || inTileX + 3 < (box & 63)) {
          skips++;
          continue;
        }
      }
      const place = <u32>row * 4 * stride + (column << 4);
      const from = picture + place;
      const shown = decoded + place;
      const r0 = v128.and(v128.load(from), rgb);
      const r1 = v128.and(v128.load(from + stride), rgb);
      const r2 = v128.and(v128.load(from + 2 * stride), rgb);
      const r3 = v128.and(v128.load(from + 3 * stride), rgb);
      v128.store(pixels, r0);
      v128.store(pixels, r1, 16);
      v128.store(pixels, r2, 32);
      v128.store(pixels, r3, 48);
      let best: u32 = 0xffffffff;
      if (keyframe == 0) {
        best = blockError(pixels, shown, stride);
        if (best <= price1) {
          skips++;
          continue;
        }
      }

      let kind: u32 = 0;
      const sums = i32x4.add(
        i32x4.add(channelSums(r0), channelSums(r1)),
        i32x4.add(channelSums(r2), channelSums(r3)),
      );
      const code = oneColour(sums, bits);
      const colour = i32x4.splat(codePixel(code, bits));
      const error = lanesSum(
        i32x4.add(
          i32x4.add(distances(r0, colour), distances(r1, colour)),
          i32x4.add(distances(r2, colour), distances(r3, colour)),
        ),
      );
      if (error + price1 < best) {
        best = error + price1;
        kind = 1;
      }
      if (best > price2) {
        const cost = fitTwo(meanPixel(sums, 16), bits, scratch) + price2;
        if (cost < best) {
          best = cost;
          kind = 2;
        }
        if (best > price8 && fitEight(bits, scratch) + price8 < best) kind = 8;
      }
      if (kind == 0) {
        skips++;
        continue;
      }

      to = writeSkips(to, skips);
      skips = 0;
      if (kind == 1) {
        to = write(to, bits == 8 ? ONE_COLOUR_8 | code : 0x8000 | code);
        v128.store(shown, colour);
        v128.store(shown + stride, colour);
        v128.store(shown + 2 * stride, colour);
        v128.store(shown + 3 * stride, colour);
      } else {
        const flags = load<u32>(scratch + (kind == 2 ? FLAGS_2 : FLAGS_8));
        const codes = scratch + (kind == 2 ? CODES_2 : CODES_8);
        to = write(to, flags);
        for (let index: u32 = 0; index < kind; index++) {
          const mark: u32 = kind == 8 && index == 0 && bits == 16 ? EIGHT_COLOURS : 0;
          to = writeCode(to, <u32>load<u16>(codes + (index << 1)) | mark, bits);
        }
        copyRows(scratch + (kind == 2 ? PIXELS_2 : PIXELS_8), shown, stride);
      }
    }
  }
  // Blocks that are not mentioned are left alone too, but some players want all of them, and an end.
  to = writeSkips(to, skips);
  return <u32>(write(to, 0) - out);
}
