/** The measured viewer that decodes in memory: a frame is shown as soon as it is decoded. */
import type { HeadlessViewer, InputAction, Micros } from '../../engine/index.js';
import type { LatencySample } from '../../engine/viewer/index.js';
import { readMarker } from '../hosts/index.js';
import { withLateTimers } from './disturbance.js';
import type { Lab } from './lab.js';
import type { Deed, EventKind, MeasuredHandlers, MeasuredViewer, Plan } from './measured-viewer.js';
import { runTimetable } from './timetable.js';

/** Between two looks whether the host's clock is known. */
const CLOCK_LOOK: Micros = 10_000;

export class HeadlessTechnician implements MeasuredViewer {
  readonly #lab: Lab;
  readonly #handlers: MeasuredHandlers;
  readonly #late: Micros;
  #viewer!: HeadlessViewer;
  /** When each event was sent, until the host has acted on it. */
  readonly #sent = new Map<string, Micros>();

  /**
   * Takes the lab's first place.
   *
   * @param late By how much the timers of its timetables come late: a disturbance that is to be found.
   */
  static async open(lab: Lab, handlers: MeasuredHandlers, late: Micros = 0): Promise<HeadlessTechnician> {
    const technician = new HeadlessTechnician(lab, handlers, late);
    technician.#viewer = await lab.openViewer(0, {
      onSample: (sample) => technician.#onSample(sample),
      onFrame: (frame) =>
        handlers.onFrame({ ...frame, marker: () => readMarker(technician.#viewer.picture) }),
    });
    return technician;
  }

  private constructor(lab: Lab, handlers: MeasuredHandlers, late: Micros) {
    this.#lab = lab;
    this.#handlers = handlers;
    this.#late = late;
  }

  get state() {
    return this.#viewer.session.state;
  }

  /** The viewer runs on the lab's clock itself. */
  get clockError(): Micros {
    return 0;
  }

  async untilReady(limit: Micros): Promise<void> {
    const { session } = this.#viewer;
    const { clock } = this.#lab;
    await this.#viewer.untilFrame(1, limit);
    const isKnown = () => session.clockOffset() !== undefined;
    // While the picture rests, nothing else makes the viewer try whether it is known.
    for (const last = clock.now() + limit; !isKnown() && clock.now() < last; ) {
      await new Promise<void>((resolve) => {
        clock.after(CLOCK_LOOK, resolve);
      });
    }
    await this.#viewer.until(isKnown, "the host's clock", 0);
  }

  until(condition: () => boolean, what: string): Promise<void> {
    return this.#viewer.until(condition, what);
  }

  setControl(wanted: boolean): void {
    this.#viewer.session.setControl(wanted);
  }

  setTool(tool: Parameters<MeasuredViewer['setTool']>[0]): void {
    this.#viewer.session.setTool(tool);
  }

  input(actions: readonly InputAction[]): void {
    for (const action of actions) this.#viewer.session.sendInput(action);
  }

  perform({ rate, duration, deed }: Plan): Promise<void> {
    const { clock } = this.#lab;
    return runTimetable({
      clock: withLateTimers(clock, this.#late),
      rate,
      duration: duration * 1e6,
      event: (index, late) => {
        const sentAt = clock.now();
        const done = deed(index);
        const sequence = this.#do(done, sentAt);
        if (sequence === undefined) return;
        this.#sent.set(`${done.kind} ${sequence}`, sentAt);
        this.#handlers.onSent(done.kind, sequence, sentAt - late, sentAt);
      },
    });
  }

  hashes(onHash: (frame: number, hash: string) => void): () => void {
    return this.#viewer.onFrame(({ frame, exact }) => {
      // What is not exact yet says so, and is not to be held to it.
      if (exact) onHash(frame, this.#viewer.rgb24Md5());
    });
  }

  async close(): Promise<void> {
    this.#viewer.close();
  }

  #do(deed: Deed, at: Micros): number | undefined {
    const { session } = this.#viewer;
    switch (deed.kind) {
      case 'overlay':
        return session.sendOverlay(deed.action, at);
      case 'chat': {
        const said = session.chat.send(deed.text, at);
        return said === undefined || said.state === 'failed' ? undefined : said.sequence;
      }
      case 'input': {
        const [first, ...rest] = deed.actions;
        const sequence = session.sendInput(first!, at);
        for (const action of rest) session.sendInput(action);
        return sequence;
      }
    }
  }

  #onSample({ channel, latency, id }: LatencySample): void {
    // The session's own estimates of these go by what its viewer knows; the lab knows better.
    if (channel === 'display' || channel === 'clickToPicture') return;
    const kind: EventKind = channel === 'input' || channel === 'chat' ? channel : 'overlay';
    const key = `${kind} ${id}`;
    const sentAt = this.#sent.get(key);
    this.#sent.delete(key);
    if (sentAt === undefined) return;
    const byViewer = this.#viewer.session.clockOffset()!.offset;
    const correction = this.#lab.hostOffset.offset - byViewer;
    this.#handlers.onApplied(channel, id, sentAt + latency + correction);
  }
}
