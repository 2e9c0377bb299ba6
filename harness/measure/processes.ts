/**
 * Relay and host in processes of their own, as they are in use: their CPU time can be told apart, and their event
 * loops do not wait for each other. They talk with the measuring process over Node's IPC channel.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Rect, SightlineError } from '../../codecs/index.js';
import type { HostStats } from '../../engine/index.js';
import type { MeasureSettings } from './settings.js';

/** What a child is asked. The answer has the same `ask`. */
export type Question = { readonly ask: 'figures' } | { readonly ask: 'hash'; readonly on: boolean };

export interface RelayReady {
  readonly ready: 'relay';
  readonly address: string;
  readonly transport: string;
  readonly reason: string;
}

export interface HostReady {
  readonly ready: 'host';
  /** Where clicking gives the focus to a text field, in the picture's pixels; absent without such a scene. */
  readonly textField?: Rect;
}

export interface Figures {
  readonly figures: true;
  /** CPU time of the process so far, user and system, microseconds. */
  readonly cpu: number;
  readonly host?: HostStats;
}

/** The MD5 of what a viewer of the measured level must hold of a frame. */
export interface FrameHash {
  readonly frame: number;
  readonly md5: string;
}

export interface HostTask {
  readonly settings: MeasureSettings;
  readonly relay: string;
  readonly token: string;
}

type Message = RelayReady | HostReady | Figures | FrameHash;

/** How long a child may take to start. */
const START_LIMIT_MS = 30_000;

export class MeasuredProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  /** Called with each hash that the host sends. */
  onHash: ((hash: FrameHash) => void) | undefined;
  #waiting: ((figures: Figures) => void)[] = [];

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
  }

  /** Starts `file` (a module beside this one) with a task as its argument; resolves when it says that it is ready. */
  static start<Ready extends RelayReady | HostReady>(
    name: 'relay' | 'host',
    file: string,
    task: unknown,
  ): Promise<{ process: MeasuredProcess; ready: Ready }> {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = new MeasuredProcess(name, child);
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(timer);
        child.kill();
        reject(
          new SightlineError('closed', `The ${name} process did not start: ${reason}.`, { field: name }),
        );
      };
      const timer = setTimeout(() => fail('it took too long'), START_LIMIT_MS);
      child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`));
      child.on('message', (message: Message) => {
        if ('ready' in message) {
          clearTimeout(timer);
          child.removeAllListeners('exit');
          resolve({ process: started, ready: message as Ready });
        } else if ('figures' in message) started.#waiting.shift()?.(message);
        else started.onHash?.(message);
      });
    });
  }

  figures(): Promise<Figures> {
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) {
        reject(
          new SightlineError('closed', `The ${this.#name} process stopped early.`, { field: this.#name }),
        );
        return;
      }
      this.#waiting.push(resolve);
      this.#child.send({ ask: 'figures' } satisfies Question);
    });
  }

  setHashing(on: boolean): void {
    this.#child.send({ ask: 'hash', on } satisfies Question);
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    if (this.#child.connected) this.#child.disconnect();
    await gone;
  }
}

// -- the child's side ---------------------------------------------------------------------------------------------

/** The task that this process was started with. */
export function childTask<T>(): T {
  return JSON.parse(process.argv[2] ?? 'null') as T;
}

export function tellParent(message: Message): void {
  // The channel may close while a message is on its way; the process is about to end then.
  if (process.connected) process.send?.(message, () => {});
}

/** Answers the parent's questions, and ends with it. */
export function serveParent(answer: {
  readonly host?: () => HostStats;
  readonly hash?: (on: boolean) => void;
  readonly stop: () => Promise<void>;
}): void {
  process.on('message', (question: Question) => {
    if (question.ask === 'hash') answer.hash?.(question.on);
    else {
      const { user, system } = process.cpuUsage();
      tellParent({ figures: true, cpu: user + system, ...(answer.host ? { host: answer.host() } : {}) });
    }
  });
  const stop = (): void => {
    void answer.stop().finally(() => process.exit());
  };
  process.once('disconnect', stop);
  // Ctrl-C goes to the whole group: the parent ends us in its own time.
  process.on('SIGINT', () => {});
}
