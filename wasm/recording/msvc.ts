/**
 * Microsoft Video 1 (https://wiki.multimedia.cx/index.php/Microsoft_Video_1): blocks of 4 x 4 pixels from the bottom
 * row of blocks up, and in a block from the bottom row of pixels up. A block is left as it was, or has one colour, two,
 * or two in each of its quarters; 16 flags tell a pixel's colour. Which, is decided by the squared error
 * and what a byte is worth: `price` units of error. A run of blocks that are left takes two bytes where it begins, so
 * what is best for a block depends on those beside it: the way through them that costs least is taken. Colours are
 * 15-bit, or of the palette of level low.
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
import { channelSums, codePixel, distances, lanesSum } from './blocks4';
import { ATTEMPT_BYTES, CODES, FLAGS, fitEight, fitTwo, oneColour, PIXELS } from './msvc-fit';

const SKIP: u32 = 0x8400;
const MAX_SKIP: u32 = 1023;
const ONE_COLOUR_8: u32 = 0x8000;
const EIGHT_COLOURS: u32 = 0x8000;
/** Blocks of 4 pixels in a tile of 64, as a shift. */
const TILE_BLOCKS_SHIFT: u32 = 4;
/** More than any block can cost, and addable to it. */
const NEVER: u32 = 1 << 30;

/** Offsets in the scratch: blocks that are left since the last that was coded, the block's pixels, and the records. */
const SKIPS: usize = 0;
const BLOCK: usize = 16;
const RECORDS: usize = 80;
/**
 * A record of each block of a row: how many colours it would have (0: it is left), whether the way to it when it is left,
 * and when it is coded, comes from a block that is left; its one colour; attempts at two and at eight.
 */
const KIND: usize = 0;
const LEFT_BEFORE_LEFT: usize = 1;
const LEFT_BEFORE_CODED: usize = 2;
const ONE: usize = 4;
const TWO: usize = 16;
const EIGHT: usize = TWO + ATTEMPT_BYTES;
const RECORD_BYTES: u32 = <u32>EIGHT + <u32>ATTEMPT_BYTES;

/** Bytes of scratch for a picture of that width. */
export function msvcScratchBytes(width: u32): u32 {
  return <u32>RECORDS + (width >>> 2) * RECORD_BYTES;
}

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

/** Error of four rows of a picture, whose alpha does not count, against those that are shown. */
function blockError(from: usize, shown: usize, stride: u32): u32 {
  const rgb = i32x4.splat(RGB_MASK);
  const second = <usize>stride;
  const third = second * 2;
  const fourth = second * 3;
  return lanesSum(
    i32x4.add(
      i32x4.add(
        distances(v128.and(v128.load(from), rgb), v128.load(shown)),
        distances(v128.and(v128.load(from + second), rgb), v128.load(shown + second)),
      ),
      i32x4.add(
        distances(v128.and(v128.load(from + third), rgb), v128.load(shown + third)),
        distances(v128.and(v128.load(from + fourth), rgb), v128.load(shown + fourth)),
      ),
    ),
  );
}

/** Four rows of a block from the picture, without alpha. */
function loadBlock(from: usize, stride: u32, pixels: usize): void {
  const rgb = i32x4.splat(RGB_MASK);
  v128.store(pixels, v128.and(v128.load(from), rgb));
  v128.store(pixels, v128.and(v128.load(from + stride), rgb), 16);
  v128.store(pixels, v128.and(v128.load(from + 2 * stride), rgb), 32);
  v128.store(pixels, v128.and(v128.load(from + 3 * stride), rgb), 48);
}

/** The cheapest way to code a block, in its record; the answer is its cost. What costs `enough` need not be tried. */
function fitBlock(pixels: usize, record: usize, bits: u32, price: u32, enough: u32): u32 {
  const r0 = v128.load(pixels);
  const r1 = v128.load(pixels, 16);
  const r2 = v128.load(pixels, 32);
  const r3 = v128.load(pixels, 48);
  const colourBytes: u32 = bits >>> 3;
  const price2 = price * (2 + 2 * colourBytes);
  const price8 = price * (2 + 8 * colourBytes);
  const sums = i32x4.add(
    i32x4.add(channelSums(r0), channelSums(r1)),
    i32x4.add(channelSums(r2), channelSums(r3)),
  );
  const code = oneColour(sums, bits);
  const colour = i32x4.splat(codePixel(code, bits));
  let best =
    price * 2 +
    lanesSum(
      i32x4.add(
        i32x4.add(distances(r0, colour), distances(r1, colour)),
        i32x4.add(distances(r2, colour), distances(r3, colour)),
      ),
    );
  store<u8>(record, 1, KIND);
  store<u32>(record, code, ONE);
  if (min(best, enough) <= price2) return best;
  const two = fitTwo(pixels, sums, bits, record + TWO) + price2;
  if (two < best) {
    best = two;
    store<u8>(record, 2, KIND);
  }
  if (min(best, enough) <= price8) return best;
  const eight = fitEight(pixels, bits, record + EIGHT) + price8;
  if (eight < best) {
    best = eight;
    store<u8>(record, 8, KIND);
  }
  return best;
}

/** Follows the cheapest way back through `count` records; those that are to be left get no colours. */
function settle(records: usize, count: u32, left: bool): void {
  for (let record = records + count * RECORD_BYTES; record > records; ) {
    record -= RECORD_BYTES;
    if (left) store<u8>(record, 0, KIND);
    left = load<u8>(record + (left ? LEFT_BEFORE_LEFT : LEFT_BEFORE_CODED)) != 0;
  }
}

/** Writes `count` blocks from their records, and what a player shows then. The answer is the end of the stream. */
function writeBlocks(scratch: usize, count: u32, shown: usize, stride: u32, bits: u32, to: usize): usize {
  let skips = load<u32>(scratch, SKIPS);
  let record = scratch + RECORDS;
  for (const end = record + count * RECORD_BYTES; record < end; record += RECORD_BYTES, shown += 16) {
    const kind: u32 = load<u8>(record, KIND);
    if (kind == 0) {
      skips++;
      continue;
    }
    to = writeSkips(to, skips);
    skips = 0;
    if (kind == 1) {
      const code = load<u32>(record, ONE);
      to = write(to, bits == 8 ? ONE_COLOUR_8 | code : 0x8000 | code);
      const colour = i32x4.splat(codePixel(code, bits));
      v128.store(shown, colour);
      v128.store(shown + stride, colour);
      v128.store(shown + 2 * stride, colour);
      v128.store(shown + 3 * stride, colour);
    } else {
      const attempt = record + (kind == 2 ? TWO : EIGHT);
      to = write(to, load<u32>(attempt, FLAGS));
      for (let index: u32 = 0; index < kind; index++) {
        const mark: u32 = kind == 8 && index == 0 && bits == 16 ? EIGHT_COLOURS : 0;
        to = writeCode(to, <u32>load<u16>(attempt + (index << 1), CODES) | mark, bits);
      }
      v128.store(shown, v128.load(attempt, PIXELS));
      v128.store(shown + stride, v128.load(attempt, PIXELS + 16));
      v128.store(shown + 2 * stride, v128.load(attempt, PIXELS + 32));
      v128.store(shown + 3 * stride, v128.load(attempt, PIXELS + 48));
    }
  }
  store<u32>(scratch, skips, SKIPS);
  return to;
}

/** Blocks from `column` on that are in clean tiles or left or right of the damage; 0: this one is damaged. */
function cleanBlocks(rowBoxes: usize, row: u32, column: u32, columns: u32): u32 {
  const box = load<u32>(rowBoxes + ((column >>> TILE_BLOCKS_SHIFT) << 2));
  const inTileY = (row & 15) << 2;
  if ((box & BOX_MARK) == 0 || inTileY > ((box >>> 18) & 63) || inTileY + 3 < ((box >>> 6) & 63)) {
    // The rest of the tile's row of blocks is clean too.
    return min<u32>(columns - column, 16 - (column & 15));
  }
  const inTileX = (column & 15) << 2;
  return inTileX > ((box >>> 12) & 63) || inTileX + 3 < (box & 63) ? 1 : 0;
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
  const pixels = scratch + BLOCK;
  const records = scratch + RECORDS;
  const startPrice = price * 2;
  let to = out;
  store<u32>(scratch, 0, SKIPS);
  for (let row = <i32>(height >>> 2) - 1; row >= 0; row--) {
    const rowBoxes = boxes + (((<u32>row >>> TILE_BLOCKS_SHIFT) * tileColumns) << 2);
    let column: u32 = 0;
    while (column < columns) {
      // A stretch of blocks that may be coded, up to one that is left in any case.
      const first = column;
      const leaving = load<u32>(scratch, SKIPS) != 0;
      // What the stretch costs more than the cheapest way when its last block is left, and when it is coded.
      let costLeft: u32 = leaving ? 0 : NEVER;
      let costCoded: u32 = leaving ? NEVER : 0;
      let clean: u32 = 0;
      let record = records;
      for (; column < columns; column++, record += RECORD_BYTES) {
        if (keyframe == 0) {
          clean = cleanBlocks(rowBoxes, row, column, columns);
          if (clean != 0) break;
        }
        const place = <u32>row * 4 * stride + (column << 4);
        let error: u32 = NEVER;
        if (keyframe == 0) {
          // What is wrong by less than a byte is worth is not worth the search for colours.
          error = blockError(picture + place, decoded + place, stride);
          if (error <= price) {
            clean = 1;
            break;
          }
        }
        loadBlock(picture + place, stride, pixels);
        const coded = fitBlock(pixels, record, bits, price, error + startPrice);
        const start = costCoded + startPrice;
        store<u8>(record, costLeft <= start ? 1 : 0, LEFT_BEFORE_LEFT);
        store<u8>(record, costLeft <= costCoded ? 1 : 0, LEFT_BEFORE_CODED);
        const left = error + min(costLeft, start);
        const least = min(left, coded);
        costLeft = left - least;
        costCoded = coded - least;
      }
      const count = column - first;
      if (count != 0) {
        settle(records, count, costLeft <= costCoded + (clean == 0 ? 0 : startPrice));
        to = writeBlocks(scratch, count, decoded + <u32>row * 4 * stride + (first << 4), stride, bits, to);
      }
      store<u32>(scratch, load<u32>(scratch, SKIPS) + clean, SKIPS);
      column += clean;
    }
  }
  // Blocks that are not mentioned are left alone too, but some players want all of them, and an end.
  to = writeSkips(to, load<u32>(scratch, SKIPS));
  return <u32>(write(to, 0) - out);
}
