/**
 * Where the time of a sample went. Every sample of a channel is cut at the moments that the parties tell of; the stages
 * of one sample add up to its latency. Stages in which somebody works, stages in which something waits for somebody,
 * and the links are told apart.
 */
import { AUTO_STREAM, levelOfName, type QualityName } from '../../codecs/index.js';
import {
  type AppliedTrace,
  Channel,
  type EventChannel,
  type ForwardedEvent,
  type ForwardedFrame,
  type Micros,
  type PacketTrace,
} from '../../engine/index.js';
import { type PhaseTime, SampleSet } from './blocks.js';
import type { ChannelName } from './channels.js';
import type { Traces } from './lab.js';
import type { MeasuredFrame } from './measured-viewer.js';
import { SlowestSamples, type SlowSample, type StageTime } from './spikes.js';
import type { StageName } from './stage-kinds.js';

/** One moment after the other: the stage is what ends there. */
type Cut = readonly [StageName, Micros];

export interface EventSample {
  readonly channel: Exclude<ChannelName, 'display'>;
  /** Of the event, on its channel. */
  readonly sequence: number;
  /** On the timetable. */
  readonly intendedAt: Micros;
  readonly sentAt: Micros;
  /** For `clickToPicture`: the frame that showed it; for `…ToViewers`: when the other viewer had it. */
  readonly frame?: MeasuredFrame;
  readonly shownAt?: Micros;
}

export class StageBook {
  readonly #sets = new Map<ChannelName, Map<StageName, SampleSet>>();
  readonly #slowest = new SlowestSamples();
  readonly #viewer: number;
  readonly #level: number;
  readonly #time: PhaseTime;
  readonly #packets = new Map<number, PacketTrace>();
  readonly #forwarded = new Map<number, ForwardedFrame>();
  readonly #applied = new Map<string, AppliedTrace>();
  readonly #events = new Map<string, ForwardedEvent>();
  #frames: MeasuredFrame[] = [];
  #samples: EventSample[] = [];

  /** @param viewer Who is measured: what is for others alone does not count. */
  constructor(viewer: number, quality: QualityName, time: PhaseTime) {
    this.#time = time;
    this.#viewer = viewer;
    this.#level = levelOfName(quality) ?? AUTO_STREAM;
  }

  /** A frame that counts for the display's latency. */
  frame(frame: MeasuredFrame): void {
    this.#frames.push(frame);
  }

  event(sample: EventSample): void {
    this.#samples.push(sample);
  }

  /** Settles what was noted, with what the parties tell of it. */
  settle(traces: Traces): void {
    this.#read(traces);
    for (const frame of this.#frames) {
      this.#record('display', frame.drawnAt + traces.offsets.host.offset, this.#frameCuts(frame), frame);
    }
    for (const sample of this.#samples) {
      this.#record(sample.channel, sample.intendedAt, this.#cuts(sample), sample.frame);
    }
    this.#frames = [];
    this.#samples = [];
    for (const known of [this.#packets, this.#forwarded, this.#applied, this.#events]) known.clear();
  }

  /** By channel and stage, in order; those without samples are left out. */
  sets(): ReadonlyMap<ChannelName, ReadonlyMap<StageName, SampleSet>> {
    return this.#sets;
  }

  /** The slowest samples of each channel, slowest first. */
  slowest(): ReadonlyMap<ChannelName, readonly SlowSample[]> {
    return this.#slowest.byChannel;
  }

  #read({ host, relay, offsets }: Traces): void {
    const isOurs = ({ level, viewer }: PacketTrace | ForwardedFrame) =>
      level === this.#level && (viewer === 0 || viewer === this.#viewer);
    for (const trace of host) {
      const { offset } = offsets.host;
      if (trace.kind === 'applied') {
        const { receivedAt, appliedAt } = trace;
        this.#applied.set(keyOf(trace), {
          ...trace,
          receivedAt: receivedAt + offset,
          appliedAt: appliedAt + offset,
        });
      } else if (isOurs(trace)) {
        this.#packets.set(trace.frame, {
          ...trace,
          captureAt: trace.captureAt + offset,
          capturedAt: trace.capturedAt + offset,
          committedAt: trace.committedAt + offset,
          encodeAt: trace.encodeAt + offset,
          sentAt: trace.sentAt + offset,
        });
      }
    }
    for (const trace of relay) {
      const { offset } = offsets.relay;
      const moved = { receivedAt: trace.receivedAt + offset, sentAt: trace.sentAt + offset };
      if (trace.kind === 'event') this.#events.set(keyOf(trace), { ...trace, ...moved });
      else if (isOurs(trace)) this.#forwarded.set(trace.frame, { ...trace, ...moved });
    }
  }

  #cuts({ channel, sequence, sentAt, frame, shownAt }: EventSample): readonly Cut[] | undefined {
    const of = CHANNEL_OF[channel];
    const key = keyOf({ channel: of, viewer: this.#viewer, sequence });
    const event = this.#events.get(key);
    if (event === undefined) return undefined;
    const up: Cut[] = [
      ['late', sentAt],
      ['eventUp', event.receivedAt],
      ['eventRelay', event.sentAt],
    ];
    if (shownAt !== undefined) return [...up, ['othersDown', shownAt]];
    const applied = this.#applied.get(key);
    if (applied === undefined) return undefined;
    up.push(['eventDown', applied.receivedAt], ['apply', applied.appliedAt]);
    if (frame === undefined) return up;
    const rest = this.#frameCuts(frame);
    return rest === undefined ? undefined : [...up, ...rest];
  }

  #frameCuts({ frame, completedAt, decodedAt, screen }: MeasuredFrame): readonly Cut[] | undefined {
    const packet = this.#packets.get(frame);
    const forwarded = this.#forwarded.get(frame);
    if (packet === undefined || forwarded === undefined) return undefined;
    const cuts: Cut[] = [
      ['window', packet.captureAt],
      ['capture', packet.capturedAt],
      ['compare', packet.committedAt],
      ['pool', packet.encodeAt],
      ['encode', packet.sentAt],
      ['frameUp', forwarded.receivedAt],
      ['frameRelay', forwarded.sentAt],
      ['frameDown', completedAt],
      ['decode', decodedAt],
    ];
    if (screen === undefined) return cuts;
    const { paintAt, composedAt, presentedAt } = screen;
    return [...cuts, ['animation', paintAt], ['compose', composedAt], ['present', presentedAt]];
  }

  /** A sample of which a party told nothing (it was lost, or cut off at an edge) has no stages. */
  #record(
    channel: ChannelName,
    start: Micros,
    cuts: readonly Cut[] | undefined,
    frame: MeasuredFrame | undefined,
  ): void {
    if (cuts === undefined) return;
    const block = this.#time.blockAt(start);
    const stages: StageTime[] = [];
    let from = start;
    for (const [stage, until] of cuts) {
      // A stage cannot end before it began; where it seems so, clocks were compared with an error.
      const time = Math.max(0, until - from);
      this.#set(channel, stage).add(block, time);
      stages.push({ stage, time });
      from = Math.max(from, until);
    }
    const packet = frame === undefined ? undefined : this.#packets.get(frame.frame);
    this.#slowest.add(channel, { start, latency: from - start, stages, packet });
  }

  #set(channel: ChannelName, stage: StageName): SampleSet {
    let stages = this.#sets.get(channel);
    if (stages === undefined) {
      stages = new Map();
      this.#sets.set(channel, stages);
    }
    let set = stages.get(stage);
    if (set === undefined) {
      set = new SampleSet();
      stages.set(stage, set);
    }
    return set;
  }
}

/** The channel of the wire that a sample's event went by. */
const CHANNEL_OF: Readonly<Record<EventSample['channel'], EventChannel>> = {
  input: Channel.Input,
  clickToPicture: Channel.Input,
  whiteboard: Channel.Overlay,
  whiteboardToViewers: Channel.Overlay,
  laser: Channel.Overlay,
  laserToViewers: Channel.Overlay,
  chat: Channel.Chat,
  chatToViewers: Channel.Chat,
};

function keyOf(of: { readonly channel: number; readonly viewer: number; readonly sequence: number }): string {
  return `${of.channel} ${of.viewer} ${of.sequence}`;
}
