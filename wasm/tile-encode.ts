/**
 * Tile coder: tiles are coded by themselves at fast effort, by models that a slice carries from tile to tile at
 * balanced and small effort. Scratch is passed in, so instances may work side by side.
 */
import { BOX_APPROXIMATE, BOX_HELD, TILE, TILE_SHIFT } from './box';
import { EFFORT_FAST } from './choice';
import { countTile, now } from './counters';
import { encodeByModels, MODEL_SCRATCH_BYTES, resetModels } from './model-encode';
import { encodeFast } from './plain-encode';
import { COPY_ROW_BYTES, reduceTile } from './reduce-tile';
import { memoryBits } from './text-memory';
import { FLAG_WHOLE_TILE, MODE_TRANSFORM, rawBytes } from './tile';
import { looksNatural } from './transform-choice';
import { encodeTransform, TRANSFORM_ROOM_BYTES } from './transform-encode';
import { FINEST, resetTransformState, TRANSFORM_STATE_BYTES } from './transform-model';

// Places in the scratch, in bytes. The sum is in codecs/layout.ts.
const TRANSFORM_ROOM: usize = MODEL_SCRATCH_BYTES;
/** The models of the transform, and as they were before the tile. */
const TRANSFORM_STATE: usize = TRANSFORM_ROOM + TRANSFORM_ROOM_BYTES;
const TRANSFORM_SAVED: usize = TRANSFORM_STATE + TRANSFORM_STATE_BYTES;
/** A tile's pixels with fewer colours. */
const REDUCED: usize = TRANSFORM_SAVED + TRANSFORM_STATE_BYTES;

/** Codes a natural tile with loss; 0, and no trace, when it is not smaller than raw pixels. */
function encodeLossy(
  source: usize,
  stride: u32,
  w: u32,
  h: u32,
  quality: u32,
  modeAt: usize,
  flag: u32,
  out: usize,
  scratch: usize,
): usize {
  const state = scratch + TRANSFORM_STATE;
  memory.copy(scratch + TRANSFORM_SAVED, state, TRANSFORM_STATE_BYTES);
  const end = encodeTransform(
    source,
    stride,
    w,
    h,
    quality,
    scratch + TRANSFORM_ROOM,
    state,
    out,
    rawBytes(w, h, 3),
  );
  if (end != 0) store<u8>(modeAt, MODE_TRANSFORM | flag);
  else memory.copy(state, scratch + TRANSFORM_SAVED, TRANSFORM_STATE_BYTES);
  return end;
}

/** Whether a job's box is in its tile, and the tile in the picture. */
function fits(job: usize, columns: u32, width: u32, height: u32): bool {
  const tile = load<u32>(job);
  const box = load<u32>(job, 4);
  const left = (tile % columns) << TILE_SHIFT;
  const top = (tile / columns) << TILE_SHIFT;
  if (box == 0 || left >= width || top >= height) return false;
  const x1 = (box >> 12) & 63;
  const y1 = (box >> 18) & 63;
  return x1 >= (box & 63) && y1 >= ((box >> 6) & 63) && left + x1 < width && top + y1 < height;
}

/**
 * Codes `count` jobs (tile index u32, box u32) from the picture into `out` with an effort (0 fast, 1 balanced, 2 small)
 * and a quality (0 exact, codecs/coding.ts): u16 number of tiles, then the tiles. Where a box has BOX_HELD, `held` (a
 * picture of the same stride) has what viewers hold there so far. The caller has room for count times MAX_TILE_BYTES and
 * slack (codecs/layout.ts). Once the tiles take `room` bytes no further one is begun: the jobs that are left are not
 * coded. Jobs whose box is empty or reaches out of the picture are left out. Every tile is counted at `counters`. The
 * answer is the number of bytes.
 */
export function encodeTiles(
  picture: usize,
  held: usize,
  stride: u32,
  pictureWidth: u32,
  pictureHeight: u32,
  level: u32,
  effort: u32,
  quality: u32,
  jobs: usize,
  count: u32,
  out: usize,
  room: u32,
  scratch: usize,
  counters: usize,
): u32 {
  const columns = (pictureWidth + TILE - 1) >> TILE_SHIFT;
  const jobsEnd = jobs + (count << 3);
  let tiles: u32 = 0;
  for (let job = jobs; job < jobsEnd; job += 8) tiles += u32(fits(job, columns, pictureWidth, pictureHeight));
  if (effort != EFFORT_FAST) resetModels(scratch, level, tiles);
  const natural: u32 = level == 3 ? min<u32>(quality & 127, FINEST) : 0;
  const coarse: u32 = level == 3 ? quality >> 8 : 0;
  if (natural != 0) resetTransformState(scratch + TRANSFORM_STATE);
  let end = out + 2;
  let written: u32 = 0;
  for (let job = jobs; job < jobsEnd; job += 8) {
    if (!fits(job, columns, pictureWidth, pictureHeight)) continue;
    if (written != 0 && <u32>(end - out) >= room) {
      if (effort == EFFORT_FAST || memoryBits(written) == memoryBits(tiles)) break;
      // The decoder takes memories of the size for the tiles that there are: they are coded, and counted, again.
      const begun = <u32>(job - jobs) >> 3;
      return encodeTiles(
        picture,
        held,
        stride,
        pictureWidth,
        pictureHeight,
        level,
        effort,
        quality,
        jobs,
        begun,
        out,
        u32.MAX_VALUE,
        scratch,
        counters,
      );
    }
    written++;
    const tile = load<u32>(job);
    const box = load<u32>(job, 4);
    const left = (tile % columns) << TILE_SHIFT;
    const top = (tile / columns) << TILE_SHIFT;
    const tileWidth = min<u32>(TILE, pictureWidth - left);
    const tileHeight = min<u32>(TILE, pictureHeight - top);
    const x0 = box & 63;
    const y0 = (box >> 6) & 63;
    const x1 = (box >> 12) & 63;
    const y1 = (box >> 18) & 63;
    const w = x1 + 1 - x0;
    const h = y1 + 1 - y0;

    const offset = (top + y0) * stride + ((left + x0) << 2);
    const source = picture + offset;
    const before: usize = (box & BOX_HELD) != 0 ? held + offset : 0;
    const began = now();
    const start = end;
    store<u16>(end, tile);
    const modeAt = end + 2;
    end += 3;
    let flag = FLAG_WHOLE_TILE;
    if (w != tileWidth || h != tileHeight) {
      flag = 0;
      store<u16>(end, box);
      store<u8>(end, box >> 16, 2);
      end += 3;
    }
    let from = source;
    let fromStride = stride;
    if ((natural | coarse) != 0) {
      if (looksNatural(source, stride, w, h)) {
        const next =
          natural == 0 ? <usize>0 : encodeLossy(source, stride, w, h, natural, modeAt, flag, end, scratch);
        if (next != 0) {
          end = next;
          store<u32>(job, box | BOX_APPROXIMATE, 4);
          countTile(counters, level, load<u8>(modeAt), w * h, <u32>(end - start), began);
          continue;
        }
      } else if (coarse != 0 && reduceTile(source, stride, w, h, coarse - 1, scratch + REDUCED)) {
        from = scratch + REDUCED;
        fromStride = COPY_ROW_BYTES;
        store<u32>(job, box | BOX_APPROXIMATE, 4);
      }
    }
    end =
      effort == EFFORT_FAST
        ? encodeFast(from, fromStride, w, h, level, modeAt, flag, end, scratch)
        : encodeByModels(from, fromStride, before, stride, w, h, level, effort, modeAt, flag, end, scratch);
    countTile(counters, level, load<u8>(modeAt), w * h, <u32>(end - start), began);
  }
  store<u16>(out, written);
  return <u32>(end - out);
}
