/**
 * How far shown pictures are from what they stand for.
 *
 * PSNR is 10 log10(255² / mean squared error) over R, G and B of every pixel of every frame. Edge-PSNR is the same
 * over the pixels at edges only, where a blur hurts reading most and a mean over a screen of flat areas hides it;
 * the idea is that of EPSNR in ITU-T J.144, with a plain gradient: a pixel is at an edge when, in the source,
 * |Y(x + 1, y) - Y(x - 1, y)| + |Y(x, y + 1) - Y(x, y - 1)| is at least `EDGE_GRADIENT`, with
 * Y = (77 R + 150 G + 29 B + 128) >> 8 and the picture's outermost pixels left out.
 */
import { BYTES_PER_PIXEL, type Picture, TILE_SIZE, tileColumns } from '../../codecs/index.js';

/** A quarter of the range: strokes of writing and outlines, but neither noise nor soft shading. */
export const EDGE_GRADIENT = 64;
const PEAK = 255;

/** Sums over frames. Keep one per sequence. */
export class QualityMeter {
  #error = 0;
  #samples = 0;
  #edgeError = 0;
  #edgeSamples = 0;
  #last: readonly [number, number, number, number] = [0, 0, 0, 0];
  #luma = new Uint8Array(0);
  readonly #withEdges: boolean;

  /** Without edges, `edgePsnr` stays null and counting is faster. */
  constructor(withEdges = true) {
    this.#withEdges = withEdges;
  }

  /**
   * Counts a frame: pictures of one size.
   *
   * @param tiles Which tiles' edges count, 0: not; all unless told.
   */
  add(source: Picture, shown: Picture, tiles?: Uint8Array): void {
    const { width, height } = source;
    if (!this.#withEdges && Buffer.compare(source.pixels, shown.pixels) === 0) {
      this.#last = [0, width * height * 3, 0, 0];
      this.repeat();
      return;
    }
    const luma = this.#withEdges ? this.#lumaOf(source) : undefined;
    const a = wordsOf(source);
    const b = wordsOf(shown);
    let error = 0;
    let edgeError = 0;
    let edgePixels = 0;
    for (let y = 0; y < height; y++) {
      const rowA = (y * source.stride) / BYTES_PER_PIXEL;
      const rowB = (y * shown.stride) / BYTES_PER_PIXEL;
      const firstTile = Math.floor(y / TILE_SIZE) * tileColumns(width);
      const isInner = luma !== undefined && y > 0 && y < height - 1;
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        const squared = squaredError(a[rowA + x]!, b[rowB + x]!);
        error += squared;
        if (!isInner || x === 0 || x === width - 1 || gradientAt(luma, at, width) < EDGE_GRADIENT) continue;
        if (tiles?.[firstTile + Math.floor(x / TILE_SIZE)] !== 0) {
          edgePixels++;
          edgeError += squared;
        }
      }
    }
    this.#last = [error, width * height * 3, edgeError, edgePixels * 3];
    this.repeat();
  }

  /** Counts the last frame once more: neither picture has changed. */
  repeat(): void {
    const [error, samples, edgeError, edgeSamples] = this.#last;
    this.#error += error;
    this.#samples += samples;
    this.#edgeError += edgeError;
    this.#edgeSamples += edgeSamples;
  }

  /** dB; null: no error at all. */
  get psnr(): number | null {
    return decibels(this.#error, this.#samples);
  }

  /** dB; null: no error at all, or no edges. */
  get edgePsnr(): number | null {
    return decibels(this.#edgeError, this.#edgeSamples);
  }

  #lumaOf(source: Picture): Uint8Array {
    const { width, height } = source;
    if (this.#luma.length !== width * height) this.#luma = new Uint8Array(width * height);
    const words = wordsOf(source);
    for (let y = 0; y < height; y++) {
      const row = (y * source.stride) / BYTES_PER_PIXEL;
      for (let x = 0; x < width; x++) {
        const pixel = words[row + x]!;
        const y8 = (77 * ((pixel >> 16) & 255) + 150 * ((pixel >> 8) & 255) + 29 * (pixel & 255) + 128) >> 8;
        this.#luma[y * width + x] = y8;
      }
    }
    return this.#luma;
  }
}

function gradientAt(luma: Uint8Array, at: number, width: number): number {
  return Math.abs(luma[at + 1]! - luma[at - 1]!) + Math.abs(luma[at + width]! - luma[at - width]!);
}

function squaredError(a: number, b: number): number {
  if (((a ^ b) & 0xffffff) === 0) return 0;
  const red = ((a >> 16) & 255) - ((b >> 16) & 255);
  const green = ((a >> 8) & 255) - ((b >> 8) & 255);
  const blue = (a & 255) - (b & 255);
  return red * red + green * green + blue * blue;
}

function decibels(error: number, samples: number): number | null {
  return error === 0 ? null : 10 * Math.log10((PEAK * PEAK * samples) / error);
}

function wordsOf({ pixels }: Picture): Uint32Array {
  return new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / BYTES_PER_PIXEL);
}
