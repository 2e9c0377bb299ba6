/** What a coder thread does, wherever it runs: takes slices from the board until none is left. */
import { encodeSlice, instantiateKernels, sliceJob } from '../../codecs/index.js';
import { CoderBoard, FAILED } from './coder-board.js';
import type { CoderThreadData } from './coder-threads.js';

/** Joins the board. The answer codes what is there, and says how many slices it coded; throws when one fails. */
export function sliceWorker({
  module,
  memory,
  layout,
  board: buffer,
  timeModes,
}: CoderThreadData): () => number {
  const board = new CoderBoard(buffer, layout.slots);
  const kernels = instantiateKernels(module, memory, timeModes ? () => performance.now() : undefined);
  const coder = board.join();
  if (coder > layout.workers)
    throw new Error(`Thread ${coder} of ${layout.workers} has no scratch of its own.`);
  return () => {
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
  };
}
