/**
 * Threads that help one decoder. A slice is left for them while few wait; when the frame's last one is there, the
 * asking thread takes back what nobody has begun and waits for the rest, which is a slice for each thread at most.
 * It need not go back to its event loop for that, so a decoder with help is called like one without.
 */
import { decodeDesk, rectsAt } from './decode-desk.js';
import type { Rect, Size } from './geometry.js';
import { instantiateKernels, type Kernels } from './kernels.js';
import { DESK_BODY_BYTES, type DecoderLayout } from './layout.js';
import type { ColourLevel } from './levels.js';
import { SliceBoard } from './slice-board.js';

/** What a thread that helps is started with: plain data that any kind of worker can be sent. */
export interface HelpTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: DecoderLayout;
}

/** How threads are had: workers differ from place to place. */
export interface DecodeHelp {
  /** Threads beside the calling one. */
  readonly threads: number;
  /** A thread that keeps a slice for longer than this does not run any more, milliseconds; 2000 unless told. */
  readonly patience?: number;
  /** Starts a thread that calls `helpDecoding(task)`, and tells when it ends without having been asked to. */
  start(task: HelpTask, onLost: () => void): DecodeThread;
}

export interface DecodeThread {
  /** Ends the thread, whatever it does. */
  end(): void;
}

/** Desks per thread: one to decode at, one whose slice waits. */
export const DESKS_PER_THREAD = 2;
/** Shorter bodies take less time than waking a thread costs: bench/decisions/012. */
const LEAST_BODY_BYTES = 2048;
/** A slice takes milliseconds, on a machine with much else to do a hundred. */
const PATIENCE_MS = 2000;

/** All that a thread that helps does; returns when the decoder is closed. */
export function helpDecoding({ module, memory, layout }: HelpTask): void {
  const kernels = instantiateKernels(module, memory);
  const board = new SliceBoard(memory, layout);
  board.join();
  for (let seen = board.news; ; seen = board.news) {
    for (let desk = board.take(); desk !== -1; desk = board.take()) {
      board.finish(desk, decodeDesk(kernels, layout, desk, board.task(desk)));
    }
    if (!board.awaitNews(seen)) return;
  }
}

export class DecodeHelpers {
  readonly #kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #layout: DecoderLayout;
  readonly #board: SliceBoard;
  readonly #bodies: Uint8Array;
  readonly #threads: DecodeThread[] = [];
  readonly #patience: number;
  /** Desks that were left to the threads and have not been read. */
  #out: number[] = [];
  #touched: Rect[] = [];
  #fault: unknown;
  #isLost = false;
  #helped = 0;

  constructor(help: DecodeHelp, task: HelpTask, kernels: Kernels) {
    const { memory, layout } = task;
    this.#kernels = kernels;
    this.#memory = memory;
    this.#patience = help.patience ?? PATIENCE_MS;
    this.#layout = layout;
    this.#board = new SliceBoard(memory, layout);
    this.#bodies = new Uint8Array(memory.buffer, layout.body, layout.desks * DESK_BODY_BYTES);
    try {
      for (let thread = 0; thread < help.threads; thread++) {
        this.#threads.push(
          help.start(task, () => {
            this.#isLost = true;
          }),
        );
      }
    } catch {
      // No workers here, or no memory that could be shared with them.
      this.#isLost = true;
    }
  }

  /** Threads that help now. */
  get ready(): number {
    return this.#isLost ? 0 : this.#board.joined;
  }

  /** Whether a thread could not be started, has died or does not answer: none is asked any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Slices that were decoded by the threads. */
  get helped(): number {
    return this.#helped;
  }

  /** Leaves a slice without moves to the threads; false when it is better decoded at once. */
  offer(body: Uint8Array, level: ColourLevel, { width, height }: Size): boolean {
    if (body.length < LEAST_BODY_BYTES || this.ready === 0) return false;
    this.#collect();
    if (this.#board.waiting >= this.ready) return false;
    const desk = this.#board.free();
    if (desk === -1) return false;
    this.#bodies.set(body, desk * DESK_BODY_BYTES);
    this.#board.leave(desk, { length: body.length, level, width, height });
    this.#out.push(desk);
    return true;
  }

  /** Sees to it that nothing is left undone; false when a thread keeps its slice: it may yet write to the picture. */
  finish(): boolean {
    const board = this.#board;
    for (let desk = board.take(); desk !== -1; desk = board.take()) {
      board.finish(desk, decodeDesk(this.#kernels, this.#layout, desk, board.task(desk)));
      this.#helped--;
    }
    if (!this.#out.every((desk) => board.awaitDone(desk, this.#isLost ? 0 : this.#patience))) {
      this.#isLost = true;
      return false;
    }
    this.#collect();
    return true;
  }

  /** What the slices since the last call have touched, when `finish` has been called. @throws SightlineError */
  take(): readonly Rect[] {
    const touched = this.#touched;
    const fault = this.#fault;
    this.#touched = [];
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
    return touched;
  }

  /** Forgets what the slices since the last call have touched. */
  forget(): void {
    this.#touched = [];
    this.#fault = undefined;
  }

  /** Ends the threads. */
  close(): void {
    this.#isLost = true;
    this.#board.close();
    for (const thread of this.#threads) thread.end();
  }

  /** Reads the desks that are done. */
  #collect(): void {
    this.#out = this.#out.filter((desk) => {
      if (!this.#board.isDone(desk)) return true;
      try {
        this.#touched.push(...rectsAt(this.#memory, this.#layout, desk, this.#board.count(desk)));
      } catch (error) {
        this.#fault ??= error;
      }
      this.#board.release(desk);
      this.#helped++;
      return false;
    });
  }
}
