import { describe, expect, it } from 'vitest';
import { type Picture, strideOf } from '../../codecs/index.js';
import { QualityMeter } from '../../harness/codec-bench/index.js';
import { unlikeTiles } from '../../harness/codec-bench/unlike-tiles.js';

function picture(width: number, height: number, colourAt: (x: number, y: number) => number): Picture {
  const stride = strideOf(width);
  const words = new Uint32Array((stride / 4) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) words[(y * stride) / 4 + x] = (0xff000000 | colourAt(x, y)) >>> 0;
  }
  return { width, height, stride, pixels: new Uint8Array(words.buffer) };
}

/** Black to the left of x = 10, white from there on. */
const halves = (x: number): number => (x < 10 ? 0 : 0xffffff);

describe('the quality of pictures', () => {
  it('has no figure where nothing is lost, whatever alpha and padding hold', () => {
    const source = picture(20, 9, halves);
    const shown = picture(20, 9, halves);
    shown.pixels[3] = 0;
    shown.pixels[shown.stride - 1] = 7;
    const meter = new QualityMeter();
    meter.add(source, shown);
    meter.repeat();
    expect(meter.psnr).toBeNull();
    expect(meter.edgePsnr).toBeNull();
  });

  it('may count the edges of some tiles only', () => {
    const stripes = (x: number): number => (x % 20 < 10 ? 0 : 0xffffff);
    const source = picture(128, 64, stripes);
    // The left tile is shown badly, the right one well.
    const shown = picture(128, 64, (x) => (x < 64 ? 0x808080 : stripes(x) ^ 0x010101));
    const edgePsnr = (tiles?: Uint8Array): number | null => {
      const meter = new QualityMeter();
      meter.add(source, shown, tiles);
      return meter.edgePsnr;
    };
    expect(edgePsnr(Uint8Array.of(0, 1))).toBeCloseTo(20 * Math.log10(255), 9);
    expect(edgePsnr(Uint8Array.of(1, 0))).toBeLessThan(7);
    expect(edgePsnr(Uint8Array.of(1, 1))).toBe(edgePsnr());
    expect(edgePsnr(Uint8Array.of(0, 0))).toBeNull();
  });

  it('is 10 log10(255² / mean squared error) over R, G, B of all frames', () => {
    const source = picture(20, 10, () => 0x808080);
    const meter = new QualityMeter();
    meter.add(
      source,
      picture(20, 10, () => 0x858080),
    );
    expect(meter.psnr).toBeCloseTo(10 * Math.log10((255 * 255 * 3) / 25), 9);
    meter.add(source, source);
    expect(meter.psnr).toBeCloseTo(10 * Math.log10((255 * 255 * 6) / 25), 9);
    meter.repeat();
    expect(meter.psnr).toBeCloseTo(10 * Math.log10((255 * 255 * 9) / 25), 9);
    expect(meter.edgePsnr).toBeNull();
  });

  it('looks at edges apart: errors beside them count there, others do not', () => {
    const source = picture(20, 10, halves);
    const flat = new QualityMeter();
    flat.add(
      source,
      picture(20, 10, (x) => (x === 3 ? 0x202020 : halves(x))),
    );
    expect(flat.psnr).not.toBeNull();
    expect(flat.edgePsnr).toBeNull();

    // Columns 9 and 10 are the edge, without the first and the last row: half of its samples are 32 off.
    const sharp = new QualityMeter();
    sharp.add(
      source,
      picture(20, 10, (x) => (x === 9 ? 0x202020 : halves(x))),
    );
    expect(sharp.edgePsnr).toBeCloseTo(10 * Math.log10((255 * 255 * 2) / (32 * 32)), 9);
  });
});

describe('tiles that differ', () => {
  it('are found whole, in any column and row', () => {
    const source = picture(150, 70, (x, y) => x * 3 + y);
    const boxes = new Uint32Array(6);
    expect(unlikeTiles(source, source, boxes)).toBe(0);
    const shown = picture(
      150,
      70,
      (x, y) => x * 3 + y + (x === 149 && y === 69 ? 1 : 0) + (x === 64 && y === 0 ? 1 : 0),
    );
    expect(unlikeTiles(source, shown, boxes)).toBe(2);
    expect([...boxes].map((box) => box !== 0)).toEqual([false, true, false, false, false, true]);
  });
});
