/**
 * What is done in a lab. The timed phases follow each other, so that a phase's CPU time is its own; pictures are
 * compared with the host's afterwards, since hashing costs more than everything that is measured.
 */
import type { HeadlessViewer, Micros } from '../../engine/index.js';
import { BLOCKS } from './blocks.js';
import { ChannelSamples, stageFigures } from './channels.js';
import type { Lab, Usage } from './lab.js';
import type { MeasureReport } from './report.js';
import { type Counted, SeriesRecorder } from './series.js';
import type { MeasureSettings } from './settings.js';
import { describeSpikes } from './spikes.js';
import { FIRST_LIMIT, type OverlayTool, Technician } from './technician.js';

export type Phase = 'display' | 'whiteboard' | 'laser' | 'chat' | 'verify';

export interface MeasureProgress {
  readonly phase: Phase;
  /** 0 to 1, of the whole measurement. */
  readonly done: number;
}

/** Shares of the timed duration. */
const SHARES = { display: 0.6, whiteboard: 0.15, laser: 0.15, chat: 0.1 } as const;
/** The least and the longest that is waited for what was sent last. */
const SETTLE: Micros = 500_000;
const SETTLE_LIMIT: Micros = 20_000_000;
const VERIFY_LIMIT: Micros = 20_000_000;

export class Measurement {
  readonly #settings: MeasureSettings;
  readonly #lab: Lab;
  readonly #onProgress: (progress: MeasureProgress) => void;
  readonly #samples = new ChannelSamples();
  readonly #technician: Technician;
  readonly #others: HeadlessViewer[] = [];
  readonly #series: SeriesRecorder;
  /** Virtual time begins at no date. */
  readonly #startedAt: string | undefined;
  #shownByAll = 0;

  constructor(settings: MeasureSettings, lab: Lab, onProgress: (progress: MeasureProgress) => void) {
    this.#settings = settings;
    this.#lab = lab;
    this.#onProgress = onProgress;
    this.#technician = new Technician(lab, settings, this.#samples);
    this.#startedAt = settings.virtual ? undefined : new Date().toISOString();
    const interval = (settings.duration * SHARES.display * 1e6) / BLOCKS;
    this.#series = new SeriesRecorder(lab, interval, () => this.#counted());
  }

  async run(): Promise<MeasureReport> {
    try {
      await this.#open();
      return await this.#report();
    } finally {
      this.#series.close();
      await this.#technician.viewer?.close();
      for (const viewer of this.#others) viewer.close();
    }
  }

  async #open(): Promise<void> {
    await this.#technician.join(() => {
      this.#shownByAll++;
    });
    for (let index = 1; index < this.#settings.viewers; index++) {
      const viewer = await this.#lab.openViewer(index, {
        onFrame: () => {
          this.#shownByAll++;
        },
        onOverlay: (event, at) => {
          // One observer is enough: the others hear the same at the same time.
          if (index !== 1 || event.sequence === 0) return;
          const channel = event.kind === 'laser' ? 'laserToViewers' : 'whiteboardToViewers';
          this.#technician.seenByOther(channel, event.sequence, at);
        },
        onChat: ({ sequence, own }) => {
          if (index === 1 && !own) {
            this.#technician.seenByOther('chatToViewers', sequence, viewer.clock.now());
          }
        },
      });
      this.#others.push(viewer);
      await viewer.untilFrame(1, FIRST_LIMIT);
    }
  }

  async #report(): Promise<MeasureReport> {
    const { duration, bulkWindow } = this.#settings;
    const endBulk = bulkWindow > 0 ? this.#lab.startBulk(bulkWindow) : undefined;
    const display = await this.#displayPhase(duration * SHARES.display);
    await this.#overlayPhase('whiteboard', duration * SHARES.whiteboard);
    await this.#overlayPhase('laser', duration * SHARES.laser);
    await this.#chatPhase(duration * SHARES.chat);
    const bulkBytesPerSecond = (await endBulk?.()) ?? 0;
    const { compared, mismatches } = await this.#verifyPhase();
    return {
      settings: this.#settings,
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      transport: this.#lab.transport,
      channels: this.#samples.figures(),
      stages: stageFigures(this.#technician.book.sets()),
      clockErrorMs: this.#samples.clockError / 1000,
      ...display,
      bulkBytesPerSecond,
      framesCompared: compared,
      mismatches,
      series: this.#series.series(),
      spikes: describeSpikes(this.#technician.book.slowest(), this.#series),
    };
  }

  // -- phases -----------------------------------------------------------------------------------------------------

  async #displayPhase(seconds: number) {
    const technician = this.#technician;
    await technician.takeControl(this.#lab.textField);
    this.#tell('display', 0);
    await technician.typeFor(this.#settings.warmup);
    const before = await this.#begin('display', seconds);
    // What was typed to warm up does not count, however long it takes.
    technician.forget();
    await technician.typeFor(seconds);
    const after = await this.#end();
    await this.#settle();
    technician.viewer.setControl(false);
    return this.#displayFigures(before, after, seconds);
  }

  async #overlayPhase(tool: OverlayTool, seconds: number): Promise<void> {
    await this.#technician.takeTool(tool);
    this.#tell(tool, tool === 'laser' ? SHARES.display + SHARES.whiteboard : SHARES.display);
    await this.#begin(tool, seconds);
    await this.#technician.drawFor(tool, seconds);
    await this.#end();
    await this.#settle();
    this.#technician.viewer.setTool('none');
  }

  async #chatPhase(seconds: number): Promise<void> {
    this.#tell('chat', 1 - SHARES.chat);
    await this.#begin('chat', seconds);
    await this.#technician.chatFor(seconds);
    await this.#end();
    await this.#settle();
  }

  /** Waits for what was sent last, and puts the stages together. */
  async #settle(): Promise<void> {
    await this.#pause(SETTLE);
    for (let waited = SETTLE; waited < SETTLE_LIMIT && !this.#technician.isSettled; waited += SETTLE)
      await this.#pause(SETTLE);
    this.#samples.isCounting = false;
    this.#technician.forget();
    this.#technician.book.settle(await this.#lab.traces());
  }

  #pause(time: Micros): Promise<void> {
    return new Promise((resolve) => {
      this.#lab.clock.after(time, resolve);
    });
  }

  /** Compares the technician's pictures with the host's, frame by frame. */
  async #verifyPhase(): Promise<{ compared: number; mismatches: number }> {
    const wanted = this.#settings.verifyFrames;
    if (wanted === 0) return { compared: 0, mismatches: 0 };
    this.#tell('verify', 0.95);
    const { viewer } = this.#technician;
    const host = new Map<number, string>();
    const shown = new Map<number, string>();
    const compared = (): number => [...shown.keys()].filter((frame) => host.has(frame)).length;
    const stop = viewer.hashes((frame, hash) => {
      if (shown.size < wanted * 2) shown.set(frame, hash);
    });
    viewer.setControl(true);
    await new Promise<void>((resolve) => {
      const cancel = this.#lab.clock.after(VERIFY_LIMIT, resolve);
      this.#lab.onHash = ({ frame, hash }) => {
        host.set(frame, hash);
        if (compared() < wanted) return;
        cancel();
        resolve();
      };
      this.#lab.setHashing(true);
      // Something must change for frames to be sent, whatever the scenes do.
      void viewer.perform({
        rate: this.#settings.rate,
        duration: VERIFY_LIMIT / 1e6,
        deed: () => ({ kind: 'input', actions: [{ kind: 'text', text: 'v' }] }),
      });
    });
    stop();
    this.#lab.setHashing(false);
    const mismatches = [...shown].filter(
      ([frame, hash]) => host.has(frame) && host.get(frame) !== hash,
    ).length;
    return { compared: compared(), mismatches };
  }

  #tell(phase: Phase, done: number): void {
    this.#onProgress({ phase, done });
  }

  // -- figures ----------------------------------------------------------------------------------------------------

  /** Samples count from now on. Resolves with what was used and counted before. */
  async #begin(phase: Phase, seconds: number): Promise<Snapshot> {
    const usage = await this.#series.begin(phase);
    this.#samples.begin(phase, this.#lab.clock.now(), seconds);
    return { usage, ...this.#counted() };
  }

  /** Nothing is made any more; what is under way still counts. */
  async #end(): Promise<Snapshot> {
    const usage = await this.#series.end();
    return { usage, ...this.#counted() };
  }

  #counted(): Counted {
    const { frames, bytes } = this.#technician;
    return { frames, bytes, shownByAll: this.#shownByAll };
  }

  #displayFigures(before: Snapshot, after: Snapshot, seconds: number) {
    const frames = after.frames - before.frames;
    // On the slowest of links none may have come: what was used was used for nothing, then.
    const perFrame = (micros: number, count = frames): number =>
      Math.round(micros / Math.max(1, count)) / 1000;
    const used = (party: keyof Usage['cpu']) => after.usage.cpu[party] - before.usage.cpu[party];
    const { fileWait } = after.usage;
    return {
      // All of it: what a film is behind when samples begin to count, it may be behind later.
      ...(fileWait === undefined ? {} : { fileWaitMs: Math.round(fileWait / 1000) }),
      frames,
      framesPerSecond: Math.round((frames / seconds) * 10) / 10,
      bytesPerFrame: Math.round((after.bytes - before.bytes) / Math.max(1, frames)),
      cpuMsPerFrame: {
        host: perFrame(used('host')),
        relay: perFrame(used('relay')),
        viewer: perFrame(used('viewers'), after.shownByAll - before.shownByAll),
      },
    };
  }
}

/** What had been used and shown at a moment. */
interface Snapshot extends Counted {
  readonly usage: Usage;
}
