/** A coarse copy of a tile's pixels, for a first legible picture of writing. */
import { RGB_MASK } from './box';
import { applyLevel } from './colour';

/** Bytes from row to row of the copy: a tile's 64 pixels. */
export const COPY_ROW_BYTES: u32 = 256;
export const COPY_BYTES: usize = 64 * <usize>COPY_ROW_BYTES + 64;

/** Copies `w` by `h` pixels as those of a colour level. The answer is whether that changed any. */
export function reduceTile(source: usize, stride: u32, w: u32, h: u32, level: u32, copy: usize): bool {
  const bytes = w << 2;
  let changed: u32 = 0;
  for (let y: u32 = 0; y < h; y++) {
    // Whole groups of four: the surplus is the last pixel again, which changes if that does.
    memory.copy(copy, source, bytes);
    const last = load<u32>(copy + bytes - 4);
    for (let at = bytes; (at & 15) != 0; at += 4) store<u32>(copy + at, last);
    applyLevel(copy, copy, (bytes + 15) & ~15, 1, level);
    for (let at: u32 = 0; at < bytes; at += 4) changed |= load<u32>(copy + at) ^ load<u32>(source + at);
    source += stride;
    copy += COPY_ROW_BYTES;
  }
  return (changed & RGB_MASK) != 0;
}
