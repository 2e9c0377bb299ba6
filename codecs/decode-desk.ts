/** Decoding of the slice that lies at a desk (layout.ts), and reading of what the kernel answers. */
import { SightlineError } from './errors.js';
import { type Rect, strideOf } from './geometry.js';
import type { Kernels } from './kernels.js';
import { COUNTERS_BYTES, DECODE_SCRATCH_BYTES, DESK_BODY_BYTES, type DecoderLayout } from './layout.js';
import type { SliceTask } from './slice-board.js';

const BAD_TILE = -2;
/** Places in the scratch (wasm/tile-decode.ts). */
const FAULT_AT = 0;
const RECTS = 64 + 1024 + 1024 + 12288 + 64;
const RECT_WORDS = 4;

/**
 * The kernel's answer: the number of rectangles touched, or what `rectsAt` makes an error of. Only the places of desks
 * and picture are read from `layout`: it may be that of an earlier picture in the same memory.
 */
export function decodeDesk(kernels: Kernels, layout: DecoderLayout, desk: number, task: SliceTask): number {
  return kernels.decodeSlice(
    layout.body + desk * DESK_BODY_BYTES,
    task.length,
    layout.picture,
    strideOf(task.width),
    task.width,
    task.height,
    task.level,
    layout.scratch + desk * DECODE_SCRATCH_BYTES,
    layout.counters + desk * COUNTERS_BYTES,
  );
}

/** The rectangles that a desk's slice touched. @throws SightlineError `bad-slice` or `bad-tile`. */
export function rectsAt(
  memory: WebAssembly.Memory,
  layout: DecoderLayout,
  desk: number,
  count: number,
): readonly Rect[] {
  const scratch = layout.scratch + desk * DECODE_SCRATCH_BYTES;
  if (count < 0) {
    const offset = new DataView(memory.buffer).getUint32(scratch + FAULT_AT, true);
    throw count === BAD_TILE
      ? new SightlineError('bad-tile', `The tile at byte ${offset} of the slice is malformed.`, { offset })
      : new SightlineError('bad-slice', `The slice is malformed at byte ${offset}.`, { offset });
  }
  const words = new Uint16Array(memory.buffer, scratch + RECTS, count * RECT_WORDS);
  const rects: Rect[] = new Array(count);
  for (let index = 0; index < count; index++) {
    const word = index * RECT_WORDS;
    rects[index] = {
      x: words[word]!,
      y: words[word + 1]!,
      width: words[word + 2]!,
      height: words[word + 3]!,
    };
  }
  return rects;
}
