/**
 * What the coder pool needs of threads. There are two makers: piscina in Node (`piscina-threads.ts`), and a page's workers
 * (`page-threads.ts`).
 */
import type { EncoderLayout } from '../../codecs/index.js';

/** What a thread is started with. All of it can be handed to a thread: the memory and the board are shared. */
export interface CoderThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: EncoderLayout;
  readonly board: SharedArrayBuffer;
  /** Whether modes are timed. */
  readonly timeModes: boolean;
}

/** Waiting and working apart, milliseconds. */
export interface ThreadTimes {
  readonly tasks: number;
  readonly waitP50: number;
  readonly waitP99: number;
  readonly runP50: number;
  readonly runP99: number;
}

export interface CoderThreads {
  /** Wakes a thread, which takes slices until the board has none; resolves then, and rejects when it fails. */
  run(): Promise<void>;
  times(): ThreadTimes;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}

/** Starts `count` threads; `onBroken` is told once one of them has died. */
export type StartCoderThreads = (data: CoderThreadData, count: number, onBroken: () => void) => CoderThreads;
