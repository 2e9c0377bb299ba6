/**
 * Does the laboratory find what is there? A path on which nothing takes long shows what the laboratory adds by itself;
 * then one stage after the other is made longer by a known time, which must be found in that stage of every channel
 * that has it, and nowhere else. In virtual time all links, waits and work are made longer, and the answer is the same on
 * every machine; in real time the links are, and the answer is this machine's, as busy as it is. What only a page has
 * (`animation`, `compose`, `present`) is not checked here: it runs in real time alone.
 */
import type { ChannelName } from './channels.js';
import type { Disturbed } from './disturbance.js';
import type { Lab } from './lab.js';
import { Measurement } from './measurement.js';
import { RealLab } from './real-lab.js';
import type { MeasureReport } from './report.js';
import { DEFAULT_SETTINGS, type MeasureSettings } from './settings.js';
import type { StageName } from './stage-kinds.js';
import { VirtualLab } from './virtual-lab.js';

/** Long beside what the stages take by themselves, short beside the time between two events. */
const ADDED_MS = 20;
/** What may be found too much or too little, of what was added. */
const TOLERANCE = 0.05;

/** Events far enough apart that none waits for another, and a picture that changes for nothing else. */
const SETTINGS: MeasureSettings = {
  ...DEFAULT_SETTINGS,
  width: 640,
  height: 400,
  scenes: ['form'],
  rate: 3,
  duration: 12,
  warmup: 1,
  verifyFrames: 0,
};

/** In real time also a line without length goes through the process of lines, so that this is in every run alike. */
const EMPTY = 'delay=0ms';
const NO_LINKS = { link: EMPTY, hostLink: EMPTY, lastViewerLink: EMPTY };

/** Whose line a stage is: that of the technician, the host or the other viewer. */
const LINE_OF_STAGE = {
  eventUp: { ...NO_LINKS, link: `up.delay=${ADDED_MS}ms` },
  eventDown: { ...NO_LINKS, hostLink: `down.delay=${ADDED_MS}ms` },
  frameUp: { ...NO_LINKS, hostLink: `up.delay=${ADDED_MS}ms` },
  frameDown: { ...NO_LINKS, link: `down.delay=${ADDED_MS}ms` },
  othersDown: { ...NO_LINKS, lastViewerLink: `down.delay=${ADDED_MS}ms` },
} as const satisfies Partial<Record<StageName, Partial<MeasureSettings>>>;

/** The wait or the work that a stage is. */
const DISTURBED_STAGES = {
  late: 'timetable',
  eventRelay: 'relay-event',
  apply: 'apply',
  window: 'notice',
  capture: 'capture',
  compare: 'compare',
  pool: 'coder',
  encode: 'encode',
  frameRelay: 'relay-frame',
  decode: 'decode',
} as const satisfies Partial<Record<StageName, Disturbed>>;

type LineStage = keyof typeof LINE_OF_STAGE;
type DisturbedStage = keyof typeof DISTURBED_STAGES;

export interface CheckedStage {
  readonly stage: StageName;
  readonly addedMs: number;
  /** Medians, the path with the delay less the path without; the channel that is farthest off. */
  readonly foundMs: number;
  /** The most that any other stage of any channel has become longer or shorter. */
  readonly elsewhereMs: number;
  /** Channels that have the stage. */
  readonly channels: readonly ChannelName[];
  readonly isFound: boolean;
}

export interface SelfCheck {
  /** The median latency of each channel when nothing was added: what the laboratory sees of an empty path. */
  readonly emptyPathMs: Readonly<Record<ChannelName, number>>;
  readonly stages: readonly CheckedStage[];
  readonly isSound: boolean;
}

/** @param onStage Is told of each stage as it has been checked. */
export async function selfCheck(
  isVirtual: boolean,
  onStage: (checked: CheckedStage) => void = () => {},
): Promise<SelfCheck> {
  const settings = { ...SETTINGS, ...NO_LINKS, virtual: isVirtual };
  const open = (each: MeasureSettings) => (isVirtual ? VirtualLab.open(each) : RealLab.open(each));
  const empty = await run(settings, await open(settings));
  const stages: CheckedStage[] = [];
  const check = (stage: StageName, longer: MeasureReport): void => {
    const checked = compare(stage, empty, longer);
    stages.push(checked);
    onStage(checked);
  };
  for (const [stage, line] of Object.entries(LINE_OF_STAGE)) {
    const disturbed = { ...settings, ...line };
    check(stage as LineStage, await run(disturbed, await open(disturbed)));
  }
  for (const [stage, what] of isVirtual ? Object.entries(DISTURBED_STAGES) : []) {
    const lab = await VirtualLab.open(settings, { disturbance: { what, delay: ADDED_MS * 1000 } });
    check(stage as DisturbedStage, await run(settings, lab));
  }
  const latencies = Object.entries(empty.channels).map(([name, { p50 }]) => [name, p50]);
  return {
    emptyPathMs: Object.fromEntries(latencies) as Record<ChannelName, number>,
    stages,
    isSound: stages.every(({ isFound }) => isFound),
  };
}

async function run(settings: MeasureSettings, lab: Lab): Promise<MeasureReport> {
  try {
    return await lab.run(new Measurement(settings, lab, () => {}).run());
  } finally {
    await lab.close();
  }
}

function compare(stage: StageName, empty: MeasureReport, longer: MeasureReport): CheckedStage {
  let foundMs = ADDED_MS;
  let elsewhereMs = 0;
  const channels: ChannelName[] = [];
  for (const channel of Object.keys(longer.stages) as ChannelName[]) {
    const before = mediansOf(empty, channel);
    for (const [name, median] of mediansOf(longer, channel)) {
      const change = median - (before.get(name) ?? 0);
      if (name !== stage) elsewhereMs = Math.max(elsewhereMs, Math.abs(change));
      else {
        channels.push(channel);
        if (Math.abs(change - ADDED_MS) > Math.abs(foundMs - ADDED_MS)) foundMs = change;
      }
    }
  }
  const most = TOLERANCE * ADDED_MS;
  const isFound = channels.length > 0 && Math.abs(foundMs - ADDED_MS) <= most && elsewhereMs <= most;
  return { stage, addedMs: ADDED_MS, foundMs, elsewhereMs, channels, isFound };
}

function mediansOf(report: MeasureReport, channel: ChannelName): ReadonlyMap<StageName, number> {
  return new Map((report.stages[channel] ?? []).map(({ stage, p50 }) => [stage, p50]));
}
