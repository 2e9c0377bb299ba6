/**
 * The technician who is measured: the first viewer. Makes events on a timetable and takes note of what becomes of them,
 * and of every frame. An event's latency counts from its time on the timetable, so that a party that is late hides
 * nothing.
 */
import type { Rect } from '../../codecs/index.js';
import type { Clock, HeadlessViewer, Micros } from '../../engine/index.js';
import type { LatencySample, ShownFrame } from '../../engine/viewer/index.js';
import { readMarker } from '../hosts/index.js';
import type { ChannelSamples } from './channels.js';
import type { Lab } from './lab.js';
import type { MeasureSettings } from './settings.js';
import { type EventSample, StageBook } from './stages.js';
import { runTimetable } from './timetable.js';

/** Until a first picture has come over the slowest of links. */
export const FIRST_LIMIT: Micros = 600_000_000;

/** What an event was meant to be, until all that follows from it has been seen. */
interface OpenEvent {
  readonly intendedAt: Micros;
  readonly sentAt: Micros;
}

/** What the other viewers see of the technician. */
export type SeenChannel = 'whiteboardToViewers' | 'laserToViewers' | 'chatToViewers';
/** Texts per second: what the relay lets one party say is five. */
const CHAT_RATE = 4;

export type OverlayTool = 'whiteboard' | 'laser';

export class Technician {
  readonly samples: ChannelSamples;
  /** Shown, and the bytes of these. */
  frames = 0;
  bytes = 0;
  readonly #lab: Lab;
  readonly #settings: MeasureSettings;
  #viewer!: HeadlessViewer;
  #book!: StageBook;
  /** Input and overlay events are numbered apart. */
  readonly #inputs = new Map<number, OpenEvent>();
  readonly #overlays = new Map<number, OpenEvent>();
  readonly #chats = new Map<number, OpenEvent>();
  /** Overlay events, and texts, that another viewer has not shown yet. */
  readonly #unseen = { overlays: new Map<number, OpenEvent>(), chats: new Map<number, OpenEvent>() };
  /** Input that the picture must react to, oldest first. */
  readonly #clicks = new Map<number, OpenEvent>();

  constructor(lab: Lab, settings: MeasureSettings, samples: ChannelSamples) {
    this.#lab = lab;
    this.#settings = settings;
    this.samples = samples;
  }

  get viewer(): HeadlessViewer {
    return this.#viewer;
  }

  get book(): StageBook {
    return this.#book;
  }

  get #clock(): Clock {
    return this.#lab.clock;
  }

  /** Joins; resolves when it is known who it is, what it sees and what time it is at the host. */
  async join(onFrame: () => void): Promise<void> {
    this.#viewer = await this.#lab.openViewer(0, {
      onSample: (sample) => this.#onSample(sample),
      onFrame: (frame) => {
        onFrame();
        this.#onFrame(frame);
      },
    });
    const { session } = this.#viewer;
    await this.#viewer.untilFrame(1, FIRST_LIMIT);
    await this.#viewer.until(() => session.clockOffset() !== undefined, "the host's clock", FIRST_LIMIT);
    this.#book = new StageBook(session.state.viewer, this.#settings.level, this.samples.time);
  }

  /** Everything that was sent has come to something. */
  get isSettled(): boolean {
    return this.#open().every(({ size }) => size === 0);
  }

  /** What is still open is given up. */
  forget(): void {
    for (const open of this.#open()) open.clear();
  }

  #open(): readonly Map<number, OpenEvent>[] {
    const { overlays, chats } = this.#unseen;
    return [this.#inputs, this.#overlays, this.#chats, this.#clicks, overlays, chats];
  }

  // -- what the technician does -----------------------------------------------------------------------------------

  async takeControl(textField: Rect | undefined): Promise<void> {
    const { session } = this.#viewer;
    session.setControl(true);
    await this.#viewer.until(() => session.state.controller === session.state.viewer, 'control');
    if (textField === undefined) return;
    const x = Math.round(textField.x + textField.width / 2);
    const y = Math.round(textField.y + textField.height / 2);
    for (const buttons of [1, 0]) session.sendInput({ kind: 'pointer', x, y, buttons });
  }

  /** Types and takes back. */
  typeFor(seconds: number): Promise<void> {
    const { session } = this.#viewer;
    return runTimetable({
      clock: this.#clock,
      rate: this.#settings.rate,
      duration: seconds * 1e6,
      event: (index, late) => {
        const types = index % 2 === 0;
        const open = this.#openEvent(late);
        const sequence = session.sendInput(
          types ? { kind: 'text', text: 'x' } : { kind: 'key', code: 'Backspace', down: true },
        );
        if (sequence === undefined) return;
        this.#inputs.set(sequence, open);
        this.#clicks.set(sequence, open);
        if (!types) session.sendInput({ kind: 'key', code: 'Backspace', down: false });
      },
    });
  }

  async takeTool(tool: OverlayTool): Promise<void> {
    const { session } = this.#viewer;
    const me = session.state.viewer;
    session.setTool(tool);
    await this.#viewer.until(
      () => session.state.participants.some((one) => one.viewer === me && one.tool === tool),
      'the tool',
    );
  }

  /** Draws or points along a circle. */
  drawFor(tool: OverlayTool, seconds: number): Promise<void> {
    const { session } = this.#viewer;
    const { width, height, rate, viewers } = this.#settings;
    return runTimetable({
      clock: this.#clock,
      rate,
      duration: seconds * 1e6,
      event: (index, late) => {
        const open = this.#openEvent(late);
        const angle = index / 10;
        const x = width / 2 + Math.cos(angle) * (width / 4);
        const y = height / 2 + Math.sin(angle) * (height / 4);
        const sequence = session.sendOverlay(
          tool === 'laser'
            ? { kind: 'laser', visible: true, x, y }
            : { kind: 'stroke', stroke: 1, begin: index === 0, end: false, points: [{ x, y }] },
        );
        if (sequence === undefined) return;
        this.#overlays.set(sequence, open);
        if (viewers > 1) this.#unseen.overlays.set(sequence, open);
      },
    });
  }

  /** Writes to everybody, as often as the relay lets one party. */
  chatFor(seconds: number): Promise<void> {
    const { session } = this.#viewer;
    const { rate, viewers } = this.#settings;
    return runTimetable({
      clock: this.#clock,
      rate: Math.min(rate, CHAT_RATE),
      duration: seconds * 1e6,
      event: (index, late) => {
        const open = this.#openEvent(late);
        const said = session.chat.send(`line ${index} of what there is to say`);
        if (said === undefined || said.state === 'failed') return;
        this.#chats.set(said.sequence, open);
        if (viewers > 1) this.#unseen.chats.set(said.sequence, open);
      },
    });
  }

  /** Another viewer shows what the technician made. `at`: on the lab's clock. */
  seenByOther(channel: SeenChannel, sequence: number, at: Micros): void {
    const unseen = channel === 'chatToViewers' ? this.#unseen.chats : this.#unseen.overlays;
    const open = unseen.get(sequence);
    unseen.delete(sequence);
    if (open === undefined) return;
    this.#event({ channel, sequence, ...open, shownAt: at }, at);
  }

  // -- what becomes of it -------------------------------------------------------------------------------------------

  #openEvent(late: Micros): OpenEvent {
    const sentAt = this.#clock.now();
    return { intendedAt: sentAt - late, sentAt };
  }

  #onSample({ channel, latency, id }: LatencySample): void {
    // The session's own estimates of these go by what its viewer knows; the lab knows better.
    if (channel === 'display' || channel === 'clickToPicture') return;
    const events = this.#eventsOf(channel);
    const open = events.get(id);
    events.delete(id);
    if (open === undefined) return;
    const byViewer = this.#viewer.session.clockOffset()!.offset;
    const correction = this.#lab.hostOffset.offset - byViewer;
    this.#event({ channel, sequence: id, ...open }, open.sentAt + latency + correction);
  }

  #eventsOf(channel: 'input' | 'whiteboard' | 'laser' | 'chat'): Map<number, OpenEvent> {
    if (channel === 'input') return this.#inputs;
    return channel === 'chat' ? this.#chats : this.#overlays;
  }

  #onFrame(frame: ShownFrame): void {
    this.frames++;
    this.bytes += frame.bytes;
    if (this.samples.counts('display')) {
      // What only sharpens shows nothing new, and a whole picture may show what is old by itself.
      if (!frame.refinement && frame.base !== 0) {
        const { offset, error } = this.#lab.hostOffset;
        const drawnAt = frame.drawnAt + offset;
        this.samples.record('display', drawnAt, frame.decodedAt - drawnAt, error);
        this.#book.frame(frame);
      }
    }
    this.#onMarker(frame);
  }

  /** The marker in the picture names the last input that the host has drawn. */
  #onMarker(frame: ShownFrame): void {
    if (this.#clicks.size === 0) return;
    const marker = readMarker(this.#viewer.picture);
    if (marker === undefined || marker.viewer !== (this.#viewer.session.state.viewer & 0xff)) return;
    for (const [sequence, open] of this.#clicks) {
      if (((marker.sequence - sequence) & 0xffff) >= 0x8000) break;
      this.#clicks.delete(sequence);
      this.#event({ channel: 'clickToPicture', sequence, ...open, frame }, frame.decodedAt);
    }
  }

  #event(sample: EventSample, at: Micros): void {
    const error = sample.shownAt === undefined ? this.#lab.hostOffset.error : 0;
    this.samples.record(sample.channel, sample.intendedAt, at - sample.intendedAt, error);
    if (this.samples.isCounting) this.#book.event(sample);
  }
}
