/** Threads that help to decode, in Node. A page has its own (harness/console/session/worker). */
import { Worker } from 'node:worker_threads';
import type { DecodeHelp } from '../../codecs/index.js';
import { builtFile } from '../artifacts.js';

/** Help for a `FrameDecoder`, which must be closed. The threads keep no process alive. */
export function decodeThreads(threads: number): DecodeHelp {
  return {
    threads,
    start(task, onLost) {
      const worker = new Worker(builtFile('engine', 'viewer', 'decode-thread.js'), { workerData: task });
      worker.unref();
      worker.on('error', onLost);
      worker.on('exit', onLost);
      return { end: () => void worker.terminate() };
    },
  };
}
