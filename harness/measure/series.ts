/** What happens over time, while samples count: at the end of each interval everybody is asked what has been used. */
import type { Clock, Micros } from '../../engine/index.js';
import type { Garbage, Health } from './health.js';
import type { Lab, Usage } from './lab.js';

export type Party = 'host' | 'relay' | 'viewers';
const PARTIES: readonly Party[] = ['host', 'relay', 'viewers'];

export type Columns = Readonly<Record<Party, readonly number[]>>;

/** A column holds a figure for each interval. */
export interface Series {
  /** Ends of the intervals, seconds since samples began to count. */
  readonly until: readonly number[];
  readonly phases: readonly { readonly phase: string; readonly from: number; readonly until: number }[];
  /** Shown by the measured viewer, and their bytes. */
  readonly frames: readonly number[];
  readonly bytes: readonly number[];
  /** Frames that the session's viewers showed, together. */
  readonly shownByAll: readonly number[];
  readonly cpuMs: Columns;
  /** Of processes; absent in virtual time, which has none. */
  readonly memoryMiB?: Columns;
  readonly loopDelayMs?: Columns;
  readonly garbageMs?: Columns;
}

/** What the measurement has counted so far. */
export interface Counted {
  readonly frames: number;
  readonly bytes: number;
  readonly shownByAll: number;
}

interface Sample extends Counted {
  readonly at: Micros;
  readonly usage: Usage;
}

/** Often enough for a curve, seldom enough to be no load. */
const SHORTEST: Micros = 250_000;

export class SeriesRecorder {
  readonly #lab: Lab;
  readonly #counted: () => Counted;
  readonly #interval: Micros;
  readonly #samples: Sample[] = [];
  readonly #phases: { phase: string; from: Micros; until: Micros }[] = [];
  #origin: Micros | undefined;
  #cancel: (() => void) | undefined;

  constructor(lab: Lab, interval: Micros, counted: () => Counted) {
    this.#lab = lab;
    this.#interval = Math.max(SHORTEST, interval);
    this.#counted = counted;
  }

  /** When samples began to count. */
  get origin(): Micros {
    return this.#origin ?? 0;
  }

  /** Garbage collections so far, on the lab's clock. */
  garbage(): { party: Party; garbage: Garbage }[] {
    return this.#samples.flatMap(({ usage: { health } }) =>
      PARTIES.flatMap((party) => (health?.[party].garbage ?? []).map((garbage) => ({ party, garbage }))),
    );
  }

  /** A phase's samples count from now on. Resolves with what was used before. */
  async begin(phase: string): Promise<Usage> {
    const usage = await this.#take();
    const now = this.#clock.now();
    this.#phases.push({ phase, from: now, until: now });
    this.#schedule();
    return usage;
  }

  /** The phase is over. Resolves with what has been used. */
  async end(): Promise<Usage> {
    this.#cancel?.();
    this.#cancel = undefined;
    const usage = await this.#take();
    this.#phases.at(-1)!.until = this.#clock.now();
    return usage;
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  series(): Series {
    const pairs = this.#samples.slice(1).map((after, i) => ({ before: this.#samples[i]!, after }));
    const seconds = (at: Micros): number => rounded((at - this.origin) / 1e6);
    const growth = (key: keyof Counted): number[] =>
      pairs.map(({ before, after }) => after[key] - before[key]);
    const columns = (of: (pair: (typeof pairs)[number], party: Party) => number): Columns => ({
      host: pairs.map((pair) => rounded(of(pair, 'host'))),
      relay: pairs.map((pair) => rounded(of(pair, 'relay'))),
      viewers: pairs.map((pair) => rounded(of(pair, 'viewers'))),
    });
    const healthy = (of: (health: Health) => number): Columns =>
      columns(({ after }, party) => of(after.usage.health![party]));
    return {
      until: pairs.map(({ after }) => seconds(after.at)),
      phases: this.#phases.map(({ phase, from, until }) => ({
        phase,
        from: seconds(from),
        until: seconds(until),
      })),
      frames: growth('frames'),
      bytes: growth('bytes'),
      shownByAll: growth('shownByAll'),
      cpuMs: columns(({ before, after }, party) => (after.usage.cpu[party] - before.usage.cpu[party]) / 1000),
      ...(this.#samples.every(({ usage }) => usage.health !== undefined)
        ? {
            memoryMiB: healthy(({ memory }) => memory / 2 ** 20),
            loopDelayMs: healthy(({ loopDelay }) => loopDelay / 1000),
            garbageMs: healthy(
              ({ garbage }) => garbage.reduce((sum, { duration }) => sum + duration, 0) / 1000,
            ),
          }
        : {}),
    };
  }

  get #clock(): Clock {
    return this.#lab.clock;
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(this.#interval, () => {
      this.#schedule();
      // A party that is gone is reported where the measurement itself asks.
      this.#take().catch(() => this.close());
    });
  }

  async #take(): Promise<Usage> {
    const usage = await this.#lab.usage();
    const at = this.#clock.now();
    this.#origin ??= at;
    this.#samples.push({ at, usage, ...this.#counted() });
    return usage;
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
