/**
 * What is loaded: a relay, hosts and viewers in processes of their own on this machine. It keeps what it has from one
 * number to the next, and starts or ends only what is more or less.
 */
import { randomBytes } from 'node:crypto';
import { cpus, freemem } from 'node:os';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js/dist/encoding.js';
import { SightlineError } from '../../codecs/index.js';
import { formatAddress, LatencyHistogram, type Micros } from '../../engine/index.js';
import { histogramText } from '../histogram-text.js';
import { Child, type IntervalFigures } from './child.js';
import type { HostPlace, HostReady, HostTask } from './host-process.js';
import { Lines } from './lines.js';
import { cpuTimes, type MachineTimes, machineFigures } from './machine-load.js';
import type { RelayInterval, RelayReady, RelayTask } from './relay-process.js';
import type { CapacitySettings } from './settings.js';
import type { PartyFigures, PartyName, StepFigures } from './step.js';
import type { Target, ViewersInterval, ViewersTask, Watch, Watched } from './viewers-process.js';

export type StepPhase = 'start' | 'warmup' | 'measure';

/** What a search asks: a real system, or a made-up one. */
export interface CapacitySystem {
  /** Rejects with the signal's reason once it is aborted. */
  measure(count: number, signal: AbortSignal, onPhase: (phase: StepPhase) => void): Promise<StepFigures>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

/** Viewers of one process: so few that their loops do not wait for each other long. */
const VIEWERS_PER_PROCESS = { decoding: 4, acknowledging: 32 };
/** A host that codes has a process for itself, as it has a machine for itself in use. */
const HOSTS_PER_PROCESS = { coding: 1, prepared: 16 };
/** Processes of hosts that start at the same time: each fills a core while it does. */
const STARTS_AT_ONCE = 4;
/** Until every viewer has a first picture. */
const PICTURE_LIMIT: Micros = 60_000_000;
/** A 99th percentile of fewer latencies is only the worst of them. */
const ENOUGH_SAMPLES = 200;
/** Until there are enough, a step takes so many times its duration at most. */
const LONGEST = 4;
/** What is left to everybody else. A host of a 4K desktop takes less. */
const MEMORY_RESERVE = 768 * 1024 * 1024;

/** Some hosts in one process: as many as one takes, whether they are watched or not. */
interface HostBlock {
  readonly child: Child<HostReady>;
  readonly tokens: readonly string[];
}

export class RealSystem implements CapacitySystem {
  readonly transport: { readonly name: string; readonly reason: string };
  readonly #settings: CapacitySettings;
  /** Where the file is that hosts show. */
  readonly #replay: string | undefined;
  readonly #children: Set<Child<unknown>>;
  readonly #relay: Child<RelayReady>;
  readonly #lines: Lines;
  readonly #links: Child<unknown>[] = [];
  readonly #hosts: HostBlock[] = [];
  readonly #viewers: Child<unknown>[] = [];
  #isClosed = false;

  /** Rejects with `SightlineError`; leaves no process behind then. */
  static async open(settings: CapacitySettings, replay?: string): Promise<RealSystem> {
    const sessions = settings.counted === 'sessions' ? settings.max : 1;
    const task: RelayTask = { transport: settings.transport, sessions };
    const relay = new Child<RelayReady>('relay', './relay-process.js', task);
    try {
      return new RealSystem(settings, replay, relay, await relay.ready);
    } catch (error) {
      await relay.stop();
      throw error;
    }
  }

  private constructor(
    settings: CapacitySettings,
    replay: string | undefined,
    relay: Child<RelayReady>,
    ready: RelayReady,
  ) {
    this.#settings = settings;
    this.#replay = replay;
    this.#relay = relay;
    this.#children = new Set([relay]);
    this.transport = { name: ready.transport, reason: ready.reason };
    this.#lines = new Lines(settings, ready.address, (task) => {
      const links = this.#start<never>('links', './links-process.js', task);
      this.#links.push(links);
      return links;
    });
  }

  async measure(
    count: number,
    signal: AbortSignal,
    onPhase: (phase: StepPhase) => void,
  ): Promise<StepFigures> {
    const { counted, warmup, duration } = this.#settings;
    signal.throwIfAborted();
    onPhase('start');
    const hasRoom = await this.#bringHosts(counted === 'sessions' ? count : 1, signal);
    const without = hasRoom ? await aborting(this.#bringViewers(count), signal) : count;
    onPhase('warmup');
    // There is nothing to be measured where somebody has no picture.
    if (without === 0) await pause(warmup * 1000, signal);
    onPhase('measure');
    await this.#begin();
    const before = cpuTimes();
    const begun = performance.now();
    if (without === 0) await this.#untilEnough(duration * 1000, signal);
    const machine = { before, after: cpuTimes(), seconds: (performance.now() - begun) / 1000 };
    return { ...(await this.#figures(count, machine)), without, isOutOfMemory: !hasRoom };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#children].map((child) => child.stop()));
  }

  // -- who is there -----------------------------------------------------------------------------------------------

  get #hostsPerProcess(): number {
    return HOSTS_PER_PROCESS[this.#settings.frameBytes > 0 ? 'prepared' : 'coding'];
  }

  /** False when there is no memory for so many. */
  async #bringHosts(count: number, signal: AbortSignal): Promise<boolean> {
    const blocks = Math.ceil(count / this.#hostsPerProcess);
    if (this.#hosts.length > blocks) await this.#watch(count);
    for (const { child } of this.#hosts.splice(blocks)) await this.#end(child);
    while (this.#hosts.length < blocks) {
      if (freemem() < MEMORY_RESERVE) return false;
      const more = Math.min(STARTS_AT_ONCE, blocks - this.#hosts.length);
      for (let each = 0; each < more; each++) this.#hosts.push(await aborting(this.#startHosts(), signal));
      await aborting(Promise.all(this.#hosts.map(({ child }) => child.ready)), signal);
    }
    return freemem() >= MEMORY_RESERVE;
  }

  async #startHosts(): Promise<HostBlock> {
    const settings = this.#settings;
    const first = this.#hosts.length * this.#hostsPerProcess;
    const hosts: HostPlace[] = [];
    for (let host = first; host < first + this.#hostsPerProcess; host++) {
      const origin = await this.#lines.origin(host * 2);
      const relay = `${origin.replace(/^http/, 'ws')}/ws`;
      hosts.push({ relay, token: randomBytes(16).toString('base64url'), seed: settings.seed + host });
    }
    const replay = this.#replay;
    const task: HostTask = { settings, hosts, ...(replay === undefined ? {} : { replay }) };
    const child = this.#start<HostReady>('host', './host-process.js', task);
    return { child, tokens: hosts.map(({ token }) => token) };
  }

  /** Gives every viewer something to watch; answers how many have no picture. */
  async #bringViewers(count: number): Promise<number> {
    const answers = await this.#watch(count);
    return answers.reduce((sum, { without }) => sum + without, 0);
  }

  /** Lets the first `count` viewers be there, and nobody else. */
  async #watch(count: number): Promise<Watched[]> {
    const { decode, level, counted } = this.#settings;
    const each = decode ? VIEWERS_PER_PROCESS.decoding : VIEWERS_PER_PROCESS.acknowledging;
    const processes = Math.ceil(count / each);
    for (const child of this.#viewers.splice(processes)) await this.#end(child);
    const task: ViewersTask = { settings: { decode, level } };
    while (this.#viewers.length < processes)
      this.#viewers.push(this.#start('viewers', './viewers-process.js', task));
    await Promise.all(this.#viewers.map(({ ready }) => ready));
    const targets: Target[] = [];
    for (let viewer = 0; viewer < count; viewer++) {
      const host = counted === 'sessions' ? viewer : 0;
      const { child, tokens } = this.#hosts[Math.floor(host / this.#hostsPerProcess)]!;
      const address = formatAddress(
        await this.#lines.origin(viewer * 2 + 1),
        tokens[host % this.#hostsPerProcess]!,
      );
      targets.push({ address, timeOffset: (await child.ready).timeOffset });
    }
    return Promise.all(
      this.#viewers.map((child, index) => {
        const watch: Watch = {
          targets: targets.slice(index * each, (index + 1) * each),
          limit: PICTURE_LIMIT,
        };
        return child.ask<Watched>(watch);
      }),
    );
  }

  #start<Ready>(name: string, file: string, task: unknown): Child<Ready> {
    // What was under way when the search was stopped goes on for a moment.
    if (this.#isClosed) throw new SightlineError('closed', 'The search is over.');
    const child = new Child<Ready>(name, file, task);
    this.#children.add(child);
    return child;
  }

  async #end(child: Child<unknown>): Promise<void> {
    await child.stop();
    this.#children.delete(child);
  }

  // -- what they do -----------------------------------------------------------------------------------------------

  async #begin(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.ask({ interval: 'begin' })));
  }

  async #untilEnough(duration: number, signal: AbortSignal): Promise<void> {
    await pause(duration, signal);
    for (let times = 1; times < LONGEST; times++) {
      const viewers = await ends<ViewersInterval>(this.#viewers);
      if (viewers.reduce((sum, { samples }) => sum + samples, 0) >= ENOUGH_SAMPLES) return;
      await pause(duration, signal);
    }
  }

  async #figures(
    count: number,
    machine: MachineTimes,
  ): Promise<Omit<StepFigures, 'without' | 'isOutOfMemory'>> {
    const [[relay], hosts, viewers, links] = await Promise.all([
      ends<RelayInterval>([this.#relay]),
      ends(this.#hosts.map(({ child }) => child)),
      ends<ViewersInterval>(this.#viewers),
      ends(this.#links),
    ]);
    const parties: Record<PartyName, PartyFigures> = {
      relay: partyOf([relay!]),
      hosts: partyOf(hosts),
      viewers: partyOf(viewers),
      links: partyOf(links),
    };
    const latencies = new LatencyHistogram();
    for (const { histogram } of viewers) {
      if (histogram === '') continue;
      latencies.counts.add(decodeFromCompressedBase64(histogram) as typeof latencies.counts);
    }
    const { samples, p50, p99, max } = latencies.summary();
    const { seconds } = machine;
    const frames = viewers.flatMap((each) => each.frames);
    return {
      count,
      seconds,
      samples,
      p50Ms: p50 / 1000,
      p99Ms: p99 / 1000,
      maxMs: max / 1000,
      histogram: histogramText(latencies),
      framesPerSecond: {
        mean: samples / Math.max(1, frames.length) / seconds,
        least: Math.min(...frames, samples) / seconds,
      },
      megabytesPerSecond: relay!.bytesOut / 1e6 / seconds,
      parties,
      machine: machineFigures(machine, cpus().length, Object.values(parties)),
      sockets: relay!.sockets,
    };
  }
}

function ends<Figures extends object>(
  children: readonly Child<unknown>[],
): Promise<IntervalFigures<Figures>[]> {
  return Promise.all(children.map((child) => child.ask<IntervalFigures<Figures>>({ interval: 'end' })));
}

function partyOf(figures: readonly IntervalFigures[]): PartyFigures {
  const most = (key: keyof IntervalFigures['process']): number =>
    Math.max(0, ...figures.map((each) => each.process[key]));
  return {
    processes: figures.length,
    cores: figures.reduce((sum, each) => sum + each.process.cores, 0),
    busiest: { cores: most('cores'), loopBusy: most('loopBusy'), loopDelayMs: most('loopDelayMs') },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return aborting(over, signal).finally(() => clearTimeout(timer));
}

/** What is awaited, or the signal's reason as soon as it is aborted. */
async function aborting<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([awaited, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    // Nobody hears of what goes on being awaited.
    void awaited.catch(() => {});
  }
}
