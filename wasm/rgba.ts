/** Pixels in the order of a browser's canvas. */
import { OPAQUE } from './box';

/** `rows` rows of `width` pixels from B, G, R, A to packed R, G, B and 255. */
export function toRgba(source: usize, target: usize, stride: u32, width: u32, rows: u32): void {
  const opaque = i32x4.splat(OPAQUE);
  for (let y: u32 = 0; y < rows; y++) {
    let from = source + y * stride;
    let x: u32 = 0;
    for (; x + 4 <= width; x += 4) {
      const v = v128.load(from);
      const turned = i8x16.shuffle(v, v, 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);
      v128.store(target, v128.or(turned, opaque));
      from += 16;
      target += 16;
    }
    for (; x < width; x++) {
      const pixel = load<u32>(from);
      store<u32>(target, OPAQUE | ((pixel & 0xff) << 16) | (pixel & 0xff00) | ((pixel >> 16) & 0xff));
      from += 4;
      target += 4;
    }
  }
}
