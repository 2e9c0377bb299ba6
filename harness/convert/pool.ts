/** Converts many files at once, one on each thread. Node only. */
import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { SightlineError } from '../../codecs/index.js';
import {
  builtFile,
  type ConversionModules,
  type ConversionProgress,
  type ConversionSummary,
  loadKernelModule,
  loadRecordingModule,
  loadVp8Module,
} from '../../engine/index.js';
import type { ConversionJob } from './file.js';
import type { WorkerAnswer, WorkerTask } from './worker.js';

export type ConversionOutcome =
  | { readonly job: ConversionJob; readonly summary: Omit<ConversionSummary, 'fault'> }
  | { readonly job: ConversionJob; readonly error: SightlineError };

export interface PoolOptions {
  /** Conversions at a time: as many as there are cores unless told. */
  readonly threads?: number;
  /** Cancels all. */
  readonly signal: AbortSignal;
  readonly onProgress?: (job: ConversionJob, progress: ConversionProgress) => void;
  readonly onDone?: (outcome: ConversionOutcome) => void;
}

/** Resolves when all are done, in the order of the jobs; what goes wrong with one does not stop the others. */
export async function convertFiles(
  jobs: readonly ConversionJob[],
  options: PoolOptions,
): Promise<ConversionOutcome[]> {
  const workerData: ConversionModules = {
    decode: await loadKernelModule(),
    recording: await loadRecordingModule(),
    vp8: await loadVp8Module(),
  };
  const maxThreads = Math.max(1, Math.min(jobs.length, options.threads ?? availableParallelism()));
  const pool = new Piscina({
    filename: builtFile('harness', 'convert', 'worker.js'),
    minThreads: maxThreads,
    maxThreads,
    workerData,
  });
  try {
    return await Promise.all(
      jobs.map(async (job) => {
        const outcome = await runJob(pool, job, options);
        options.onDone?.(outcome);
        return outcome;
      }),
    );
  } finally {
    await pool.destroy();
  }
}

async function runJob(pool: Piscina, job: ConversionJob, options: PoolOptions): Promise<ConversionOutcome> {
  const { port1, port2 } = new MessageChannel();
  const cancel = (): void => port1.postMessage('cancel');
  port1.on('message', (progress: ConversionProgress) => options.onProgress?.(job, progress));
  options.signal.addEventListener('abort', cancel);
  if (options.signal.aborted) cancel();
  try {
    const task: WorkerTask = { job, port: port2 };
    const answer = (await pool.run(task, { transferList: [port2] })) as WorkerAnswer;
    if ('summary' in answer) return { job, summary: answer.summary };
    return { job, error: SightlineError.fromPlain(answer.error) };
  } catch (cause) {
    const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { job, error: new SightlineError('internal', message, { cause }) };
  } finally {
    options.signal.removeEventListener('abort', cancel);
    port1.close();
  }
}
