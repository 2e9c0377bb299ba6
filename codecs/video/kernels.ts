/** The kernels of wasm/recording and how they are laid over a memory. Offsets and sizes are bytes. */
import type { Kernels } from '../kernels.js';

/** Offsets are NOT checked here: call through the encoders of this folder. */
export interface RecordingKernels
  extends Pick<
    Kernels,
    'applyLevel' | 'compareRect' | 'copyBoxes' | 'findMoves' | 'moveSearchBytes' | 'reduceSpan'
  > {
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
}

/** Bytes in front of data to be deflated that hold what went before. */
export const DEFLATE_WINDOW = 32768;

export function instantiateRecordingKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): RecordingKernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as RecordingKernels;
}
