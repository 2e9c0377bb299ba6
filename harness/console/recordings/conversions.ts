/** Conversions that run, each in a worker of its own, and those that have ended. */
import type { ConversionProgress } from '../../../engine/convert/index.js';
import type { Locale } from '../../messages/index.js';
import { pageFile } from '../page-files.js';
import type { Entry } from './library.js';
import type { ConversionWishes, FromPlayer, ReadFault, ToPlayer } from './playback/api.js';

export interface Conversion {
  readonly id: number;
  /** Of the video, with its ending. */
  readonly fileName: string;
  readonly phase: 'running' | 'done' | 'failed';
  readonly progress: ConversionProgress | undefined;
  /** Estimated wall time to its end, milliseconds; undefined while nobody can tell. */
  readonly timeLeft: number | undefined;
  /** Recorded time that is done in the same wall time: 10 is ten times as fast as it was recorded. */
  readonly speed: number | undefined;
  readonly file: Blob | undefined;
  readonly fault: ReadFault | undefined;
}

/** The part of a Worker that a conversion needs. */
export interface ConversionPort {
  postMessage(message: ToPlayer): void;
  terminate(): void;
}

/** Before so much wall time has passed, an estimate would jump about: milliseconds. */
const ESTIMATE_AFTER_MS = 400;

export class Conversions {
  readonly #start: (hear: (news: FromPlayer) => void) => ConversionPort;
  readonly #onChange: (changed: Conversion) => void;
  readonly #now: () => number;
  readonly #ports = new Map<number, ConversionPort>();
  #list: readonly Conversion[] = [];
  #nextId = 1;

  /** `now`: milliseconds, never going back. */
  constructor(
    start: (hear: (news: FromPlayer) => void) => ConversionPort,
    onChange: (changed: Conversion) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#start = start;
    this.#onChange = onChange;
    this.#now = now;
  }

  /** Oldest first. */
  get list(): readonly Conversion[] {
    return this.#list;
  }

  /** Whether closing the page would lose something. */
  get areRunning(): boolean {
    return this.#ports.size > 0;
  }

  /** `address`: the page's own; `locale`: of chapters and subtitles. */
  start(entry: Entry, wishes: ConversionWishes, address: string, locale: Locale): void {
    const id = this.#nextId++;
    const startedAt = this.#now();
    const port = this.#start((news) => this.#hear(id, startedAt, news));
    this.#ports.set(id, port);
    port.postMessage({
      kind: 'convert',
      file: entry.file,
      kernels: new URL(`/${pageFile('kernels.wasm')}`, address).href,
      coders: new URL(`/${pageFile('recording.wasm')}`, address).href,
      vp8: new URL(`/${pageFile('vp8.wasm')}`, address).href,
      wishes,
      locale,
    });
    const fileName = `${entry.name}.${wishes.container}`;
    const conversion: Conversion = {
      id,
      fileName,
      phase: 'running',
      progress: undefined,
      timeLeft: undefined,
      speed: undefined,
      file: undefined,
      fault: undefined,
    };
    this.#list = [...this.#list, conversion];
    this.#onChange(conversion);
  }

  /** Ends it, and leaves nothing of it; what has ended is taken off the list. */
  cancel(id: number): void {
    const port = this.#ports.get(id);
    if (port !== undefined) port.postMessage({ kind: 'cancel' });
    else this.#remove(id);
  }

  #hear(id: number, startedAt: number, news: FromPlayer): void {
    if (news.kind === 'converting') {
      const { progress } = news;
      this.#change(id, { progress, ...estimate(progress, this.#now() - startedAt) });
    } else if (news.kind === 'converted') {
      this.#end(id);
      this.#change(id, { phase: 'done', file: news.file });
    } else if (news.kind === 'fault') {
      this.#end(id);
      if (news.fault.code === 'closed') this.#remove(id);
      else this.#change(id, { phase: 'failed', fault: news.fault });
    }
  }

  #end(id: number): void {
    this.#ports.get(id)?.terminate();
    this.#ports.delete(id);
  }

  #remove(id: number): void {
    const removed = this.#list.find((one) => one.id === id);
    this.#list = this.#list.filter((one) => one.id !== id);
    if (removed !== undefined) this.#onChange(removed);
  }

  #change(id: number, change: Partial<Conversion>): void {
    this.#list = this.#list.map((one) => (one.id === id ? { ...one, ...change } : one));
    const changed = this.#list.find((one) => one.id === id);
    if (changed !== undefined) this.#onChange(changed);
  }
}

function estimate(
  { done, total }: ConversionProgress,
  passed: number,
): Pick<Conversion, 'timeLeft' | 'speed'> {
  if (done <= 0 || passed < ESTIMATE_AFTER_MS) return { timeLeft: undefined, speed: undefined };
  return { timeLeft: (passed * (total - done)) / done, speed: done / 1000 / passed };
}
