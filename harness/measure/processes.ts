/**
 * Relay and host in processes of their own, as they are in use: their CPU time can be told apart, and their event
 * loops do not wait for each other. They talk with the measuring process over Node's IPC channel.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Rect, SightlineError } from '../../codecs/index.js';
import {
  type HostStats,
  type HostTrace,
  type Micros,
  type OffsetEstimate,
  type RelayTrace,
  systemClock,
} from '../../engine/index.js';
import { ClockOffset } from '../../engine/viewer/index.js';
import { type Health, HealthProbe } from './health.js';
import type { MeasureSettings } from './settings.js';

/** What a child is asked. */
export type Question =
  | { readonly ask: 'figures' }
  | { readonly ask: 'traces' }
  | { readonly ask: 'time'; readonly askedAt: Micros }
  | { readonly ask: 'hash'; readonly on: boolean }
  | { readonly ask: 'bulk-start'; readonly doors: BulkDoors; readonly windowBytes: number }
  | { readonly ask: 'bulk-end' };

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

export interface LinksReady {
  readonly ready: 'links';
  /** Of each line, in the task's order. */
  readonly ports: readonly PartyPorts[];
}

/** The ports at a party's end of its line. */
export interface PartyPorts {
  readonly relay: number;
  /** Where the file's door is reached, if the task has one for this line. */
  readonly bulk?: number;
}

export interface BulkReady {
  readonly ready: 'bulk';
  readonly doors: BulkDoors;
}

/** Ports through which the two ends of a file meet. */
export interface BulkDoors {
  readonly technician: number;
  readonly host: number;
}

/** What has become of the file. */
export interface BulkEnded {
  readonly bulkBytesPerSecond: number;
}

export interface Figures {
  readonly figures: true;
  /** CPU time of the process so far, user and system, microseconds. */
  readonly cpu: number;
  readonly health: Health;
  readonly host?: HostStats;
  readonly fileWait?: Micros;
}

/** What the child can tell of frames and events since it was asked last. */
export interface Told {
  readonly traces: true;
  readonly hostTraces?: readonly HostTrace[];
  readonly relayTraces?: readonly RelayTrace[];
}

/** What time it is there. */
export interface TimeAnswer {
  readonly askedAt: Micros;
  readonly answeredAt: Micros;
}

/** The hash of what a viewer of the measured level must hold of a frame: MD5, for a page SHA-256. */
export interface FrameHash {
  readonly frame: number;
  readonly hash: string;
}

export interface HostTask {
  readonly settings: MeasureSettings;
  /** Where the file is that is shown; scenes are shown unless given. */
  readonly replay?: string;
  readonly relay: string;
  readonly token: string;
}

/** The lines before a server on a port of 127.0.0.1. */
export interface LinkTask {
  readonly target: number;
  /** `bulk`: the port of a door for a file that goes over this line, too. */
  readonly lines: readonly { readonly words: string; readonly seed: number; readonly bulk?: number }[];
}

type Ready = RelayReady | HostReady | LinksReady | BulkReady;
type Message = Ready | Figures | Told | TimeAnswer | FrameHash | BulkEnded;

/** The children's clocks are asked for in bursts: one question in each finds nothing in its way. */
const TIME_BURST = 8;
const TIME_PERIOD_MS = 2_000;
/** How long a child may take to start. */
const START_LIMIT_MS = 30_000;

export class MeasuredProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  /** Called with each hash that the host sends. */
  onHash: ((hash: FrameHash) => void) | undefined;
  #figures: ((figures: Figures) => void)[] = [];
  #told: ((told: Told) => void)[] = [];
  #bulkEnded: ((ended: BulkEnded) => void)[] = [];
  readonly #offset = new ClockOffset();
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
  }

  /** Starts `file` (a module beside this one) with a task as its argument; resolves when it says that it is ready. */
  static start<R extends Ready>(
    name: R['ready'],
    file: string,
    task: unknown,
  ): Promise<{ process: MeasuredProcess; ready: R }> {
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
          resolve({ process: started, ready: message as R });
          started.#askTime();
        } else started.#receive(message);
      });
    });
  }

  figures(): Promise<Figures> {
    return this.#ask({ ask: 'figures' }, this.#figures);
  }

  traces(): Promise<Told> {
    return this.#ask({ ask: 'traces' }, this.#told);
  }

  /** This process's clock minus the child's. */
  offset(): OffsetEstimate {
    return this.#offset.estimate(systemClock.now()) ?? { offset: 0, error: Number.POSITIVE_INFINITY };
  }

  setHashing(on: boolean): void {
    this.#tell({ ask: 'hash', on });
  }

  startBulk(doors: BulkDoors, windowBytes: number): void {
    this.#tell({ ask: 'bulk-start', doors, windowBytes });
  }

  endBulk(): Promise<BulkEnded> {
    return this.#ask({ ask: 'bulk-end' }, this.#bulkEnded);
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    clearInterval(this.#timer);
    if (this.#child.connected) this.#child.disconnect();
    await gone;
  }

  #ask<Answer>(question: Question, waiting: ((answer: Answer) => void)[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) {
        reject(
          new SightlineError('closed', `The ${this.#name} process stopped early.`, { field: this.#name }),
        );
        return;
      }
      waiting.push(resolve);
      this.#tell(question);
    });
  }

  #tell(question: Question): void {
    // A child that ends takes its channel with it.
    if (this.#child.connected) this.#child.send(question, () => {});
  }

  #askTime(): void {
    const ask = (): void => {
      for (let count = 0; count < TIME_BURST; count++)
        this.#tell({ ask: 'time', askedAt: systemClock.now() });
    };
    ask();
    this.#timer = setInterval(ask, TIME_PERIOD_MS);
    this.#timer.unref();
  }

  #receive(message: Exclude<Message, Ready>): void {
    if ('figures' in message) this.#figures.shift()?.(message);
    else if ('traces' in message) this.#told.shift()?.(message);
    else if ('bulkBytesPerSecond' in message) this.#bulkEnded.shift()?.(message);
    else if ('answeredAt' in message) {
      this.#offset.add(message.askedAt, message.answeredAt, systemClock.now());
    } else this.onHash?.(message);
  }
}

// -- the child's side ---------------------------------------------------------------------------------------------

/** The task that this process was started with. */
export function childTask<T>(): T {
  return JSON.parse(process.argv[2] ?? 'null') as T;
}

/** What has gathered, and nothing is left of it. */
export function takeAll<T>(gathered: T[]): T[] {
  return gathered.splice(0);
}

export function tellParent(message: Message): void {
  // The channel may close while a message is on its way; the process is about to end then.
  if (process.connected) process.send?.(message, () => {});
}

/** Answers the parent's questions, and ends with it. */
export function serveParent(answer: {
  readonly host?: () => Pick<Figures, 'host' | 'fileWait'>;
  readonly hash?: (on: boolean) => void;
  readonly bulk?: {
    readonly start: (doors: BulkDoors, windowBytes: number) => void;
    /** Tells its bytes per second. */
    readonly end: () => number;
  };
  readonly traces: () => Omit<Told, 'traces'>;
  readonly stop: () => Promise<void>;
}): void {
  const health = new HealthProbe();
  process.on('message', (question: Question) => {
    switch (question.ask) {
      case 'hash':
        answer.hash?.(question.on);
        return;
      case 'bulk-start':
        answer.bulk?.start(question.doors, question.windowBytes);
        return;
      case 'bulk-end':
        tellParent({ bulkBytesPerSecond: answer.bulk?.end() ?? 0 });
        return;
      case 'time':
        tellParent({ askedAt: question.askedAt, answeredAt: systemClock.now() });
        return;
      case 'traces':
        tellParent({ traces: true, ...answer.traces() });
        return;
      case 'figures': {
        const { user, system } = process.cpuUsage();
        const figures = { figures: true, cpu: user + system, health: health.take() } as const;
        tellParent({ ...figures, ...answer.host?.() });
      }
    }
  });
  const stop = (): void => {
    void answer.stop().finally(() => process.exit());
  };
  process.once('disconnect', stop);
  // Ctrl-C goes to the whole group: the parent ends us in its own time.
  process.on('SIGINT', () => {});
}
