/**
 * What a report of the running session is made of: every sample of the last ten minutes, with its stages where it is a
 * frame's. In the shape of the reports of `sightline measure`, as one run whose pieces of time are pieces of these minutes.
 */
import type { Clock, Micros } from '../../../../engine/clock.js';
import type { LatencySample } from '../../../../engine/viewer/index.js';
import { BLOCKS, figuresOf, PhaseTime, SampleSet } from '../../../measure/blocks.js';
import { STAGE_KINDS } from '../../../measure/stage-kinds.js';
import type { Distribution } from '../../../reports/index.js';
import { LIVE_PHASE } from '../../../reports/phases.js';
import { LAB_STAGES, type LabRun } from '../lab-api.js';
import { histogramText } from './histogram-text.js';

/** Older samples are forgotten: some megabytes at 60 frames a second. */
const KEPT: Micros = 600_000_000;
/** Slow samples that a report explains. */
const SPIKES = 8;

export class LabRecorder {
  readonly #clock: Clock;
  readonly #began: Micros;
  readonly #channels = new Map<string, Recent>();
  /** A frame's bytes, and for each stage what it took. */
  readonly #frames = new Recent();
  readonly #stages = LAB_STAGES.map(() => new Recent());
  #clockError: Micros = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
  }

  sample({ channel, latency, error }: LatencySample): void {
    let samples = this.#channels.get(channel);
    if (samples === undefined) {
      samples = new Recent();
      this.#channels.set(channel, samples);
    }
    samples.add(this.#clock.now(), latency);
    this.#clockError = Math.max(this.#clockError, error);
  }

  /** A frame is on the canvas. */
  frame(bytes: number): void {
    this.#frames.add(this.#clock.now(), bytes);
  }

  /** A frame that shows something new has spent so long in its stages, in the order of `LAB_STAGES`. */
  stages(times: readonly Micros[]): void {
    const now = this.#clock.now();
    for (const [index, stage] of this.#stages.entries()) stage.add(now, times[index]!);
  }

  /** A report's run of what is kept. */
  async run(): Promise<LabRun> {
    const now = this.#clock.now();
    const from = Math.max(this.#began, now - KEPT);
    for (const kept of [...this.#channels.values(), this.#frames, ...this.#stages]) kept.forget(from);
    const seconds = Math.max(1, now - from) / 1e6;
    const time = new PhaseTime();
    time.begin(from, seconds);
    // Nothing is waited for before all is counted: samples go on coming.
    const channels = [...this.#channels].map(([name, samples]) => [name, samples.set(time)] as const);
    const stages = this.#stages.map((samples) => samples.set(time));
    const spikes = this.#slowest(from);
    const frames = new Array<number>(BLOCKS).fill(0);
    const bytes = new Array<number>(BLOCKS).fill(0);
    for (const [at, size] of this.#frames.entries()) {
      frames[time.blockAt(at)]! += 1;
      bytes[time.blockAt(at)]! += size;
    }
    const count = this.#frames.length;
    const clockErrorMs = this.#clockError / 1000;
    return {
      channels: Object.fromEntries(
        await Promise.all(channels.map(async ([name, set]) => [name, await figures(set)] as const)),
      ),
      stages: {
        display: await Promise.all(
          LAB_STAGES.map(async (stage, index) => ({
            stage,
            kind: STAGE_KINDS[stage],
            ...(await figures(stages[index]!)),
          })),
        ),
      },
      clockErrorMs,
      frames: count,
      framesPerSecond: Math.round((count / seconds) * 10) / 10,
      bytesPerFrame: Math.round(bytes.reduce((sum, more) => sum + more, 0) / Math.max(1, count)),
      series: {
        until: frames.map((_, block) => milli(((block + 1) * seconds * 1e3) / BLOCKS)),
        phases: [{ phase: LIVE_PHASE, from: 0, until: milli(seconds * 1e3) }],
        frames,
        bytes,
      },
      spikes: { display: spikes },
    };
  }

  #slowest(from: Micros): LabRun['spikes'][string] {
    const starts = [...this.#stages[0]!.entries()].map(([at], index) => {
      const times = this.#stages.map((stage) => stage.at(index));
      const latency = times.reduce((sum, spent) => sum + spent, 0);
      return { at: at - latency, latency, times };
    });
    starts.sort((one, other) => other.latency - one.latency);
    return starts.slice(0, SPIKES).map(({ at, latency, times }) => ({
      at: milli(Math.max(0, at - from) / 1e3),
      latencyMs: milli(latency),
      stages: LAB_STAGES.map((stage, index) => ({ stage, ms: milli(times[index]!) })),
      garbage: [],
    }));
  }
}

/** Figures of the last minutes, oldest first. */
class Recent {
  readonly #at: Micros[] = [];
  readonly #values: number[] = [];

  get length(): number {
    return this.#values.length;
  }

  add(at: Micros, value: number): void {
    this.#at.push(at);
    this.#values.push(value);
    // Half of it at a time: nothing is moved for each sample.
    if (this.#at[this.#at.length >> 1]! < at - KEPT) this.forget(at - KEPT);
  }

  /** What was before. */
  forget(before: Micros): void {
    const first = this.#at.findIndex((at) => at >= before);
    const old = first < 0 ? this.#at.length : first;
    this.#at.splice(0, old);
    this.#values.splice(0, old);
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  *entries(): Generator<readonly [at: Micros, value: number]> {
    for (const [index, at] of this.#at.entries()) yield [at, this.#values[index]!];
  }

  set(time: PhaseTime): SampleSet {
    const set = new SampleSet();
    for (const [at, value] of this.entries()) set.add(time.blockAt(at), value);
    return set;
  }
}

async function figures(set: SampleSet): Promise<Distribution> {
  const { all, blocks } = set.histograms();
  return figuresOf(all, await histogramText(all), await Promise.all(blocks.map(histogramText)));
}

/** Thousandths, of figures that are a thousand times as great. */
function milli(value: number): number {
  return Math.round(value) / 1000;
}
