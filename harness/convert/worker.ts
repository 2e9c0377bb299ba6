/** A thread that converts one file at a time. */
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { type PlainError, SightlineError } from '../../codecs/index.js';
import type { ConversionModules, ConversionProgress, ConversionSummary } from '../../engine/index.js';
import { type ConversionJob, convertFile } from './file.js';

export interface WorkerTask {
  readonly job: ConversionJob;
  /** Progress goes out; any message that comes in cancels. */
  readonly port: MessagePort;
}

export type WorkerAnswer =
  | { readonly summary: Omit<ConversionSummary, 'fault'> }
  | { readonly error: PlainError };

/** Progress is told so often, in milliseconds: as a person can follow. */
const PROGRESS_INTERVAL_MS = 100;

export default async function convert({ job, port }: WorkerTask): Promise<WorkerAnswer> {
  const cancelled = new AbortController();
  port.on('message', () => cancelled.abort());
  let told = 0;
  const tell = (progress: ConversionProgress): void => {
    const now = performance.now();
    if (now - told < PROGRESS_INTERVAL_MS) return;
    told = now;
    port.postMessage(progress);
  };
  try {
    const modules = Piscina.workerData as ConversionModules;
    const { fault: _fault, ...summary } = await convertFile(job, modules, cancelled.signal, tell);
    return { summary };
  } catch (error) {
    if (error instanceof SightlineError) return { error: error.toPlain() };
    // What the system refuses (a full disk) is told like a fault of ours; a bug keeps its stack.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    return { error: { code: 'refused', message: error.message } };
  } finally {
    port.close();
  }
}
