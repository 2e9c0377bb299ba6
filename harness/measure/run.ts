/**
 * One measurement of the whole path: a relay, a simulated host, viewers. The timed phases follow each other, so
 * that a phase's CPU time is its own; pictures are compared with the host's afterwards, since hashing costs more
 * than everything that is measured.
 */
import { randomBytes } from 'node:crypto';
import { type Rect, SightlineError } from '../../codecs/index.js';
import { HeadlessViewer, type HostStats, type Micros, systemClock } from '../../engine/index.js';
import {
  formatAddress,
  LatencyHistogram,
  type LatencySample,
  type ShownFrame,
} from '../../engine/viewer/index.js';
import { readMarker } from '../hosts/index.js';
import { ChannelSamples } from './channels.js';
import { describeMachine } from './machine.js';
import {
  type Figures,
  type HostReady,
  type HostTask,
  MeasuredProcess,
  type RelayReady,
} from './processes.js';
import type { MeasureReport, Stages } from './report.js';
import type { MeasureSettings } from './settings.js';
import { runTimetable } from './timetable.js';

export type Phase = 'display' | 'whiteboard' | 'laser' | 'verify';

export interface MeasureProgress {
  readonly phase: Phase;
  /** 0 to 1, of the whole measurement. */
  readonly done: number;
}

/** Shares of the timed duration. */
const SHARES = { display: 0.6, whiteboard: 0.2, laser: 0.2 } as const;
/** How long to wait for what was sent last. */
const SETTLE: Micros = 500_000;
const VERIFY_LIMIT_MS = 20_000;

/** Rejects with `SightlineError`. Whatever happens, no process is left behind. */
export async function measure(
  settings: MeasureSettings,
  onProgress: (progress: MeasureProgress) => void = () => {},
): Promise<MeasureReport> {
  const relay = await MeasuredProcess.start<RelayReady>('relay', './relay-process.js', {
    transport: settings.transport,
  });
  const started: { stop(): Promise<void> }[] = [relay.process];
  try {
    const token = randomBytes(16).toString('base64url');
    const task: HostTask = { settings, relay: `${relay.ready.address.replace(/^http/, 'ws')}/ws`, token };
    const host = await MeasuredProcess.start<HostReady>('host', './host-process.js', task);
    started.unshift(host.process);
    const address = formatAddress(relay.ready.address, token);
    const run = new Measurement(settings, relay.process, host.process, host.ready.textField, onProgress);
    started.unshift({ stop: async () => run.close() });
    await run.open(address);
    return await run.report(relay.ready);
  } finally {
    for (const one of started) await one.stop();
  }
}

class Measurement {
  readonly #settings: MeasureSettings;
  readonly #relay: MeasuredProcess;
  readonly #host: MeasuredProcess;
  readonly #textField: Rect | undefined;
  readonly #onProgress: (progress: MeasureProgress) => void;
  readonly #samples = new ChannelSamples();
  readonly #decode = new LatencyHistogram();
  readonly #viewers: HeadlessViewer[] = [];
  /** How late an event was made, by its sequence: input and overlay events are numbered apart. */
  readonly #lateInput = new Map<number, Micros>();
  readonly #lateOverlay = new Map<number, Micros>();
  /** When the picture must react to an input: its time on the timetable, by sequence. */
  readonly #clicks = new Map<number, Micros>();
  /** Half the quickest round trip of an empty message between viewer and host: the bound of the clocks' error. */
  #emptyPath: Micros = Number.POSITIVE_INFINITY;
  #shown = 0;
  #shownByAll = 0;
  #bytes = 0;

  constructor(
    settings: MeasureSettings,
    relay: MeasuredProcess,
    host: MeasuredProcess,
    textField: Rect | undefined,
    onProgress: (progress: MeasureProgress) => void,
  ) {
    this.#settings = settings;
    this.#relay = relay;
    this.#host = host;
    this.#textField = textField;
    this.#onProgress = onProgress;
  }

  get #first(): HeadlessViewer {
    return this.#viewers[0]!;
  }

  async open(address: string): Promise<void> {
    const { viewers, level, lanes } = this.#settings;
    for (let index = 0; index < viewers; index++) {
      const viewer = await HeadlessViewer.open({
        address,
        name: `viewer ${index + 1}`,
        quality: level,
        lane: lanes,
        handlers: index === 0 ? this.#measuredHandlers() : this.#watchingHandlers(index),
      });
      this.#viewers.push(viewer);
      await viewer.untilFrame(1);
    }
    await this.#first.until(() => this.#first.session.clockOffset() !== undefined, "the host's clock");
  }

  async report(relay: RelayReady): Promise<MeasureReport> {
    const { duration } = this.#settings;
    const display = await this.#displayPhase(duration * SHARES.display);
    await this.#overlayPhase('whiteboard', duration * SHARES.whiteboard);
    await this.#overlayPhase('laser', duration * SHARES.laser);
    const { compared, mismatches } = await this.#verifyPhase();
    return {
      machine: describeMachine(),
      settings: this.#settings,
      transport: { name: relay.transport, reason: relay.reason },
      channels: this.#samples.figures(),
      clockErrorMs: this.#samples.clockError / 1000,
      ...display,
      framesCompared: compared,
      mismatches,
    };
  }

  close(): void {
    for (const viewer of this.#viewers) viewer.close();
  }

  // -- phases -----------------------------------------------------------------------------------------------------

  async #displayPhase(seconds: number) {
    const { session } = this.#first;
    session.setControl(true);
    await this.#first.until(() => session.state.controller === session.state.viewer, 'control');
    this.#focusTextField();
    this.#tell('display', 0);
    await this.#typeFor(this.#settings.warmup);
    const before = await this.#figures();
    this.#samples.isCounting = true;
    await this.#typeFor(seconds);
    const after = await this.#figures();
    await this.#settle();
    this.#samples.isCounting = false;
    session.setControl(false);
    return this.#displayFigures(before, after, seconds);
  }

  /** Types and takes back, on the timetable. */
  #typeFor(seconds: number): Promise<void> {
    const { session } = this.#first;
    return runTimetable({
      clock: systemClock,
      rate: this.#settings.rate,
      duration: seconds * 1e6,
      event: (index, late) => {
        const types = index % 2 === 0;
        const sequence = session.sendInput(
          types ? { kind: 'text', text: 'x' } : { kind: 'key', code: 'Backspace', down: true },
        );
        if (sequence === undefined) return;
        this.#lateInput.set(sequence, late);
        this.#clicks.set(sequence, systemClock.now() - late);
        if (!types) session.sendInput({ kind: 'key', code: 'Backspace', down: false });
      },
    });
  }

  #focusTextField(): void {
    const field = this.#textField;
    if (field === undefined) return;
    const x = Math.round(field.x + field.width / 2);
    const y = Math.round(field.y + field.height / 2);
    for (const buttons of [1, 0]) this.#first.session.sendInput({ kind: 'pointer', x, y, buttons });
  }

  /** Draws or points along a circle, on the timetable. */
  async #overlayPhase(tool: 'whiteboard' | 'laser', seconds: number): Promise<void> {
    const { session } = this.#first;
    const { width, height, rate } = this.#settings;
    const me = session.state.viewer;
    session.setTool(tool);
    await this.#first.until(
      () => session.state.participants.some((one) => one.viewer === me && one.tool === tool),
      'the tool',
    );
    this.#samples.isCounting = true;
    this.#tell(tool, tool === 'laser' ? SHARES.display + SHARES.whiteboard : SHARES.display);
    await runTimetable({
      clock: systemClock,
      rate,
      duration: seconds * 1e6,
      event: (index, late) => {
        const angle = index / 10;
        const x = width / 2 + Math.cos(angle) * (width / 4);
        const y = height / 2 + Math.sin(angle) * (height / 4);
        const sequence = session.sendOverlay(
          tool === 'laser'
            ? { kind: 'laser', visible: true, x, y }
            : { kind: 'stroke', stroke: 1, begin: index === 0, end: false, points: [{ x, y }] },
        );
        if (sequence !== undefined) this.#lateOverlay.set(sequence, late);
      },
    });
    await this.#settle();
    this.#samples.isCounting = false;
    session.setTool('none');
  }

  /** Compares the first viewer's pictures with the host's, frame by frame. */
  async #verifyPhase(): Promise<{ compared: number; mismatches: number }> {
    const wanted = this.#settings.verifyFrames;
    if (wanted === 0) return { compared: 0, mismatches: 0 };
    this.#tell('verify', 0.95);
    const host = new Map<number, string>();
    const shown = new Map<number, string>();
    const compared = (): number => [...shown.keys()].filter((frame) => host.has(frame)).length;
    const stop = this.#first.onFrame((frame) => {
      // What is not exact yet says so, and is not to be held to it.
      if (frame.exact && shown.size < wanted * 2) shown.set(frame.frame, this.#first.rgb24Md5());
    });
    const { session } = this.#first;
    session.setControl(true);
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, VERIFY_LIMIT_MS);
      this.#host.onHash = ({ frame, md5 }) => {
        host.set(frame, md5);
        if (compared() < wanted) return;
        clearTimeout(deadline);
        resolve();
      };
      this.#host.setHashing(true);
      // Something must change for frames to be sent, whatever the scenes do.
      void runTimetable({
        clock: systemClock,
        rate: this.#settings.rate,
        duration: VERIFY_LIMIT_MS * 1000,
        event: () => session.sendInput({ kind: 'text', text: 'v' }),
      });
    });
    stop();
    this.#host.setHashing(false);
    const mismatches = [...shown].filter(([frame, md5]) => host.has(frame) && host.get(frame) !== md5).length;
    return { compared: compared(), mismatches };
  }

  async #settle(): Promise<void> {
    await new Promise<void>((resolve) => systemClock.after(SETTLE, resolve));
  }

  #tell(phase: Phase, done: number): void {
    this.#onProgress({ phase, done });
  }

  // -- samples ----------------------------------------------------------------------------------------------------

  #measuredHandlers() {
    return {
      onSample: (sample: LatencySample) => this.#onSample(sample),
      onFrame: (frame: ShownFrame) => {
        this.#shownByAll++;
        this.#shown++;
        this.#bytes += frame.bytes;
        if (this.#samples.isCounting) this.#decode.record(frame.decode);
        this.#onMarker(frame);
      },
    };
  }

  #watchingHandlers(index: number) {
    return {
      onFrame: () => {
        this.#shownByAll++;
      },
      onOverlay: (event: { kind: string; createdAt: Micros; sequence: number }, at: Micros) => {
        // One observer is enough: the others hear the same at the same time.
        if (index !== 1 || event.sequence === 0 || event.kind === 'erase') return;
        const late = this.#lateOverlay.get(event.sequence) ?? 0;
        const channel = event.kind === 'laser' ? 'laserToViewers' : 'whiteboardToViewers';
        this.#samples.record(channel, at - event.createdAt + late);
      },
    };
  }

  #onSample({ channel, latency, error, id }: LatencySample): void {
    switch (channel) {
      case 'display':
        this.#emptyPath = Math.min(this.#emptyPath, error);
        this.#samples.record('display', latency, error);
        return;
      case 'input':
        if (this.#lateInput.has(id)) this.#samples.record('input', latency + this.#lateInput.get(id)!, error);
        return;
      case 'whiteboard':
      case 'laser':
        this.#samples.record(channel, latency + (this.#lateOverlay.get(id) ?? 0), error);
        return;
      default:
        // The session's own estimate of click to picture goes by frame numbers; the marker is exact.
        return;
    }
  }

  /** The marker in the picture names the last input that the host has drawn. */
  #onMarker(frame: ShownFrame): void {
    if (this.#clicks.size === 0) return;
    const marker = readMarker(this.#first.picture);
    if (marker === undefined || marker.viewer !== (this.#first.session.state.viewer & 0xff)) return;
    for (const [sequence, intendedAt] of this.#clicks) {
      if (((marker.sequence - sequence) & 0xffff) >= 0x8000) break;
      this.#clicks.delete(sequence);
      this.#samples.record('clickToPicture', frame.decodedAt - intendedAt);
    }
  }

  // -- figures ----------------------------------------------------------------------------------------------------

  async #figures(): Promise<Snapshot> {
    const [host, relay] = await Promise.all([this.#host.figures(), this.#relay.figures()]);
    const { user, system } = process.cpuUsage();
    return {
      host,
      relay,
      cpu: user + system,
      shown: this.#shown,
      shownByAll: this.#shownByAll,
      bytes: this.#bytes,
    };
  }

  #displayFigures(before: Snapshot, after: Snapshot, seconds: number) {
    const frames = after.shown - before.shown;
    if (frames === 0) {
      throw new SightlineError('timeout', 'No frame was shown while the display was measured.');
    }
    const perFrame = (micros: number, count = frames): number => Math.round(micros / count) / 1000;
    return {
      frames,
      framesPerSecond: Math.round((frames / seconds) * 10) / 10,
      bytesPerFrame: Math.round((after.bytes - before.bytes) / frames),
      cpuMsPerFrame: {
        host: perFrame(after.host.cpu - before.host.cpu),
        relay: perFrame(after.relay.cpu - before.relay.cpu),
        viewer: perFrame(after.cpu - before.cpu, after.shownByAll - before.shownByAll),
      },
      displayStages: this.#stages(before, after),
    };
  }

  #stages(before: Snapshot, after: Snapshot): Stages {
    const was = hostWork(before.host);
    const is = hostWork(after.host);
    const frames = Math.max(1, is.frames - was.frames);
    const each = (key: keyof HostWork): number => Math.round((is[key] - was[key]) / frames) / 1000;
    const stages = {
      capture: each('capture'),
      compare: each('compare'),
      encode: each('encode'),
      send: Math.round(this.#emptyPath) / 1000,
      decode: this.#decode.percentile(50) / 1000,
    };
    const total = this.#samples.median('display') / 1000;
    const work = Object.values(stages).reduce((sum, stage) => sum + stage, 0);
    return { ...stages, work: Math.round(work * 1000) / 1000, total };
  }
}

/** What had been used and shown at a moment. */
interface Snapshot {
  readonly host: Figures;
  readonly relay: Figures;
  readonly cpu: Micros;
  readonly shown: number;
  readonly shownByAll: number;
  readonly bytes: number;
}

interface HostWork {
  readonly frames: number;
  readonly capture: Micros;
  readonly compare: Micros;
  readonly encode: Micros;
}

function hostWork({ host }: Figures): HostWork {
  const stats = host as HostStats;
  return {
    frames: stats.pipeline?.frames ?? 0,
    capture: stats.capture,
    compare: stats.pipeline?.commit ?? 0,
    encode: stats.pipeline?.levels.reduce((sum, level) => sum + level.encode, 0) ?? 0,
  };
}
