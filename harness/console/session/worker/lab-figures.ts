/** The running figures of the Lab panel: what this viewer can know of the way of its frames. */
import type { Clock, Micros } from '../../../../engine/clock.js';
import {
  LATENCY_CHANNELS,
  type LatencyReport,
  type ShownFrame,
  type ViewerSession,
} from '../../../../engine/viewer/index.js';
import { type ChannelNow, LAB_STAGES, type LabFigures, type LabStage, type PaintTimes } from '../lab-api.js';
import { LabRecorder } from './lab-recorder.js';
import type { Painter } from './painter.js';
import type { SimulatedLine } from './simulated-line.js';

/** Frames that the stages are means of: some seconds of them. */
const RECENT = 120;
/** Below, a rate is not worth reading. */
const LEAST_SPAN: Micros = 200_000;

/** What has been counted up to a moment. */
interface Counted {
  readonly at: Micros;
  readonly sent: number;
  readonly decoded: number;
  readonly shown: number;
  readonly bytes: number;
}

export class LabFigureKeeper {
  readonly recorder: LabRecorder;
  readonly #session: ViewerSession;
  readonly #painter: Painter;
  readonly #line: SimulatedLine;
  readonly #clock: Clock;
  /** Stages of the newest frames, milliseconds, one after the other; a ring. */
  readonly #stages = new Float64Array(RECENT * LAB_STAGES.length);
  #frames = 0;
  #last = { frame: 0, level: -1, composedAt: 0 };
  #sent = 0;
  #decoded = 0;
  #shown = 0;
  #bytes = 0;
  #before: Counted | undefined;

  constructor(session: ViewerSession, painter: Painter, line: SimulatedLine, clock: Clock) {
    this.#session = session;
    this.#painter = painter;
    this.#line = line;
    this.#clock = clock;
    this.recorder = new LabRecorder(clock);
  }

  /** A frame is on the canvas. */
  presented(shown: ShownFrame, { paintAt, composedAt }: PaintTimes): void {
    const { frame, level, bytes, base, refinement, drawnAt, receivedAt, completedAt, decodedAt } = shown;
    const last = this.#last;
    // Numbers of a stream go up by one for each frame that the host sends on it.
    this.#sent += level === last.level && frame > last.frame ? frame - last.frame : 1;
    this.#decoded++;
    if (composedAt !== last.composedAt) this.#shown++;
    this.#bytes += bytes;
    this.recorder.frame(bytes);
    this.#last = { frame, level, composedAt };
    const offset = this.#session.clockOffset()?.offset;
    if (refinement || base === 0 || offset === undefined) return;
    const at = (this.#frames++ % RECENT) * LAB_STAGES.length;
    const moments = [drawnAt + offset, receivedAt, completedAt, decodedAt, paintAt, composedAt];
    // Two clocks are compared with an error: what seems to be less than nothing is nothing.
    const times = LAB_STAGES.map((_, stage) => Math.max(0, moments[stage + 1]! - moments[stage]!));
    this.recorder.stages(times);
    this.#stages.set(
      times.map((time) => time / 1000),
      at,
    );
  }

  /** Rates are since the last call. */
  read(): LabFigures {
    const { latency, offset } = this.#session.statistics();
    const counted: Counted = {
      at: this.#clock.now(),
      sent: this.#sent,
      decoded: this.#decoded,
      shown: this.#shown,
      bytes: this.#bytes,
    };
    const before = this.#before ?? counted;
    this.#before = counted;
    const seconds = (counted.at - before.at) / 1e6;
    const rate = (key: keyof Counted): number =>
      seconds * 1e6 < LEAST_SPAN ? 0 : (counted[key] - before[key]) / seconds;
    const frames = counted.decoded - before.decoded;
    const channels = LATENCY_CHANNELS.flatMap((channel) => {
      const now = channelNow(latency[channel]);
      return now === undefined ? [] : [[channel, now] as const];
    });
    return {
      channels: Object.fromEntries(channels),
      stages: this.#means(),
      sentPerSecond: rate('sent'),
      decodedPerSecond: rate('decoded'),
      shownPerSecond: rate('shown'),
      bytesPerFrame: frames === 0 ? 0 : (counted.bytes - before.bytes) / frames,
      unpainted: this.#painter.waiting,
      lineBytes: this.#line.waitingBytes,
      clockError: offset === undefined ? undefined : offset.error / 1000,
      link: this.#line.words,
    };
  }

  #means(): Readonly<Record<LabStage, number>> | undefined {
    const frames = Math.min(this.#frames, RECENT);
    if (frames === 0) return undefined;
    const means = LAB_STAGES.map((name, stage) => {
      let sum = 0;
      for (let frame = 0; frame < frames; frame++) sum += this.#stages[frame * LAB_STAGES.length + stage]!;
      return [name, sum / frames] as const;
    });
    return Object.fromEntries(means) as Record<LabStage, number>;
  }
}

function channelNow({ recent }: LatencyReport): ChannelNow | undefined {
  if (recent.samples === 0) return undefined;
  return { p50: recent.p50 / 1000, p95: recent.p95 / 1000, p99: recent.p99 / 1000 };
}
