/** The VP8 module's exports: one encoder to an instance, in a memory that it brings. */

/** Offsets and sizes are bytes in `memory` and are NOT checked here: call them through `Vp8Encoder`. */
export interface Vp8Kernels {
  readonly memory: WebAssembly.Memory;
  /** Lays out the memory for a picture; the answer is how many bytes it must have. */
  configure(width: number, height: number): number;
  /** Where `tableBytes()` belongs. */
  tables(): number;
  /** To be called when the tables are there and the memory is large enough. */
  prepare(): void;
  canvasAt(): number;
  canvasRowBytes(): number;
  markDirty(x: number, y: number, width: number, height: number): void;
  movesAt(): number;
  setMoves(count: number): void;
  /** Number of bytes at `outputAt`; `key` is 1 for a key frame, which it may become where 0 is asked. */
  encodeFrame(quantiser: number, key: number): number;
  /** 1 when the last frame is a key frame. */
  isKey(): number;
  outputAt(): number;
  pictureError(): number;
  planeAt(plane: number): number;
  planeRowBytes(plane: number): number;
}
