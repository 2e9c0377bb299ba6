/**
 * Paints a tile's pixels into its rectangle of the picture: `w` by `h` pixels at `to`, `stride` bytes from row to row.
 * `palette` and `low` have an opaque pixel per index and per code of level 1.
 */
import { OPAQUE } from './box';
import { expandCode } from './colour';
import { ROW_BYTES } from './text-model';

/** The code of one pixel in a slice, of so many bytes. */
export function codeAt(at: usize, bytes: u32): u32 {
  if (bytes == 1) return load<u8>(at);
  if (bytes == 2) return load<u16>(at);
  return <u32>load<u16>(at) | ((<u32>load<u8>(at, 2)) << 16);
}

/** Paints packed indices through the palette; false when one of them names no colour. */
export function paintIndices(
  from: usize,
  bits: u32,
  palette: usize,
  to: usize,
  stride: u32,
  w: u32,
  h: u32,
): bool {
  const mask: u32 = (1 << bits) - 1;
  // Every pixel is opaque unless an index had none: its alpha tells, so the loop needs no branch.
  let all: u32 = 0xffffffff;
  for (let y: u32 = 0; y < h; y++) {
    let target = to + y * stride;
    const end = target + (w << 2);
    if (bits == 8) {
      while (target < end) {
        const pixel = load<u32>(palette + ((<u32>load<u8>(from++)) << 2));
        all &= pixel;
        store<u32>(target, pixel);
        target += 4;
      }
    } else {
      let byte: u32 = 0;
      let left: u32 = 0;
      while (target < end) {
        if (left == 0) {
          byte = load<u8>(from++);
          left = 8;
        }
        const pixel = load<u32>(palette + ((byte & mask) << 2));
        byte >>= bits;
        left -= bits;
        all &= pixel;
        store<u32>(target, pixel);
        target += 4;
      }
    }
  }
  return all >>> 24 == 255;
}

/** Paints a slice's plain codes. */
export function paintRaw(from: usize, level: u32, low: usize, to: usize, stride: u32, w: u32, h: u32): void {
  for (let y: u32 = 0; y < h; y++) {
    let target = to + y * stride;
    const end = target + (w << 2);
    if (level == 3) {
      while (target < end) {
        store<u32>(target, 0xff000000 | codeAt(from, 3));
        from += 3;
        target += 4;
      }
    } else if (level == 2) {
      while (target < end) {
        store<u32>(target, expandCode(load<u16>(from), 2));
        from += 2;
        target += 4;
      }
    } else if (level == 1) {
      while (target < end) {
        store<u32>(target, load<u32>(low + ((<u32>load<u8>(from++)) << 2)));
        target += 4;
      }
    } else {
      let high = false;
      while (target < end) {
        const byte = <u32>load<u8>(from);
        store<u32>(target, expandCode(high ? byte >> 4 : byte, 0));
        if (high) from++;
        high = !high;
        target += 4;
      }
      if (high) from++;
    }
  }
}

/** Paints the codes of a room (text-model.ts). */
export function paintCodes(
  codes: usize,
  level: u32,
  low: usize,
  to: usize,
  stride: u32,
  w: u32,
  h: u32,
): void {
  for (let y: u32 = 0; y < h; y++) {
    let from = codes;
    let target = to;
    const end = target + (w << 2);
    if (level == 3) {
      for (; target + 16 <= end; target += 16) {
        v128.store(target, v128.or(v128.load(from), i32x4.splat(OPAQUE)));
        from += 16;
      }
    }
    for (; target < end; target += 4) {
      const code = load<u32>(from);
      from += 4;
      store<u32>(target, level == 1 ? load<u32>(low + (code << 2)) : expandCode(code, level));
    }
    codes += ROW_BYTES;
    to += stride;
  }
}

/** Paints one colour. */
export function fill(to: usize, stride: u32, w: u32, h: u32, pixel: u32): void {
  const four = i32x4.splat(pixel);
  for (let y: u32 = 0; y < h; y++) {
    let target = to + y * stride;
    const end = target + (w << 2);
    for (; target + 16 <= end; target += 16) v128.store(target, four);
    for (; target < end; target += 4) store<u32>(target, pixel);
  }
}

/** Paints runs until the rectangle is full; the answer is where they ended, or 0 when they are malformed. */
export function paintRuns(
  at: usize,
  end: usize,
  palette: usize,
  to: usize,
  stride: u32,
  w: u32,
  h: u32,
): usize {
  let x: u32 = 0;
  let y: u32 = 0;
  let left = w * h;
  while (left > 0) {
    if (at >= end) return 0;
    const token = <u32>load<u8>(at++);
    const pixel = load<u32>(palette + ((token & 0x7f) << 2));
    if (pixel == 0) return 0;
    let length: u32 = 1;
    if ((token & 0x80) != 0) {
      let shift: u32 = 0;
      let more: u32 = 0x80;
      length = 2;
      while (more >= 0x80) {
        // Two groups of seven bits reach every length that a tile can have.
        if (at >= end || shift > 7) return 0;
        more = load<u8>(at++);
        length += (more & 0x7f) << shift;
        shift += 7;
      }
    }
    if (length > left) return 0;
    left -= length;
    while (length > 0) {
      const part = min<u32>(length, w - x);
      let target = to + y * stride + (x << 2);
      const stop = target + (part << 2);
      for (; target < stop; target += 4) store<u32>(target, pixel);
      length -= part;
      x += part;
      if (x == w) {
        x = 0;
        y++;
      }
    }
  }
  return at;
}
