/** Coder threads in Node. */
import { Piscina } from 'piscina';
import { builtFile } from '../artifacts.js';
import type { StartCoderThreads } from './coder-threads.js';

export const piscinaThreads: StartCoderThreads = (workerData, count, onBroken) => {
  const pool = new Piscina({
    filename: builtFile('engine', 'display', 'worker.js'),
    minThreads: count,
    maxThreads: count,
    atomics: 'sync',
    workerData,
  });
  pool.on('error', onBroken);
  return {
    run: () => pool.run(undefined),
    times() {
      const { waitTime, runTime } = pool.histogram;
      return {
        tasks: pool.completed,
        waitP50: waitTime.p50,
        waitP99: waitTime.p99,
        runP50: runTime.p50,
        runP99: runTime.p99,
      };
    },
    close: () => pool.destroy(),
  };
};
