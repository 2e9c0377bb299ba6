/** A picture as codes of one or two bytes: at a colour level, or by a palette. */

import type { Arena } from '../arena.js';
import { SightlineError } from '../errors.js';
import { ColourLevel } from '../levels.js';
import { CODES_SCRATCH_BYTES, PALETTE_CACHE_BYTES, type RecordingKernels } from './kernels.js';
import { levelPalette, MAX_COLOURS } from './palette.js';
import type { PictureStore } from './picture-store.js';

/** Rows begin on this boundary. */
const ALIGNMENT = 16;

export class CodePlane {
  readonly stride: number;
  readonly current: number;
  readonly reference: number;
  /** B, G, R, 0 for each colour; empty for codes of two bytes. */
  readonly palette: Uint8Array;
  readonly bytes: 1 | 2;
  readonly #store: PictureStore;
  readonly #level: ColourLevel | undefined;
  readonly #scratch: number;
  readonly #colours: number;
  readonly #cache: number;
  #kernels: RecordingKernels | undefined;

  /** `colours` is a palette, or the level of a code that needs none. */
  constructor(store: PictureStore, arena: Arena, colours: Uint8Array | ColourLevel) {
    this.#store = store;
    this.#level = typeof colours === 'number' ? colours : undefined;
    this.bytes = colours === ColourLevel.Medium ? 2 : 1;
    if (typeof colours === 'number') {
      this.palette = this.bytes === 2 ? new Uint8Array() : levelPalette(colours);
    } else {
      if (colours.length === 0 || colours.length > MAX_COLOURS * 4 || colours.length % 4 !== 0) {
        throw new SightlineError('bad-argument', `A palette has 1 to ${MAX_COLOURS} colours.`, {
          field: 'palette',
        });
      }
      this.palette = colours.slice();
    }
    const { width, height } = store.size;
    this.stride = Math.ceil((width * this.bytes) / ALIGNMENT) * ALIGNMENT;
    this.current = arena.take(this.stride * height);
    this.reference = arena.take(this.stride * height);
    this.#scratch = arena.take(CODES_SCRATCH_BYTES);
    this.#colours = arena.take(MAX_COLOURS * 4);
    this.#cache = arena.take(PALETTE_CACHE_BYTES);
  }

  attach(memory: WebAssembly.Memory, kernels: RecordingKernels): void {
    this.#kernels = kernels;
    // The last colour fills a group of four: a colour that is there twice is found at its first place.
    const bytes = new Uint8Array(memory.buffer, this.#colours, this.#colourCount * 4);
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = this.palette[Math.min(at, this.palette.length - 4 + (at & 3))] ?? 0;
    }
    kernels.startPaletteCache(this.#cache, this.#colours, this.#colourCount);
  }

  get #colourCount(): number {
    return Math.ceil(this.palette.length / 16) * 4;
  }

  /** Brings the codes up to date with the picture, where it is damaged. */
  update(): void {
    const { current, stride, size, boxes } = this.#store;
    const { width, height } = size;
    const kernels = this.#kernels!;
    if (this.#level === undefined) {
      const count = this.#colourCount;
      kernels.indexBoxes(
        current,
        stride,
        width,
        height,
        boxes,
        this.current,
        this.stride,
        this.#colours,
        count,
        this.#cache,
      );
    } else {
      kernels.codeBoxes(
        current,
        stride,
        width,
        height,
        boxes,
        this.current,
        this.stride,
        this.bytes,
        this.#level,
        this.#scratch,
      );
    }
  }

  /** Makes the reference's codes equal to the picture's: `update` reads the boxes, and so does this. */
  commit(): void {
    this.#kernels!.copyCodes(
      this.current,
      this.reference,
      this.stride,
      this.bytes,
      this.#store.columns,
      this.#store.tiles,
      this.#store.boxes,
    );
  }
}
