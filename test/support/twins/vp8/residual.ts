/** Twin of tokens, dequantisation and inverse transforms (RFC 6386, sections 13 and 14). */
import { AC_STEPS, DC_STEPS } from '../../../../codecs/vp8/mode-tables.js';
import type { BoolDecoder } from './bool.js';
import { B_PRED, clamp, type Macroblock, SPLIT } from './formats.js';
import type { Header } from './header.js';

const END = -11;
/** The end, 0 to 4, and six categories as 5 to 10. */
const TOKEN_TREE = [END, 2, 0, 4, -1, 6, 8, 12, -2, 10, -3, -4, 14, 16, -5, -6, 18, 20, -7, -8, -9, -10];
const BANDS = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7];
const ZIGZAG = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
const LEAST = [5, 7, 11, 19, 35, 67];
const EXTRA = [
  [159],
  [165, 145],
  [173, 148, 140],
  [176, 155, 140, 135],
  [180, 157, 141, 134, 130],
  [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129],
];

/** Whether neighbours had coefficients: 4 luma, 2 U, 2 V, second order. */
export type Context = number[];

/** Residuals of the 24 blocks of a macroblock, 16 values each; a block without any is undefined. */
export type Residuals = (number[] | undefined)[];

export function readResiduals(
  header: Header,
  bool: BoolDecoder,
  block: Macroblock,
  over: Context,
  left: Context,
): Residuals {
  const hasSecond = block.mode !== B_PRED && block.mode !== SPLIT;
  if (block.empty) {
    for (const context of [over, left]) context.fill(0, 0, hasSecond ? 9 : 8);
    return [];
  }
  const steps = stepsOf(header, block);
  const read = (kind: number, first: number, dc: number, ac: number, above: number, beside: number) => {
    const values = readLevels(header, bool, kind, first, over[above]! + left[beside]!);
    over[above] = left[beside] = values === undefined ? 0 : 1;
    return values?.map((level, index) => level * (index === 0 ? dc : ac));
  };
  const second = hasSecond ? read(1, 0, steps.secondDc, steps.secondAc, 8, 8) : undefined;
  const blocks: Residuals = [];
  for (let index = 0; index < 16; index++) {
    const kind = hasSecond ? 0 : 3;
    blocks.push(read(kind, hasSecond ? 1 : 0, steps.dc, steps.ac, index % 4, index >> 2));
  }
  for (let index = 0; index < 8; index++) {
    const plane = index < 4 ? 4 : 6;
    blocks.push(read(2, 0, steps.chromaDc, steps.chromaAc, plane + (index & 1), plane + ((index >> 1) & 1)));
  }
  block.empty = second === undefined && blocks.every((values) => values === undefined);
  if (second !== undefined) {
    inverseWalsh(second).forEach((dc, index) => {
      blocks[index] ??= new Array(16).fill(0);
      blocks[index]![0] = dc;
    });
  }
  return blocks.map((values) => (values === undefined ? undefined : inverseCosine(values)));
}

function readLevels(
  header: Header,
  bool: BoolDecoder,
  kind: number,
  first: number,
  context: number,
): number[] | undefined {
  const levels: number[] = new Array(16).fill(0);
  let any = false;
  let from = 0;
  for (let place = first; place < 16; place++) {
    const row = ((kind * 8 + BANDS[place]!) * 3 + context) * 11;
    const token = bool.tree(TOKEN_TREE, header.state.coefficients.slice(row, row + 11), from);
    if (token === -END) break;
    any = true;
    from = token === 0 ? 2 : 0;
    context = Math.min(token, 2);
    if (token === 0) continue;
    let size = token;
    if (token > 4) {
      const extra = EXTRA[token - 5]!.reduce((value, odds) => value * 2 + bool.bit(odds), 0);
      size = LEAST[token - 5]! + extra;
    }
    levels[ZIGZAG[place]!] = bool.flag() ? -size : size;
  }
  return any ? levels : undefined;
}

/** Sections 9.3, 9.6 and 14.1. */
function stepsOf(header: Header, block: Macroblock) {
  const { segments } = header.state;
  let base = header.quantiser;
  if (segments.enabled) {
    const own = segments.quantisers[block.segment]!;
    base = segments.absolute ? own : base + own;
  }
  const index = (delta: number) => clamp(clamp(base, 0, 127) + delta, 0, 127);
  const [dc, secondDc, secondAc, chromaDc, chromaAc] = header.quantiserDeltas as [
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    dc: DC_STEPS[index(dc)]!,
    ac: AC_STEPS[index(0)]!,
    secondDc: DC_STEPS[index(secondDc)]! * 2,
    secondAc: Math.max(8, Math.trunc((AC_STEPS[index(secondAc)]! * 155) / 100)),
    chromaDc: Math.min(132, DC_STEPS[index(chromaDc)]!),
    chromaAc: AC_STEPS[index(chromaAc)]!,
  };
}

function fourOf(values: readonly number[], from: number, step: number): [number, number, number, number] {
  return [values[from]!, values[from + step]!, values[from + 2 * step]!, values[from + 3 * step]!];
}

/** Section 14.3. */
function inverseWalsh(values: readonly number[]): number[] {
  const half = (input: readonly number[], step: number, line: number): number[] => {
    const out: number[] = new Array(16);
    for (let index = 0; index < 4; index++) {
      const from = index * line;
      const [i0, i1, i2, i3] = fourOf(input, from, step);
      out[from] = i0 + i3 + (i1 + i2);
      out[from + step] = i0 - i3 + (i1 - i2);
      out[from + step * 2] = i0 + i3 - (i1 + i2);
      out[from + step * 3] = i0 - i3 - (i1 - i2);
    }
    return out;
  };
  return half(half(values, 4, 1), 1, 4).map((value) => (value + 3) >> 3);
}

/** Section 14.4. */
function inverseCosine(values: readonly number[]): number[] {
  const sine = (value: number) => (value * 35468) >> 16;
  const cosine = (value: number) => value + ((value * 20091) >> 16);
  const half = (input: readonly number[], step: number, line: number): number[] => {
    const out: number[] = new Array(16);
    for (let index = 0; index < 4; index++) {
      const from = index * line;
      const [i0, i1, i2, i3] = fourOf(input, from, step);
      const a = i0 + i2;
      const b = i0 - i2;
      const c = sine(i1) - cosine(i3);
      const d = cosine(i1) + sine(i3);
      out[from] = a + d;
      out[from + step] = b + c;
      out[from + step * 2] = b - c;
      out[from + step * 3] = a - d;
    }
    return out;
  };
  return half(half(values, 4, 1), 1, 4).map((value) => (value + 4) >> 3);
}
