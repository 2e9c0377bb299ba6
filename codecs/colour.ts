/** Whole pictures in other colours. */
import { SightlineError } from './errors.js';
import { isValidSize, type Picture, strideOf } from './geometry.js';
import { createSharedMemory, instantiateKernels, type Kernels } from './kernels.js';
import type { ColourLevel } from './levels.js';

/** Pictures are put here; the page below is the kernels'. */
const SOURCE = 65536;

/**
 * Turns pictures into what viewers hold and into packed RGB. Keeps a memory of its own that grows to the
 * largest picture it has seen: keep one, do not make one per picture.
 */
export class ColourConverter {
  readonly #module: WebAssembly.Module;
  #memory: WebAssembly.Memory | undefined;
  #kernels!: Kernels;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** What a viewer of `level` holds of `picture`: an opaque copy, valid until the next call. */
  expandTo(picture: Picture, level: ColourLevel): Picture {
    const { stride, height } = picture;
    const pixels = this.#load(picture, 0);
    this.#kernels.applyLevel(SOURCE, SOURCE, stride, height, level);
    return { ...picture, pixels };
  }

  /**
   * Packed R, G, B rows without padding, as ffmpeg's rgb24 and its framemd5 have them; of what a viewer of
   * `level` holds, when given. A copy of its own.
   */
  toRgb24(picture: Picture, level?: ColourLevel): Uint8Array {
    const { stride, width, height } = picture;
    const bytes = width * height * 3;
    const target = SOURCE + stride * height;
    this.#load(picture, bytes);
    if (level !== undefined) this.#kernels.applyLevel(SOURCE, SOURCE, stride, height, level);
    this.#kernels.toRgb24(SOURCE, target, stride, width, height);
    return new Uint8Array(this.#memory!.buffer, target, bytes).slice();
  }

  /** Puts the picture's rows at SOURCE, with room for `more` bytes behind them; the answer is a view on them. */
  #load(picture: Picture, more: number): Uint8Array {
    const { stride, width, height, pixels } = picture;
    if (!isValidSize(width, height) || stride !== strideOf(width) || pixels.length < stride * height) {
      throw new SightlineError('bad-argument', 'The picture is not laid out as its size says.', {
        field: 'picture',
      });
    }
    const bytes = stride * height;
    if (this.#memory === undefined || this.#memory.buffer.byteLength < SOURCE + bytes + more) {
      this.#memory = createSharedMemory(SOURCE + bytes + more);
      this.#kernels = instantiateKernels(this.#module, this.#memory);
    }
    const view = new Uint8Array(this.#memory.buffer, SOURCE, bytes);
    view.set(pixels.length === bytes ? pixels : pixels.subarray(0, bytes));
    return view;
  }
}

/**
 * Packed R, G, B rows of a picture, without kernels: for a small picture or where no module is at hand. It
 * costs a few milliseconds at 1080p; `ColourConverter.toRgb24` costs a fifth.
 */
export function pictureToRgb24(picture: Picture): Uint8Array {
  const { width, height, stride, pixels } = picture;
  const packed = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = y * stride;
    for (let x = 0; x < width; x++) {
      packed[to] = pixels[from + 2]!;
      packed[to + 1] = pixels[from + 1]!;
      packed[to + 2] = pixels[from]!;
      from += 4;
      to += 3;
    }
  }
  return packed;
}
