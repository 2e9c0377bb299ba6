/** The pictures that later frames refer to, and how good the newest is. */
import { copy16, squaredError } from './distortion';
import {
  alternate,
  before,
  chromaStride,
  columns,
  frameBytes,
  golden,
  last,
  lumaAt,
  lumaStride,
  rows,
  source,
  uAt,
  vAt,
  work,
} from './state';

/** After a key frame all pictures are `work`. */
export function adoptAll(): void {
  memory.copy(last, work, frameBytes);
  memory.copy(golden, work, frameBytes);
  memory.copy(alternate, work, frameBytes);
}

/** The last picture becomes golden, and golden the alternate one. */
export function keepAsGolden(): void {
  memory.copy(alternate, golden, frameBytes);
  memory.copy(golden, last, frameBytes);
}

/**
 * Takes a macroblock from `work` into `last`, and 4 pixels above it and what is to its left, which the loop
 * filter may have changed.
 */
export function adoptBlock(column: u32, row: u32): void {
  const up: u32 = row == 0 ? 0 : 4;
  let at = lumaAt + ((row << 4) - up) * lumaStride + (column << 4);
  for (let line: u32 = 0; line < 16 + up; line++) {
    v128.store(last + at - 16, v128.load(work + at - 16));
    v128.store(last + at, v128.load(work + at));
    at += lumaStride;
  }
  at = uAt + ((row << 3) - up) * chromaStride + (column << 3) - 8;
  for (let line: u32 = 0; line < 8 + up; line++) {
    v128.store(last + at, v128.load(work + at));
    v128.store(last + at + (vAt - uAt), v128.load(work + at + (vAt - uAt)));
    at += chromaStride;
  }
}

/** Remembers a macroblock's source luma as that of the frame before. */
export function rememberBlock(column: u32, row: u32): void {
  const at = lumaAt + (row << 4) * lumaStride + (column << 4);
  copy16(source + at, lumaStride, before + at, lumaStride);
}

/** Sum of squared differences of all samples of the three planes between the source and what a decoder shows. */
export function pictureError(): f64 {
  let sum: f64 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      const luma = lumaAt + (row << 4) * lumaStride + (column << 4);
      const chroma = uAt + (row << 3) * chromaStride + (column << 3);
      const v = chroma + (vAt - uAt);
      sum += squaredError(source + luma, lumaStride, work + luma, lumaStride, 16, 16);
      sum += squaredError(source + chroma, chromaStride, work + chroma, chromaStride, 8, 8);
      sum += squaredError(source + v, chromaStride, work + v, chromaStride, 8, 8);
    }
  }
  return sum;
}
