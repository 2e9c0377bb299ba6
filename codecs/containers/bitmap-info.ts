/** BITMAPINFOHEADER, by which AVI and Matroska's V_MS/VFW/FOURCC describe a picture: 40 bytes and a palette. */
import type { Size } from '../geometry.js';
import { ByteWriter } from './byte-writer.js';

export const BITMAP_INFO_BYTES = 40;

export interface BitmapInfo {
  readonly size: Size;
  /** Four characters, or the number of one of the first codecs (1: RLE of 8 bits). */
  readonly compression: string | number;
  readonly bitsPerPixel: number;
  /** B, G, R, 0 per colour. */
  readonly extraData: Uint8Array;
}

export function bitmapInfo({ size, compression, bitsPerPixel, extraData }: BitmapInfo): Uint8Array {
  const writer = new ByteWriter();
  writer.u32le(BITMAP_INFO_BYTES).u32le(size.width).u32le(size.height).u16le(1).u16le(bitsPerPixel);
  if (typeof compression === 'string') writer.text(compression);
  else writer.u32le(compression);
  const rowBytes = Math.ceil((size.width * bitsPerPixel) / 32) * 4;
  writer
    .u32le(rowBytes * size.height)
    .zeros(8)
    .u32le(bitsPerPixel <= 8 ? extraData.length / 4 : 0)
    .u32le(0)
    .put(extraData);
  return writer.bytes.slice();
}
