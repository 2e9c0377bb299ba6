/**
 * The processes of a capacity search. Each does one thing, and answers what it is asked over Node's IPC channel: it is
 * `told` to begin an interval, and asked for its figures at the end.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SightlineError } from '../../codecs/index.js';
import { ProcessMeter } from './meter.js';
import type { ProcessFigures } from './step.js';

/** How long a process may take to start on a machine that is full. */
const START_LIMIT_MS = 60_000;
/** One that does not end by itself is ended. */
const STOP_LIMIT_MS = 5_000;

interface Asked {
  readonly id: number;
  readonly question: unknown;
}

interface Answered {
  readonly id: number;
  readonly answer: unknown;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: SightlineError) => void;
}

/** Questions that every process answers. */
export type Interval = { readonly interval: 'begin' } | { readonly interval: 'end' };

export class Child<Ready> {
  /** What the process says when it is ready. Rejects with `SightlineError` `closed`. */
  readonly ready: Promise<Ready>;
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #isStopping = false;

  /** Starts `file`, a module beside this one, with a task for `childTask`. */
  constructor(name: string, file: string, task: unknown) {
    this.#name = name;
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.on('message', ({ id, answer }: Answered) => {
      this.#waiting.get(id)?.resolve(answer as never);
      this.#waiting.delete(id);
    });
    this.#gone = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        this.#fail(`ended with ${signal ?? code}`);
        resolve();
      });
    });
    // One that cannot even be started has no exit; nothing waits for what is never sent.
    this.#process.on('error', (error) => this.#fail(error.message));
    // The first answer, to no question, says that it is ready.
    const ready = new Promise<Ready>((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    const limit = setTimeout(() => this.#fail('did not start in time'), START_LIMIT_MS);
    this.ready = ready.finally(() => clearTimeout(limit));
    // Whoever waits for it hears of it; when nobody does any more it is no fault.
    this.ready.catch(() => {});
  }

  /** Rejects with `SightlineError` `closed` when the process ends before it answers. */
  ask<Answer>(question: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve, reject });
      if (this.#process.connected) this.#process.send({ id, question } satisfies Asked, () => {});
      else this.#fail('is gone');
    });
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      if (this.#process.connected) this.#process.disconnect();
      const limit = setTimeout(() => this.#process.kill('SIGKILL'), STOP_LIMIT_MS);
      void this.#gone.then(() => clearTimeout(limit));
    }
    if (this.#process.pid !== undefined) await this.#gone;
  }

  #fail(reason: string): void {
    const error = new SightlineError('closed', `The ${this.#name} process ${reason}.`, { field: this.#name });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

// -- the child's side ---------------------------------------------------------------------------------------------

/** The task that this process was started with. From here on the process ends with its parent. */
export function childTask<Task>(): Task {
  if (!process.connected) quit();
  process.once('disconnect', quit);
  return JSON.parse(process.argv[2] ?? 'null') as Task;
}

/** There is nothing to be put away yet. */
function quit(): never {
  process.exit();
}

export interface Service<Figures extends object> {
  /** What the parent hears first. */
  readonly ready: unknown;
  begin?(): void;
  /** What this process tells of an interval beside how it fared. */
  end?(): Figures;
  /** Answers what is asked beside intervals. */
  answer?(question: never): unknown;
  stop(): Promise<void> | void;
}

/** What a process answers at the end of an interval. */
export type IntervalFigures<Figures extends object = object> = Figures & { readonly process: ProcessFigures };

/** Says that this process is ready, answers its parent, and ends with it. */
export function serve<Figures extends object>(service: Service<Figures>): void {
  const meter = new ProcessMeter();
  const tell = (id: number, answer: unknown): void => {
    // The channel may close while a message is on its way; the process is about to end then.
    if (process.connected) process.send?.({ id, answer } satisfies Answered, () => {});
  };
  process.on('message', async ({ id, question }: Asked) => {
    const { interval } = question as Partial<Interval>;
    if (interval === 'begin') {
      service.begin?.();
      meter.begin();
      tell(id, {});
    } else if (interval === 'end') {
      const figures = meter.figures();
      tell(id, { ...service.end?.(), process: figures });
    } else tell(id, await service.answer?.(question as never));
  });
  const stop = (): void => {
    void Promise.resolve(service.stop()).finally(() => process.exit());
  };
  process.off('disconnect', quit);
  process.once('disconnect', stop);
  // Ctrl-C goes to the whole group: the parent ends us in its own time.
  process.on('SIGINT', () => {});
  // It may have gone while this process was loading.
  if (process.connected) tell(0, service.ready);
  else stop();
}
