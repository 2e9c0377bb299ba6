/** Packing of tile pixels into bits and bytes. The first pixel is in the lowest bits; rows start on a byte. */

/** Packs `w` by `h` values (one byte each, below 1 << bits) at `bits` = 1, 2, 4 or 8 each. */
export function packIndices(indices: usize, w: u32, h: u32, bits: u32, target: usize): void {
  if (bits == 8) {
    memory.copy(target, indices, w * h);
    return;
  }
  const perByte = 8 / bits;
  for (let y: u32 = 0; y < h; y++) {
    let x: u32 = 0;
    if (bits == 1) {
      for (; x + 16 <= w; x += 16) {
        store<u16>(target, i8x16.bitmask(i8x16.shl(v128.load(indices + x), 7)));
        target += 2;
      }
    } else if (bits == 2) {
      for (; x + 4 <= w; x += 4) {
        const four = load<u32>(indices + x);
        store<u8>(target++, four | (four >> 6) | (four >> 12) | (four >> 18));
      }
    } else {
      for (; x + 2 <= w; x += 2) {
        const two = <u32>load<u16>(indices + x);
        store<u8>(target++, two | (two >> 4));
      }
    }
    while (x < w) {
      const stop = min<u32>(w, x + perByte);
      let byte: u32 = 0;
      for (let shift: u32 = 0; x < stop; x++) {
        byte |= (<u32>load<u8>(indices + x)) << shift;
        shift += bits;
      }
      store<u8>(target++, byte);
    }
    indices += w;
  }
}

/** Packs `count` codes (u32 each) at `bytes` = 1, 2 or 3 each; writes up to 4 bytes more. */
export function packCodes(codes: usize, count: u32, bytes: u32, target: usize): void {
  const end = codes + (count << 2);
  if (bytes == 3) {
    while (codes < end) {
      const v = v128.load(codes);
      v128.store(target, i8x16.shuffle(v, v, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15));
      codes += 16;
      target += 12;
    }
  } else if (bytes == 2) {
    while (codes < end) {
      const v = v128.load(codes);
      store<u64>(
        target,
        i64x2.extract_lane(i8x16.shuffle(v, v, 0, 1, 4, 5, 8, 9, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0), 0),
      );
      codes += 16;
      target += 8;
    }
  } else {
    while (codes < end) {
      store<u8>(target++, load<u32>(codes));
      codes += 4;
    }
  }
}
