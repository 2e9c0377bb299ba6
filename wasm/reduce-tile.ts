/** A coarse copy of a tile's pixels, for a first legible picture of writing. */
import { RGB_MASK } from './box';
import { applyLevel } from './colour';

/** Bytes from row to row of the copy: a tile's 64 pixels. */
export const COPY_ROW_BYTES: u32 = 256;
export const COPY_BYTES: usize = 64 * <usize>COPY_ROW_BYTES + 64;

/** Stands for a level: greys of 0, 51, 102, ... 255. */
const SIX_GREYS: u32 = 4;

/** Pixels of sixteen greys, which have the same number in both halves of each byte, to six greys. */
function toSixGreys(pixels: v128): v128 {
  const table = i8x16(0, 0, 51, 51, 51, 102, 102, 102, -103, -103, -103, -52, -52, -52, -1, -1);
  return i8x16.swizzle(table, v128.and(pixels, i8x16.splat(15)));
}

/** Copies `w` by `h` pixels as those of a colour level or of six greys. The answer is whether that changed any. */
export function reduceTile(source: usize, stride: u32, w: u32, h: u32, level: u32, copy: usize): bool {
  const bytes = w << 2;
  let changed: u32 = 0;
  for (let y: u32 = 0; y < h; y++) {
    // Whole groups of four: the surplus is the last pixel again, which changes if that does.
    memory.copy(copy, source, bytes);
    const last = load<u32>(copy + bytes - 4);
    for (let at = bytes; (at & 15) != 0; at += 4) store<u32>(copy + at, last);
    applyLevel(copy, copy, (bytes + 15) & ~15, 1, level == SIX_GREYS ? 0 : level);
    if (level == SIX_GREYS)
      for (let at: u32 = 0; at < bytes; at += 16) v128.store(copy + at, toSixGreys(v128.load(copy + at)));
    for (let at: u32 = 0; at < bytes; at += 4) changed |= load<u32>(copy + at) ^ load<u32>(source + at);
    source += stride;
    copy += COPY_ROW_BYTES;
  }
  return (changed & RGB_MASK) != 0;
}
