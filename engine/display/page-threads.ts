/**
 * Coder threads in a page: its workers. A thread is told what there is to work on once, and then woken by messages; it
 * answers each when the board is empty.
 */
import type { CoderThreadData, StartCoderThreads } from './coder-threads.js';
import { sliceWorker } from './slice-worker.js';

/** So many of the newest tasks are kept for figures. */
const KEPT = 256;

/** A worker as far as its threads need it; the DOM's `Worker` is one. */
export interface PageWorker {
  postMessage(message: CoderThreadData | 'code'): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** The other end of it: a worker's `self`. */
export interface PageWorkerScope {
  postMessage(answer: Answer): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

interface Answer {
  /** Time spent coding, milliseconds. */
  readonly took: number;
  readonly failed: boolean;
}

interface Thread {
  readonly worker: PageWorker;
  /** Settles what it was woken for. */
  answer: ((answer: Answer | undefined) => void) | undefined;
}

/** @param start Starts a worker whose script calls `codeInPage`. */
export function pageThreads(start: () => PageWorker): StartCoderThreads {
  return (data, count, onBroken) => {
    const threads: Thread[] = [];
    const waits: number[] = [];
    const runs: number[] = [];
    let tasks = 0;
    let isClosed = false;
    const close = () => {
      isClosed = true;
      for (const { worker, answer } of threads) {
        worker.terminate();
        answer?.(undefined);
      }
    };
    for (let i = 0; i < count; i++) {
      const worker = start();
      const thread: Thread = { worker, answer: undefined };
      worker.onmessage = ({ data: answer }: MessageEvent<Answer>) => thread.answer?.(answer);
      worker.onerror = () => {
        if (isClosed) return;
        close();
        onBroken();
      };
      worker.postMessage(data);
      threads.push(thread);
    }
    return {
      run() {
        const thread = threads.find(({ answer }) => answer === undefined);
        if (isClosed || thread === undefined) return Promise.reject(new Error('No thread is free.'));
        const since = performance.now();
        return new Promise((resolve, reject) => {
          thread.answer = (answer) => {
            thread.answer = undefined;
            if (answer === undefined || answer.failed) {
              reject(new Error('The thread has failed.'));
              return;
            }
            tasks++;
            keep(runs, answer.took);
            keep(waits, Math.max(0, performance.now() - since - answer.took));
            resolve();
          };
          thread.worker.postMessage('code');
        });
      },
      times: () => ({
        tasks,
        waitP50: quantile(waits, 0.5),
        waitP99: quantile(waits, 0.99),
        runP50: quantile(runs, 0.5),
        runP99: quantile(runs, 0.99),
      }),
      close: async () => close(),
    };
  };
}

/** Makes a worker a coder thread; its script does nothing else. */
export function codeInPage(scope: PageWorkerScope): void {
  let code: (() => number) | undefined;
  scope.onmessage = ({ data }: MessageEvent<CoderThreadData | 'code'>) => {
    if (data !== 'code') {
      code = sliceWorker(data);
      return;
    }
    const since = performance.now();
    let failed = false;
    try {
      code?.();
    } catch {
      // What it had taken is found unfinished, and coded again by who asked.
      failed = true;
    }
    scope.postMessage({ took: performance.now() - since, failed });
  };
}

function keep(list: number[], value: number): void {
  list.push(value);
  if (list.length > KEPT) list.shift();
}

/** 0 of nothing. */
function quantile(list: readonly number[], part: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
