/** A thread of the coder pool, in Node. */
import { Piscina } from 'piscina';
import type { CoderThreadData } from './coder-threads.js';
import { sliceWorker } from './slice-worker.js';

/** The task. The answer is the number of slices that it coded. */
export default sliceWorker(Piscina.workerData as CoderThreadData);
