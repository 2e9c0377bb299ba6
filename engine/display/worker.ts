/** A thread of the coder pool: takes slices from the board until none is left. */
import { Piscina } from 'piscina';
import { encodeSlice, instantiateKernels, sliceJob } from '../../codecs/index.js';
import { CoderBoard, FAILED } from './coder-board.js';
import type { CoderThreadData } from './coder-pool.js';

const { module, memory, layout, board: buffer, timeModes } = Piscina.workerData as CoderThreadData;
const board = new CoderBoard(buffer, layout.slots);
const kernels = instantiateKernels(module, memory, timeModes ? () => performance.now() : undefined);
const coder = board.join();
if (coder > layout.workers)
  throw new Error(`Thread ${coder} of ${layout.workers} has no scratch of its own.`);

/** The task. The answer is the number of slices that it coded. */
export default function codeSlices(): number {
  let slices = 0;
  for (let slot = board.take(); slot !== -1; slot = board.take()) {
    let length = FAILED;
    try {
      const job = sliceJob(layout, board.coding(), slot, board.counts[slot]!, coder);
      length = encodeSlice(kernels, memory, job);
      slices++;
    } finally {
      board.finish(slot, length);
    }
  }
  return slices;
}
