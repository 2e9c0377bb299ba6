/** The kernels of wasm/recording and how they are laid over a memory. Offsets and sizes are bytes. */
import type { Kernels } from '../kernels.js';

/** Offsets are NOT checked here: call through the encoders of this folder. */
export interface RecordingKernels
  extends Pick<Kernels, 'compareRect' | 'copyBoxes' | 'findMoves' | 'moveSearchBytes'> {
  deflateStateBytes(): number;
  /** Most bytes that `size` bytes can become. */
  deflateBound(size: number): number;
  deflateReset(state: number): void;
  /** Bytes written; DEFLATE_WINDOW bytes before `data` are the stream's own. */
  deflateFrame(state: number, data: number, size: number, unit: number, target: number): number;
  zmbvKeyframe(
    picture: number,
    stride: number,
    width: number,
    height: number,
    pixelBytes: number,
    out: number,
  ): number;
  zmbvChange(
    picture: number,
    reference: number,
    stride: number,
    width: number,
    height: number,
    pixelBytes: number,
    boxes: number,
    vectors: number,
    count: number,
    out: number,
  ): number;
  /** Codes of the pixels in `boxes`, of 1 or 2 bytes, at a colour level. */
  codeBoxes(
    picture: number,
    stride: number,
    width: number,
    height: number,
    boxes: number,
    plane: number,
    planeStride: number,
    bytes: number,
    level: number,
    scratch: number,
  ): void;
  /** Begins a cache, all 0 before, for a palette of `count` colours. */
  startPaletteCache(cache: number, palette: number, count: number): void;
  /** The same by a palette of `count` colours, a multiple of 4, and its cache. */
  indexBoxes(
    picture: number,
    stride: number,
    width: number,
    height: number,
    boxes: number,
    plane: number,
    planeStride: number,
    palette: number,
    count: number,
    cache: number,
  ): void;
  copyCodes(
    from: number,
    to: number,
    stride: number,
    bytes: number,
    columns: number,
    tiles: number,
    boxes: number,
  ): void;
  mrleEncode(
    plane: number,
    shown: number,
    stride: number,
    width: number,
    height: number,
    boxes: number,
    keyframe: number,
    out: number,
  ): number;
  /** Bytes of scratch that `msvcEncode` takes. */
  msvcScratchBytes(width: number): number;
  msvcEncode(
    picture: number,
    decoded: number,
    stride: number,
    width: number,
    height: number,
    boxes: number,
    keyframe: number,
    bits: number,
    price: number,
    scratch: number,
    out: number,
  ): number;
}

/** Scratch of `codeBoxes`. */
export const CODES_SCRATCH_BYTES = (64 + 8) * 4;
/** Cache of `indexBoxes`. */
export const PALETTE_CACHE_BYTES = (2 << 18) + (8 << 12);
/** Bytes in front of data to be deflated that hold what went before. */
export const DEFLATE_WINDOW = 32768;

export function instantiateRecordingKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): RecordingKernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as RecordingKernels;
}
