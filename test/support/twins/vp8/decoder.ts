/**
 * A small VP8 decoder (RFC 6386), slow and obvious. It knows what our encoder writes and a little more, and no
 * sign bias, scaling, simple filter or version but 0.
 */

import { filterPicture } from './filter.js';
import {
  B_PRED,
  clamp,
  type Macroblock,
  outsideBlock,
  type PlanePicture,
  type Planes,
  SPLIT,
  type Vector,
} from './formats.js';
import { type Header, type Persistent, readHeader } from './header.js';
import { type GridSize, readBlock } from './modes.js';
import { predictMoved, predictSmall, predictSquare } from './predict.js';
import { type Context, type Residuals, readResiduals } from './residual.js';

export class Vp8Twin {
  #state: Persistent | undefined;
  #width = 0;
  #height = 0;
  #references: (Planes | undefined)[] = [];

  /** I420 of the visible picture after this frame. */
  decode(bytes: Uint8Array): Buffer {
    const header = readHeader(bytes, this.#state);
    if (header.version !== 0) throw new Error('the twin knows version 0 only');
    if (header.key) {
      this.#width = header.width;
      this.#height = header.height;
    }
    const size = { columns: Math.ceil(this.#width / 16), rows: Math.ceil(this.#height / 16) };
    const planes = this.#makePicture(header, size);
    this.#keep(header, planes);
    if (header.keepState || this.#state === undefined) this.#state = header.state;
    return this.#visible(planes);
  }

  #makePicture(header: Header, size: GridSize): Planes {
    const plane = (side: number): PlanePicture => ({
      width: size.columns * side,
      height: size.rows * side,
      samples: new Uint8Array(size.columns * size.rows * side * side),
    });
    const planes: Planes = [plane(16), plane(8), plane(8)];
    const blocks: Macroblock[] = [];
    const at = (column: number, row: number) =>
      column < 0 || row < 0 ? outsideBlock() : blocks[row * size.columns + column]!;
    const over: Context[] = Array.from({ length: size.columns }, () => new Array(9).fill(0));
    for (let row = 0; row < size.rows; row++) {
      const left: Context = new Array(9).fill(0);
      const tokens = header.partitions[row % header.partitions.length]!;
      for (let column = 0; column < size.columns; column++) {
        const block = readBlock(header, at, column, row, size);
        blocks.push(block);
        const residuals = readResiduals(header, tokens, block, over[column]!, left);
        if (block.reference === 0) this.#makeIntra(planes, block, residuals, column, row);
        else this.#makeInter(planes, block, residuals, column, row);
      }
    }
    filterPicture(header, planes, at, size);
    return planes;
  }

  #makeIntra(planes: Planes, block: Macroblock, residuals: Residuals, column: number, row: number): void {
    const [luma] = planes;
    const [x, y] = [column * 16, row * 16];
    if (block.mode === B_PRED) {
      for (let index = 0; index < 16; index++) {
        const [left, top] = [x + (index % 4) * 4, y + (index >> 2) * 4];
        const predicted = predictSmall(
          luma,
          left,
          top,
          block.submodes[index]!,
          aboveSmall(luma, x, y, index),
        );
        putBlock(luma, left, top, 4, predicted, () => residuals[index]);
      }
    } else {
      putBlock(luma, x, y, 16, predictSquare(luma, x, y, 16, block.mode), (index) => residuals[index]);
    }
    putChroma(planes, residuals, column * 8, row * 8, (plane, x, y) =>
      predictSquare(planes[plane], x, y, 8, block.chroma),
    );
  }

  #makeInter(planes: Planes, block: Macroblock, residuals: Residuals, column: number, row: number): void {
    const from = this.#references[block.reference]!;
    const eighths = ({ x, y }: Vector) => ({ x: x * 2, y: y * 2 });
    const [x, y] = [column * 16, row * 16];
    if (block.mode !== SPLIT) {
      putBlock(
        planes[0],
        x,
        y,
        16,
        predictMoved(from[0], x, y, 16, eighths(block.vector)),
        (index) => residuals[index],
      );
      putChroma(planes, residuals, column * 8, row * 8, (plane, x, y) =>
        predictMoved(from[plane], x, y, 8, block.vector),
      );
      return;
    }
    for (let index = 0; index < 16; index++) {
      const [left, top] = [x + (index % 4) * 4, y + (index >> 2) * 4];
      const predicted = predictMoved(from[0], left, top, 4, eighths(block.vectors[index]!));
      putBlock(planes[0], left, top, 4, predicted, () => residuals[index]);
    }
    for (const plane of [1, 2] as const) {
      for (let index = 0; index < 4; index++) {
        const first = (index >> 1) * 8 + (index & 1) * 2;
        const four = [first, first + 1, first + 4, first + 5].map((part) => block.vectors[part]!);
        const [left, top] = [column * 8 + (index & 1) * 4, row * 8 + (index >> 1) * 4];
        const predicted = predictMoved(from[plane], left, top, 4, meanVector(four));
        putBlock(planes[plane], left, top, 4, predicted, () => residuals[12 + plane * 4 + index]);
      }
    }
  }

  /** Section 9.7: copies see the pictures of before this frame. */
  #keep(header: Header, planes: Planes): void {
    const [, last, golden, alternate] = this.#references;
    const nextGolden = header.refreshGolden ? planes : [golden, last, alternate][header.copyToGolden];
    const nextAlternate = header.refreshAlternate
      ? planes
      : [alternate, last, golden][header.copyToAlternate];
    this.#references = [undefined, header.refreshLast ? planes : last, nextGolden, nextAlternate];
  }

  #visible(planes: Planes): Buffer {
    return Buffer.concat(
      planes.flatMap(({ width, samples }, index) => {
        const wide = index === 0 ? this.#width : (this.#width + 1) >> 1;
        const high = index === 0 ? this.#height : (this.#height + 1) >> 1;
        return Array.from({ length: high }, (_, y) => samples.slice(y * width, y * width + wide));
      }),
    );
  }
}

/** The 8 samples above a 4x4 block: at the right of a macroblock they are the row above it, however deep it lies. */
function aboveSmall(plane: PlanePicture, x: number, y: number, index: number): number[] {
  const left = x + (index % 4) * 4;
  const own = y + (index >> 2) * 4 - 1;
  return Array.from({ length: 8 }, (_, column) => {
    const row = column > 3 && index % 4 === 3 ? y - 1 : own;
    if (row < 0) return 127;
    return plane.samples[row * plane.width + Math.min(plane.width - 1, left + column)]!;
  });
}

/** Section 18: the mean, halves away from zero. */
function meanVector(vectors: readonly Vector[]): Vector {
  const mean = (values: number[]) => {
    const sum = values.reduce((total, value) => total + value, 0);
    return Math.sign(sum) * ((Math.abs(sum) + 2) >> 2);
  };
  return { x: mean(vectors.map(({ x }) => x)), y: mean(vectors.map(({ y }) => y)) };
}

/** The two chroma blocks of a macroblock at (x, y), each with its prediction and residuals. */
function putChroma(
  planes: Planes,
  residuals: Residuals,
  x: number,
  y: number,
  predict: (plane: 1 | 2, x: number, y: number) => readonly number[],
): void {
  for (const plane of [1, 2] as const) {
    const predicted = predict(plane, x, y);
    putBlock(planes[plane], x, y, 8, predicted, (index) => residuals[12 + plane * 4 + index]);
  }
}

/** A prediction and the residuals of its 4x4 blocks. */
function putBlock(
  plane: PlanePicture,
  x: number,
  y: number,
  size: number,
  predicted: readonly number[],
  residual: (index: number) => readonly number[] | undefined,
): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const index = (row >> 2) * (size >> 2) + (column >> 2);
      const rest = residual(index)?.[(row & 3) * 4 + (column & 3)] ?? 0;
      plane.samples[(y + row) * plane.width + x + column] = clamp(
        predicted[row * size + column]! + rest,
        0,
        255,
      );
    }
  }
}
