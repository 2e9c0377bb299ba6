/**
 * Which way did things move? Three elections:
 *
 * - Vertical shifts, as by scrolling: every row of one column of tiles is hashed in both pictures; a changed row
 *   whose hash occurs once in the reference votes for the distance between the two. Rows of one colour do not vote.
 * - Horizontal shifts, as of a wide table: the same with every pixel column of one row of tiles.
 * - Any shift, as by dragging a window: anchors are places that their own pixels select, so the same places are
 *   selected wherever the content lies; an anchor of the picture that occurs once in the reference votes.
 *
 * Votes are only hints: what is moved is found by comparing pixels afterwards.
 */
import { RGB_MASK, TILE, TILE_SHIFT } from './box';
import { TEXTURE_GAIN } from './cells';
import {
  ANCHOR_BITS,
  ANCHORS,
  CANDIDATES,
  CELL_HEIGHT_SHIFT,
  CELL_WIDTH_SHIFT,
  cellColumns,
  GAINS,
  MAX_CANDIDATES,
  MAX_SHIFT,
  PICTURE_HASHES,
  REFERENCE_HASHES,
  ROW_TABLE,
  ROW_TABLE_SLOTS,
  Search,
  VECTOR_BITS,
  VECTORS,
  VOTES,
} from './search';

/** Fewer votes than this are chance. */
const MIN_ROW_VOTES: u32 = 8;
const MIN_ANCHOR_VOTES: u32 = 6;
/** Set in a row's slot when its hash occurs more than once. */
const TWICE: u32 = 0x80000000;
/** An anchor's pixels: this many on its row, and as many two rows below. */
const ANCHOR_WIDTH: u32 = 8;
const ANCHOR_SECOND_ROW: u32 = 2;
/** One place in 1 << ANCHOR_SELECT_BITS of those with an edge is an anchor. */
const ANCHOR_SELECT_BITS: u32 = 6;
/** Of the picture every so many rows are asked: some of its anchors are enough. */
const ANCHOR_ROW_STEP: u32 = 4;
/** Tiles with fewer wanted cells are not asked for anchors. */
const MIN_WANTED_CELLS: u32 = 4;

/** Hashes of `groups` (1 to 4) times 16 pixels of rows first to end - 1, colours only, u32 each; 0 for one colour. */
function hashRows(base: usize, stride: u32, groups: u32, first: u32, end: u32, out: usize): void {
  const mask = i32x4.splat(RGB_MASK);
  const factor = i32x4.splat(0x9e3779b1);
  let row = base + first * stride;
  for (let y = first; y < end; y++) {
    // Four chains, so that multiplications overlap.
    let a = i32x4.splat(1);
    let b = i32x4.splat(2);
    let c = i32x4.splat(3);
    let d = i32x4.splat(4);
    let at = row;
    const one = i32x4.splat(load<u32>(row));
    let texture = i32x4.splat(0);
    for (let group: u32 = 0; group < groups; group++) {
      const p = v128.load(at);
      const q = v128.load(at, 16);
      const r = v128.load(at, 32);
      const t = v128.load(at, 48);
      texture = v128.or(v128.or(v128.or(texture, v128.xor(p, one)), v128.xor(q, one)), v128.xor(r, one));
      texture = v128.or(texture, v128.xor(t, one));
      a = i32x4.add(i32x4.mul(a, factor), v128.and(p, mask));
      b = i32x4.add(i32x4.mul(b, factor), v128.and(q, mask));
      c = i32x4.add(i32x4.mul(c, factor), v128.and(r, mask));
      d = i32x4.add(i32x4.mul(d, factor), v128.and(t, mask));
      at += 64;
    }
    const ab = v128.xor(i32x4.mul(a, i32x4.splat(0x85ebca6b)), b);
    const cd = v128.xor(i32x4.mul(c, i32x4.splat(0xc2b2ae35)), d);
    const all = i32x4.add(i32x4.mul(ab, i32x4.splat(0x27d4eb2f)), v128.xor(cd, i32x4.shr_u(cd, 15)));
    const low = <u64>i64x2.extract_lane(all, 0) * 0x9e3779b97f4a7c15;
    const high = <u64>i64x2.extract_lane(all, 1) * 0xc2b2ae3d27d4eb4f;
    const mixed = low ^ (high >> 29) ^ high;
    store<u32>(out, v128.any_true(v128.and(texture, mask)) ? <u32>(mixed >> 32) | 1 : 0);
    out += 4;
    row += stride;
  }
}

/** One column's rows vote; hashes of both pictures are at their places, `rows` of them. */
function voteRows(scratch: usize, rows: u32): void {
  let slots: u32 = 64;
  while (slots < rows * 2 && slots < ROW_TABLE_SLOTS) slots <<= 1;
  const mask = slots - 1;
  const table = scratch + ROW_TABLE;
  const now = scratch + PICTURE_HASHES;
  const before = scratch + REFERENCE_HASHES;
  memory.fill(table, 0, slots << 2);
  for (let y: u32 = 0; y < rows; y++) {
    const hash = load<u32>(before + (y << 2));
    if (hash == 0) continue;
    let slot = (hash >> 1) & mask;
    let entry = load<u32>(table + (slot << 2));
    while (entry != 0 && load<u32>(before + (((entry & ~TWICE) - 1) << 2)) != hash) {
      slot = (slot + 1) & mask;
      entry = load<u32>(table + (slot << 2));
    }
    store<u32>(table + (slot << 2), entry == 0 ? y + 1 : entry | TWICE);
  }
  for (let y: u32 = 0; y < rows; y++) {
    const hash = load<u32>(now + (y << 2));
    if (hash == 0 || hash == load<u32>(before + (y << 2))) continue;
    let slot = (hash >> 1) & mask;
    let entry = load<u32>(table + (slot << 2));
    while (entry != 0 && load<u32>(before + (((entry & ~TWICE) - 1) << 2)) != hash) {
      slot = (slot + 1) & mask;
      entry = load<u32>(table + (slot << 2));
    }
    if (entry == 0 || (entry & TWICE) != 0) continue;
    const vote = scratch + VOTES + ((entry - 1 + MAX_SHIFT - y) << 2);
    store<u32>(vote, load<u32>(vote) + 1);
  }
}

/** Writes a candidate into the list at its rank, the last one falling out; the answer is the new length. */
function rank(scratch: usize, count: u32, dx: i32, dy: i32, votes: u32): u32 {
  let at = count;
  while (at > 0 && load<u32>(scratch + CANDIDATES + ((at - 1) << 4), 8) < votes) at--;
  if (at == MAX_CANDIDATES) return count;
  const last = min<u32>(count, MAX_CANDIDATES - 1);
  const place = scratch + CANDIDATES + (at << 4);
  memory.copy(place + 16, place, (last - at) << 4);
  store<i32>(place, dx);
  store<i32>(place, dy, 4);
  store<u32>(place, votes, 8);
  return last + 1;
}

/** Cuts the list where votes fall below an eighth of the best. */
function trim(scratch: usize, count: u32): u32 {
  const least = load<u32>(scratch + CANDIDATES, 8) >> 3;
  while (count > 0 && load<u32>(scratch + CANDIDATES + ((count - 1) << 4), 8) < least) count--;
  return count;
}

/** First changed row of a column of tiles, 0 when there is none. */
function columnStart(boxes: usize, column: u32, columns: u32, rows: u32): u32 {
  for (let row: u32 = 0; row < rows; row++) {
    const box = load<u32>(boxes + ((row * columns + column) << 2));
    if (box != 0) return (row << TILE_SHIFT) + ((box >> 6) & 63);
  }
  return 0;
}

/** Rows from the first to the last changed one of a column of tiles. */
function columnSpan(boxes: usize, column: u32, columns: u32, rows: u32): u32 {
  for (let row = rows; row > 0; row--) {
    const box = load<u32>(boxes + (((row - 1) * columns + column) << 2));
    if (box != 0)
      return ((row - 1) << TILE_SHIFT) + ((box >> 18) & 63) + 1 - columnStart(boxes, column, columns, rows);
  }
  return 0;
}

/** Counts the votes for shifts by less than `span`; the answer is the number of candidates, the best first. */
function countVotes(scratch: usize, span: u32, isVertical: bool): u32 {
  let count: u32 = 0;
  for (let place: u32 = MAX_SHIFT - span + 1; place < MAX_SHIFT + span; place++) {
    const votes = load<u32>(scratch + VOTES + (place << 2));
    if (votes < MIN_ROW_VOTES || place == MAX_SHIFT) continue;
    const shift = <i32>place - <i32>MAX_SHIFT;
    count = rank(scratch, count, isVertical ? 0 : shift, isVertical ? shift : 0, votes);
  }
  return count == 0 ? 0 : trim(scratch, count);
}

/** Finds vertical shifts by a column of tiles; the answer is the number of candidates, the best first. */
export function electVertical(s: Search, column: u32): u32 {
  const groups = min<u32>(4, (s.width - (column << TILE_SHIFT)) >> 4);
  if (groups == 0) return 0;
  const scratch = s.scratch();
  const columns = s.tileColumns();
  const rows = (s.height + TILE - 1) >> TILE_SHIFT;
  const span = columnSpan(s.boxes, column, columns, rows);
  const first = columnStart(s.boxes, column, columns, rows);
  const offset = column << 8;
  memory.fill(scratch + VOTES + ((MAX_SHIFT - span) << 2), 0, span << 3);
  hashRows(s.picture + offset, s.stride, groups, first, first + span, scratch + PICTURE_HASHES);
  hashRows(s.reference + offset, s.stride, groups, first, first + span, scratch + REFERENCE_HASHES);
  voteRows(scratch, span);
  return countVotes(scratch, span, true);
}

/** Hashes of pixel columns, `count` of them (a multiple of 4), of `rows` rows, colours only, u32 each; never 0. */
function hashColumns(at: usize, stride: u32, rows: u32, count: u32, out: usize): void {
  const mask = i32x4.splat(RGB_MASK);
  const factor = i32x4.splat(0x9e3779b1);
  for (let x: u32 = 0; x < count; x += 4) v128.store(out + (x << 2), i32x4.splat(1));
  for (let row: u32 = 0; row < rows; row++) {
    for (let offset: u32 = 0; offset < count << 2; offset += 16) {
      const before = v128.load(out + offset);
      const mixed = v128.xor(before, i32x4.shr_u(before, 15));
      const pixels = v128.and(v128.load(at + offset), mask);
      v128.store(out + offset, i32x4.add(i32x4.mul(mixed, factor), pixels));
    }
    at += stride;
  }
  for (let x: u32 = 0; x < count; x += 4) {
    const last = v128.load(out + (x << 2));
    v128.store(out + (x << 2), v128.or(v128.xor(last, i32x4.shr_u(last, 15)), i32x4.splat(1)));
  }
}

/** Finds horizontal shifts by a row of tiles; the answer is the number of candidates, the best first. */
export function electHorizontal(s: Search, tileRow: u32): u32 {
  const scratch = s.scratch();
  const y = tileRow << TILE_SHIFT;
  const rows = min<u32>(TILE, s.height - y);
  const left = s.left << CELL_WIDTH_SHIFT;
  const count = (min<u32>(s.right << CELL_WIDTH_SHIFT, s.width) - left) & ~3;
  if (count == 0) return 0;
  const offset = y * s.stride + (left << 2);
  memory.fill(scratch + VOTES + ((MAX_SHIFT - count) << 2), 0, count << 3);
  hashColumns(s.picture + offset, s.stride, rows, count, scratch + PICTURE_HASHES);
  hashColumns(s.reference + offset, s.stride, rows, count, scratch + REFERENCE_HASHES);
  voteRows(scratch, count);
  return countVotes(scratch, count, false);
}

/** Hash of the pixels of an anchor; never 0. */
function anchorHash(at: usize, stride: u32): u32 {
  let hash: u32 = 17;
  const below = at + ANCHOR_SECOND_ROW * stride;
  for (let offset: u32 = 0; offset < ANCHOR_WIDTH << 2; offset += 4) {
    hash = (hash ^ (load<u32>(at + offset) & RGB_MASK)) * 0x9e3779b1;
    hash = (hash ^ (hash >> 15) ^ (load<u32>(below + offset) & RGB_MASK)) * 0x85ebca6b;
  }
  return hash | 1;
}

/** Remembers an anchor of the reference, or marks its slot when the same content is there twice. */
function rememberAnchor(scratch: usize, hash: u32, x: u32, y: u32): void {
  const slot = scratch + ANCHORS + ((hash >> (32 - ANCHOR_BITS)) << 3);
  if (load<u32>(slot) == hash) {
    // Twice: a row that no picture has.
    store<u16>(slot, 0xffff, 6);
    return;
  }
  store<u32>(slot, hash);
  store<u16>(slot, x, 4);
  store<u16>(slot, y, 6);
}

/** Lets an anchor of the picture vote. */
function askAnchor(scratch: usize, hash: u32, x: u32, y: u32): void {
  const slot = scratch + ANCHORS + ((hash >> (32 - ANCHOR_BITS)) << 3);
  if (load<u32>(slot) != hash || load<u16>(slot, 6) == 0xffff) return;
  const shift = ((<u32>load<u16>(slot, 4) + MAX_SHIFT - x) << 16) | (<u32>load<u16>(slot, 6) + MAX_SHIFT - y);
  if (shift == ((MAX_SHIFT << 16) | MAX_SHIFT)) return;
  let index = (shift * 0x9e3779b1) >> (32 - VECTOR_BITS);
  // A full neighbourhood is left: chance votes are many and single.
  for (let probe: u32 = 0; probe < 8; probe++) {
    const vector = scratch + VECTORS + (index << 3);
    const key = load<u32>(vector);
    if (key == 0 || key == shift) {
      store<u32>(vector, shift);
      store<u32>(vector, load<u32>(vector, 4) + 1, 4);
      return;
    }
    index = (index + 1) & ((1 << VECTOR_BITS) - 1);
  }
}

/** Cells of a tile that are still wanted. */
function wantedOf(s: Search, left: u32, top: u32): u32 {
  const pitch = cellColumns(s.width);
  const right = min<u32>(left + TILE, s.width) >> CELL_WIDTH_SHIFT;
  const bottom = min<u32>(top + TILE, s.height) >> CELL_HEIGHT_SHIFT;
  let count: u32 = 0;
  for (let row = top >> CELL_HEIGHT_SHIFT; row < bottom; row++) {
    const line = s.scratch() + GAINS + row * pitch;
    for (let column = left >> CELL_WIDTH_SHIFT; column < right; column++) {
      if (load<u8>(line + column) == TEXTURE_GAIN) count++;
    }
  }
  return count;
}

/**
 * Visits anchors: those of the reference in all that has changed, to remember them; or those of the picture in
 * tiles that are not explained, every few rows, to let them vote.
 */
function visitAnchors(s: Search, asking: bool): void {
  const base = asking ? s.picture : s.reference;
  const step: u32 = asking ? ANCHOR_ROW_STEP : 1;
  const stride = s.stride;
  const width = s.width;
  const height = s.height;
  const scratch = s.scratch();
  const columns = s.tileColumns();
  const tiles = s.tiles();
  const mask = i32x4.splat(RGB_MASK);
  const factor = i32x4.splat(0x9e3779b1);
  const none = i32x4.splat(0);
  for (let tile: u32 = 0; tile < tiles; tile++) {
    const box = load<u32>(s.boxes + (tile << 2));
    if (box == 0) continue;
    const left = (tile % columns) << TILE_SHIFT;
    const top = (tile / columns) << TILE_SHIFT;
    if (asking && wantedOf(s, left, top) < MIN_WANTED_CELLS) continue;
    const bottom = min<u32>(top + ((box >> 18) & 63) + 1, height - min<u32>(height, ANCHOR_SECOND_ROW));
    // A SIMD group starts four anchors, the last of which reaches three pixels further.
    const right = min<u32>(left + ((box >> 12) & 63) + 1, width - min<u32>(width, ANCHOR_WIDTH + 3));
    for (let y = top + ((box >> 6) & 63); y < bottom; y += step) {
      let x = left + (box & 63);
      let at = base + y * stride + (x << 2);
      for (; x < right; x += 4) {
        const first = v128.and(v128.load(at), mask);
        const second = v128.and(v128.load(at, 4), mask);
        const third = v128.load(at, 8);
        const fourth = v128.load(at, 12);
        const mixed = v128.xor(
          v128.xor(first, i32x4.shl(second, 5)),
          v128.xor(i32x4.shl(third, 10), i32x4.shl(fourth, 17)),
        );
        const selected = i32x4.eq(
          i32x4.shr_u(i32x4.mul(i32x4.add(mixed, factor), factor), 32 - ANCHOR_SELECT_BITS),
          none,
        );
        let lanes = i32x4.bitmask(v128.andnot(selected, i32x4.eq(first, second)));
        while (lanes != 0) {
          const lane = <u32>ctz(lanes);
          lanes &= lanes - 1;
          const hash = anchorHash(at + (lane << 2), stride);
          if (asking) askAnchor(scratch, hash, x + lane, y);
          else rememberAnchor(scratch, hash, x + lane, y);
        }
        at += 16;
      }
    }
  }
}

/** Finds shifts in any direction; the answer is the number of candidates, the best first. */
export function electVector(s: Search): u32 {
  const scratch = s.scratch();
  memory.fill(scratch + ANCHORS, 0, 8 << ANCHOR_BITS);
  memory.fill(scratch + VECTORS, 0, 8 << VECTOR_BITS);
  visitAnchors(s, false);
  visitAnchors(s, true);
  let count: u32 = 0;
  for (let index: u32 = 0; index < 1 << VECTOR_BITS; index++) {
    const vector = scratch + VECTORS + (index << 3);
    const votes = load<u32>(vector, 4);
    if (votes < MIN_ANCHOR_VOTES) continue;
    const shift = load<u32>(vector);
    const dx = <i32>(shift >> 16) - <i32>MAX_SHIFT;
    const dy = <i32>(shift & 0xffff) - <i32>MAX_SHIFT;
    count = rank(scratch, count, dx, dy, votes);
  }
  return count == 0 ? 0 : trim(scratch, count);
}
