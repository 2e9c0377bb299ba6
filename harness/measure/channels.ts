/** The figures of the latency channels, in the shape of the report. */
import type { Micros } from '../../engine/index.js';
import { histogramText } from '../histogram-text.js';
import { type ChannelFigures, PhaseTime, SampleSet } from './blocks.js';
import { STAGE_KINDS, STAGE_NAMES, type StageKind, type StageName } from './stage-kinds.js';

export const CHANNEL_NAMES = [
  'display',
  'input',
  'clickToPicture',
  'whiteboard',
  'whiteboardToViewers',
  'laser',
  'laserToViewers',
  'chat',
  'chatToViewers',
] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** Where the time of a channel's samples went; what one sample spent in its stages adds up to its latency. */
export interface StageFigures extends ChannelFigures {
  readonly stage: StageName;
  readonly kind: StageKind;
}

/** Collects samples once it is told to. */
export class ChannelSamples {
  readonly #sets = new Map<ChannelName, SampleSet>(CHANNEL_NAMES.map((name) => [name, new SampleSet()]));
  /** Of the phase whose samples count. */
  readonly time = new PhaseTime();
  /** The largest error of a comparison of two clocks in any sample. */
  clockError: Micros = 0;
  isCounting = false;
  #phase = '';

  /** From now on samples count. */
  begin(phase: string, now: Micros, seconds: number): void {
    this.#phase = phase;
    this.time.begin(now, seconds);
    this.isCounting = true;
  }

  /** What the display shows while it is drawn on belongs to no phase of the display's. */
  counts(channel: ChannelName): boolean {
    return this.isCounting && (channel !== 'display' || this.#phase === 'display');
  }

  /** @param began When the sample began, on the lab's clock. */
  record(channel: ChannelName, began: Micros, latency: Micros, clockError: Micros = 0): void {
    if (!this.counts(channel)) return;
    this.#sets.get(channel)!.add(this.time.blockAt(began), latency);
    this.clockError = Math.max(this.clockError, clockError);
  }

  figures(): Record<ChannelName, ChannelFigures> {
    return Object.fromEntries(
      [...this.#sets].map(([name, set]) => [name, set.figures(histogramText)]),
    ) as Record<ChannelName, ChannelFigures>;
  }
}

export function stageFigures(
  sets: ReadonlyMap<ChannelName, ReadonlyMap<StageName, SampleSet>>,
): Partial<Record<ChannelName, readonly StageFigures[]>> {
  return Object.fromEntries(
    [...sets].map(([channel, stages]) => [
      channel,
      STAGE_NAMES.filter((stage) => stages.has(stage)).map((stage) => ({
        stage,
        kind: STAGE_KINDS[stage],
        ...stages.get(stage)!.figures(histogramText),
      })),
    ]),
  );
}
