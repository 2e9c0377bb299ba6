/**
 * Zip Motion Blocks Video (ZMBV), the capture codec of DOSBox: exact, read by ffmpeg, VLC, mpv and, with DOSBox's
 * driver, by Windows' old players. Frames are described in wasm/recording/zmbv.ts.
 */

import { Arena } from '../arena.js';
import type { Move, Picture, Size } from '../geometry.js';
import { createSharedMemory } from '../kernels.js';
import { ColourLevel } from '../levels.js';
import { CodePlane } from './code-plane.js';
import type { EncodedPicture, PictureChange, VideoEncoder } from './encoder.js';
import { DEFLATE_WINDOW, instantiateRecordingKernels, type RecordingKernels } from './kernels.js';
import { MotionHints } from './motion-hints.js';
import { PictureStore } from './picture-store.js';

const KEYFRAME = 1;
/** Version 0.1, deflated. */
const VERSION = [0, 1];
const DEFLATED = 1;
/** Side of a block, as in the kernel. */
const BLOCK = 16;
/** Flags, and the rest of a keyframe's header. */
const HEADER_BYTES = 7;
/** Numbers of the pixel formats, by bits. */
const FORMATS = { 8: 4, 16: 6, 32: 8 } as const;
const PALETTE_BYTES = 768;

export interface ZmbvOptions {
  /**
   * Bits of a pixel: 32 (exact) unless said otherwise; 16 is RGB565, exact at colour level medium; 8 is exact for the
   * colours of `palette`.
   */
  readonly bits?: 8 | 16 | 32;
  /** B, G, R, 0 for each of up to 256 colours; without it, those of level low. For 8 bits. */
  readonly palette?: Uint8Array;
}

export class ZmbvEncoder implements VideoEncoder {
  readonly codec = 'zmbv';
  readonly fourcc = 'ZMBV';
  readonly codecId = 'V_MS/VFW/FOURCC';
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly extraData = new Uint8Array();
  readonly size: Size;
  readonly #store: PictureStore;
  /** What is coded instead of the pixels, of fewer than 32 bits. */
  readonly #plane: CodePlane | undefined;
  readonly #hints: MotionHints;
  readonly #kernels: RecordingKernels;
  readonly #state: number;
  readonly #data: number;
  readonly #out: number;
  readonly #bytes: Uint8Array;
  #first = true;

  /** `module` is the compiled wasm/recording. */
  constructor(module: WebAssembly.Module, size: Size, options: ZmbvOptions = {}) {
    const { bits = 32, palette } = options;
    this.bitsPerPixel = bits;
    const probe = instantiateRecordingKernels(module, createSharedMemory(0));
    const arena = new Arena();
    this.#store = new PictureStore(size, arena);
    this.size = this.#store.size;
    const { width, height } = this.size;
    if (bits < 32) {
      const colours = bits === 16 ? ColourLevel.Medium : (palette ?? ColourLevel.Low);
      this.#plane = new CodePlane(this.#store, arena, colours);
    }
    this.#hints = new MotionHints(this.#store, arena, probe);
    this.#state = arena.take(probe.deflateStateBytes());
    const pixels = width * height * this.#pixelBytes + PALETTE_BYTES;
    const most = pixels + 2 * Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK) + 4;
    this.#data = arena.take(DEFLATE_WINDOW + most) + DEFLATE_WINDOW;
    this.#out = arena.take(HEADER_BYTES + probe.deflateBound(most));
    const memory = createSharedMemory(arena.end);
    this.#kernels = instantiateRecordingKernels(module, memory);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#store.attach(memory, this.#kernels);
    this.#plane?.attach(memory, this.#kernels);
    this.#hints.attach(memory, this.#kernels);
  }

  /** A place for the next picture that need not be copied from. */
  get picture(): Picture {
    return this.#store.picture;
  }

  get #pixelBytes(): number {
    return this.bitsPerPixel / 8;
  }

  encode(picture: Picture, change: PictureChange, keyframe: boolean): EncodedPicture {
    const store = this.#store;
    const key = keyframe || this.#first;
    const changed = store.load(picture, this.#first ? undefined : change.damage);
    if (this.#first) store.damageAll();
    this.#first = false;
    if (!key && changed === 0) return { bytes: this.#bytes.subarray(0, 0), keyframe: false };
    this.#plane?.update();
    return key ? this.#keyframe() : this.#change(changed, change.moves);
  }

  #keyframe(): EncodedPicture {
    const kernels = this.#kernels;
    const { size } = this.#store;
    const { current, stride } = this.#plane ?? this.#store;
    kernels.deflateReset(this.#state);
    const format = FORMATS[this.bitsPerPixel];
    this.#bytes.set([KEYFRAME, ...VERSION, DEFLATED, format, BLOCK, BLOCK], this.#out);
    const palette = this.#putPalette();
    const { width, height } = size;
    const at = this.#data + palette;
    const length = kernels.zmbvKeyframe(current, stride, width, height, this.#pixelBytes, at);
    return this.#finish(palette + length, HEADER_BYTES, true);
  }

  /** The palette as R, G, B in front of the pixels; the answer is its bytes. */
  #putPalette(): number {
    const palette = this.#plane?.palette;
    if (palette === undefined || palette.length === 0) return 0;
    this.#bytes.fill(0, this.#data, this.#data + PALETTE_BYTES);
    for (let colour = 0; colour < palette.length / 4; colour++) {
      const [blue, green, red] = palette.subarray(colour * 4, colour * 4 + 3);
      this.#bytes.set([red!, green!, blue!], this.#data + colour * 3);
    }
    return PALETTE_BYTES;
  }

  #change(changedTiles: number, moves: readonly Move[] | undefined): EncodedPicture {
    const { size, boxes } = this.#store;
    const { current, reference, stride } = this.#plane ?? this.#store;
    const vectors = this.#hints.find(changedTiles, moves);
    this.#bytes[this.#out] = 0;
    const length = this.#kernels.zmbvChange(
      current,
      reference,
      stride,
      size.width,
      size.height,
      this.#pixelBytes,
      boxes,
      this.#hints.vectors,
      vectors,
      this.#data,
    );
    return this.#finish(length, 1, false);
  }

  #finish(length: number, header: number, keyframe: boolean): EncodedPicture {
    const out = this.#out;
    // Neighbouring pixels of a whole picture often share some of their bytes; differences repeat as whole pixels.
    const unit = keyframe ? 1 : this.#pixelBytes;
    const deflated = this.#kernels.deflateFrame(this.#state, this.#data, length, unit, out + header);
    this.#plane?.commit();
    this.#store.commit();
    return { bytes: this.#bytes.subarray(out, out + header + deflated), keyframe };
  }
}
