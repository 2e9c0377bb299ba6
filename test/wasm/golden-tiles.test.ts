/** Coded tiles, byte by byte: those of docs/CODEC.md among them. */
import { describe, expect, it } from 'vitest';
import { ColourLevel, Effort, packBox, wholeBox } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { encodeBodies, makeEncoder } from '../support/coder.js';

const module = await loadKernelModule();

/** One tile of a picture of 8 x 8 pixels, coded: rows are strings of palette letters. */
function codeTile(
  rows: readonly string[],
  palette: Readonly<Record<string, number>>,
  level: ColourLevel,
  box = 0,
  effort: Effort = Effort.Fast,
): string {
  const encoder = makeEncoder(module, 8, 8);
  const words = new DataView(encoder.reference.pixels.buffer, encoder.reference.pixels.byteOffset);
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++)
      words.setUint32(y * 64 + x * 4, 0xff000000 + palette[row[x]!]!, true);
  });
  const job = { tile: 0, box: box === 0 ? wholeBox(0, encoder.picture) : box };
  const [body] = encodeBodies(encoder, level, [], [job], effort);
  return Buffer.from(body!)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
}

describe('golden tiles', () => {
  const W = 0xffffff;
  const B = 0x102030;
  const R = 0xff0000;
  const letters = { W, B, R };

  it('solid, whole tile', () => {
    const rows = new Array<string>(8).fill('BBBBBBBB');
    expect(codeTile(rows, letters, ColourLevel.High)).toBe('00 00 01 00 00 00 80 30 20 10');
    expect(codeTile(rows, letters, ColourLevel.Medium)).toBe('00 00 01 00 00 00 80 06 11');
    expect(codeTile(rows, letters, ColourLevel.VeryLow)).toBe('00 00 01 00 00 00 80 02');
  });

  it('solid, in a box', () => {
    const rows = new Array<string>(8).fill('BBBBBBBB');
    // x 1 to 3, y 2 to 6: 1 | 2 << 6 | 3 << 12 | 6 << 18 = 0x183081
    expect(codeTile(rows, letters, ColourLevel.High, packBox(1, 2, 3, 6))).toBe(
      '00 00 01 00 00 00 00 81 30 18 30 20 10',
    );
  });

  it('two colours: a T of 5 x 5', () => {
    const rows = [
      'WWWWWWWW',
      'WBBBBBWW',
      'WWWBWWWW',
      'WWWBWWWW',
      'WWWBWWWW',
      'WWWBWWWW',
      'WWWWWWWW',
      'WWWWWWWW',
    ];
    expect(codeTile(rows, letters, ColourLevel.High)).toBe(
      '00 00 01 00 00 00 81 ff ff ff 30 20 10 00 3e 08 08 08 08 00 00',
    );
  });

  it('palette: three colours, two bits each', () => {
    const rows = [
      'WBRWBRWB',
      'BRWWBWRB',
      'RWBRRBWW',
      'WRBWBRBB',
      'BWRBRWWR',
      'RBWRWBBW',
      'WRRBBWRW',
      'BWBRWRBW',
    ];
    const index = { W: 0, B: 1, R: 2 };
    const packed = rows.flatMap((row) =>
      [0, 4].map((at) =>
        [0, 1, 2, 3].reduce((byte, pixel) => byte | (index[row[at + pixel] as 'W']! << (2 * pixel)), 0),
      ),
    );
    expect(codeTile(rows, letters, ColourLevel.High)).toBe(
      `00 00 01 00 00 00 82 02 ff ff ff 30 20 10 00 00 ff ${Buffer.from(packed)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1 ')}`,
    );
  });

  it('runs: one pixel of a third colour', () => {
    const rows = new Array<string>(8).fill('WWWWWWWW');
    rows[4] = 'WWBWWWWW';
    rows[7] = 'WWWWWWWR';
    // 34 white (flag, 34 - 2), one blue, 28 white, one red
    expect(codeTile(rows, letters, ColourLevel.High)).toBe(
      '00 00 01 00 00 00 84 02 ff ff ff 30 20 10 00 00 ff 80 20 01 80 1a 02',
    );
  });

  it('raw: noise', () => {
    const encoder = makeEncoder(module, 2, 2);
    encoder.reference.pixels.set([1, 2, 3, 255, 4, 5, 6, 255]);
    encoder.reference.pixels.set([7, 8, 9, 255, 10, 11, 12, 255], 64);
    const [body] = encodeBodies(
      encoder,
      ColourLevel.High,
      [],
      [{ tile: 0, box: wholeBox(0, encoder.picture) }],
      Effort.Fast,
    );
    expect(Buffer.from(body!).toString('hex')).toBe('0000010000008501020304050607080' + '90a0b0c');
  });

  it('text: the T again, by models', () => {
    const rows = ['WWWWWWWW', 'WBBBBBWW', ...new Array<string>(4).fill('WWWBWWWW'), 'WWWWWWWW', 'WWWWWWWW'];
    expect(codeTile(rows, letters, ColourLevel.High, 0, Effort.Balanced)).toBe(
      '00 00 01 00 00 00 87 66 42 90 f0 09 96 72 2f 88 80 57 43',
    );
  });

  it('gradient: greys that rise to the right and down', () => {
    const letter = (step: number) => String.fromCharCode(65 + step);
    const shades = Object.fromEntries(
      Array.from({ length: 57 }, (_, step) => [letter(step), 0x202020 + step * 0x010101]),
    );
    const rows = Array.from({ length: 8 }, (_, y) =>
      Array.from({ length: 8 }, (_, x) => letter(3 * x + 5 * y)).join(''),
    );
    expect(codeTile(rows, shades, ColourLevel.High, 0, Effort.Balanced)).toBe(
      '00 00 01 00 00 00 88 00 01 f0 7b 13 04 c0 81 03 07 0e 1c 78 24 10 28 21 a8 54 2a 95 8a 8a 24 2a ce 39 e7 54 24 51 f1 de 7b a7 22 89 aa f7 de 3b 15 49 74 ef bd 77 9a 24 ba 77 ad 35 4d 12 ad b5 d6 9a 06',
    );
  });

  it('LZ4 of packed indices: rows of five colours that repeat', () => {
    const encoder = makeEncoder(module, 64, 64);
    const words = new Uint32Array(encoder.reference.pixels.buffer, encoder.reference.pixels.byteOffset, 4096);
    const five = [0xff000001, 0xff000002, 0xff000003, 0xff000004, 0xff000005];
    for (let at = 0; at < 4096; at++) words[at] = five[((at & 63) * 7 + ((at & 63) >> 3)) % 5]!;
    const [body] = encodeBodies(
      encoder,
      ColourLevel.High,
      [],
      [{ tile: 0, box: wholeBox(0, encoder.picture) }],
      Effort.Fast,
    );
    expect(body![6]).toBe(0x83);
    // 23 bytes of header and palette, then less than a row of 32 packed bytes and a long match.
    expect(body!.length).toBeLessThan(90);
  });
});
