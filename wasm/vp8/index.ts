/**
 * Entry of the VP8 encoder: a module of its own, so that a page that only shows a session does not load it. It
 * keeps the state of one encoder in the memory that it brings; `codecs/vp8/` is its typed face.
 */
export { setMoves } from './candidates';
export { encodeFrame, isKey, markDirty, prepare } from './frame';
export { pictureError } from './pictures';
export { configure } from './state';
export { tables } from './tables';

import { MOVES } from './candidates';
import * as state from './state';

/** Where the picture goes, and its bytes from row to row. */
export function canvasAt(): usize {
  return state.canvas;
}

export function canvasRowBytes(): usize {
  return state.canvasStride;
}

/** Where the moves go: u32[6] each of x, y, width, height, and where it came from. */
export function movesAt(): usize {
  return MOVES;
}

/** Where the frame's bytes are. */
export function outputAt(): usize {
  return state.output;
}

/** The picture that a decoder shows: plane 0, 1 or 2, and its bytes from row to row. */
export function planeAt(plane: u32): usize {
  return state.work + (plane == 0 ? state.lumaAt : plane == 1 ? state.uAt : state.vAt);
}

export function planeRowBytes(plane: u32): usize {
  return plane == 0 ? state.lumaStride : state.chromaStride;
}
