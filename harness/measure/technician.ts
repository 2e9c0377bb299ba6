/**
 * The technician who is measured: the first viewer. Makes events on a timetable and takes note of what becomes of them,
 * and of every frame. An event's latency counts from its time on the timetable, so that a party that is late hides
 * nothing.
 */
import type { Rect } from '../../codecs/index.js';
import type { InputAction, Micros, OverlayAction } from '../../engine/index.js';
import type { ChannelSamples } from './channels.js';
import type { Lab } from './lab.js';
import { type EventKind, type MeasuredFrame, type MeasuredViewer, shownAt } from './measured-viewer.js';
import type { MeasureSettings } from './settings.js';
import { type EventSample, StageBook } from './stages.js';

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

const TYPE: readonly InputAction[] = [{ kind: 'text', text: 'x' }];
const TAKE_BACK: readonly InputAction[] = [
  { kind: 'key', code: 'Backspace', down: true },
  { kind: 'key', code: 'Backspace', down: false },
];

export type OverlayTool = 'whiteboard' | 'laser';

export class Technician {
  readonly samples: ChannelSamples;
  /** Shown, and the bytes of these. */
  frames = 0;
  bytes = 0;
  readonly #lab: Lab;
  readonly #settings: MeasureSettings;
  #viewer!: MeasuredViewer;
  #book!: StageBook;
  /** Input and overlay events are numbered apart. */
  readonly #inputs = new Map<number, OpenEvent>();
  readonly #overlays = new Map<number, OpenEvent>();
  readonly #chats = new Map<number, OpenEvent>();
  /** Overlay events, and texts, that another viewer has not shown yet. */
  readonly #unseen = { overlays: new Map<number, OpenEvent>(), chats: new Map<number, OpenEvent>() };
  /** What another viewer showed before the technician's own viewer has told that it was sent: a page tells later. */
  readonly #early = new Map<string, { readonly channel: SeenChannel; readonly at: Micros }>();
  /** Input that the picture must react to, oldest first. */
  readonly #clicks = new Map<number, OpenEvent>();

  constructor(lab: Lab, settings: MeasureSettings, samples: ChannelSamples) {
    this.#lab = lab;
    this.#settings = settings;
    this.samples = samples;
  }

  get viewer(): MeasuredViewer {
    return this.#viewer;
  }

  get book(): StageBook {
    return this.#book;
  }

  /** Joins; resolves when it is known who it is, what it sees and what time it is at the host. */
  async join(onFrame: () => void): Promise<void> {
    this.#viewer = await this.#lab.openTechnician({
      onFrame: (frame) => {
        onFrame();
        this.#onFrame(frame);
      },
      onSent: (...sent) => this.#onSent(...sent),
      onApplied: (...applied) => this.#onApplied(...applied),
    });
    await this.#viewer.untilReady(FIRST_LIMIT);
    this.#book = new StageBook(this.#viewer.state.viewer, this.#settings.level, this.samples.time);
  }

  /** Everything that was sent has come to something. */
  get isSettled(): boolean {
    return this.#open().every(({ size }) => size === 0);
  }

  /** What is still open is given up. */
  forget(): void {
    for (const open of this.#open()) open.clear();
    this.#early.clear();
  }

  #open(): readonly Map<number, OpenEvent>[] {
    const { overlays, chats } = this.#unseen;
    return [this.#inputs, this.#overlays, this.#chats, this.#clicks, overlays, chats];
  }

  // -- what the technician does -----------------------------------------------------------------------------------

  async takeControl(textField: Rect | undefined): Promise<void> {
    const { viewer } = this;
    viewer.setControl(true);
    await viewer.until(() => viewer.state.controller === viewer.state.viewer, 'control');
    if (textField === undefined) return;
    const x = Math.round(textField.x + textField.width / 2);
    const y = Math.round(textField.y + textField.height / 2);
    viewer.input([1, 0].map((buttons) => ({ kind: 'pointer', x, y, buttons })));
  }

  /** Types and takes back. */
  typeFor(seconds: number): Promise<void> {
    return this.viewer.perform({
      rate: this.#settings.rate,
      duration: seconds,
      deed: (index) => ({ kind: 'input', actions: index % 2 === 0 ? TYPE : TAKE_BACK }),
    });
  }

  async takeTool(tool: OverlayTool): Promise<void> {
    const { viewer } = this;
    const me = viewer.state.viewer;
    viewer.setTool(tool);
    await viewer.until(
      () => viewer.state.participants.some((one) => one.viewer === me && one.tool === tool),
      'the tool',
    );
  }

  /** Draws or points along a circle. */
  drawFor(tool: OverlayTool, seconds: number): Promise<void> {
    const { width, height, rate } = this.#settings;
    return this.viewer.perform({
      rate,
      duration: seconds,
      deed: (index) => {
        const angle = index / 10;
        const x = width / 2 + Math.cos(angle) * (width / 4);
        const y = height / 2 + Math.sin(angle) * (height / 4);
        const action: OverlayAction =
          tool === 'laser'
            ? { kind: 'laser', visible: true, x, y }
            : { kind: 'stroke', stroke: 1, begin: index === 0, end: false, points: [{ x, y }] };
        return { kind: 'overlay', action };
      },
    });
  }

  /** Writes to everybody, as often as the relay lets one party. */
  chatFor(seconds: number): Promise<void> {
    return this.viewer.perform({
      rate: Math.min(this.#settings.rate, CHAT_RATE),
      duration: seconds,
      deed: (index) => ({ kind: 'chat', text: `line ${index} of what there is to say` }),
    });
  }

  /** Another viewer shows what the technician made. `at`: on the lab's clock. */
  seenByOther(channel: SeenChannel, sequence: number, at: Micros): void {
    const unseen = channel === 'chatToViewers' ? this.#unseen.chats : this.#unseen.overlays;
    const open = unseen.get(sequence);
    unseen.delete(sequence);
    if (open === undefined) {
      this.#early.set(`${channel === 'chatToViewers' ? 'chat' : 'overlay'} ${sequence}`, { channel, at });
      return;
    }
    this.#event({ channel, sequence, ...open, shownAt: at }, at);
  }

  // -- what becomes of it -------------------------------------------------------------------------------------------

  #onSent(kind: EventKind, sequence: number, intendedAt: Micros, sentAt: Micros): void {
    const open = { intendedAt, sentAt };
    const isSeen = this.#settings.viewers > 1;
    switch (kind) {
      case 'input':
        this.#inputs.set(sequence, open);
        this.#clicks.set(sequence, open);
        return;
      case 'overlay':
        this.#overlays.set(sequence, open);
        if (isSeen) this.#unseen.overlays.set(sequence, open);
        break;
      case 'chat':
        this.#chats.set(sequence, open);
        if (isSeen) this.#unseen.chats.set(sequence, open);
    }
    const key = `${kind} ${sequence}`;
    const early = this.#early.get(key);
    this.#early.delete(key);
    if (early !== undefined) this.seenByOther(early.channel, sequence, early.at);
  }

  #onApplied(channel: 'input' | 'whiteboard' | 'laser' | 'chat', id: number, at: Micros): void {
    const events = this.#eventsOf(channel);
    const open = events.get(id);
    events.delete(id);
    if (open !== undefined) this.#event({ channel, sequence: id, ...open }, at);
  }

  #eventsOf(channel: 'input' | 'whiteboard' | 'laser' | 'chat'): Map<number, OpenEvent> {
    if (channel === 'input') return this.#inputs;
    return channel === 'chat' ? this.#chats : this.#overlays;
  }

  #onFrame(frame: MeasuredFrame): void {
    this.frames++;
    this.bytes += frame.bytes;
    if (this.samples.counts('display')) {
      // What only sharpens shows nothing new, and a whole picture may show what is old by itself.
      if (!frame.refinement && frame.base !== 0) {
        const { offset, error } = this.#lab.hostOffset;
        const drawnAt = frame.drawnAt + offset;
        const { clockError } = this.#viewer;
        this.samples.record('display', drawnAt, shownAt(frame) - drawnAt, error + clockError);
        this.#book.frame(frame);
      }
    }
    this.#onMarker(frame);
  }

  /** The marker in the picture names the last input that the host has drawn. */
  #onMarker(frame: MeasuredFrame): void {
    if (this.#clicks.size === 0) return;
    const marker = frame.marker();
    if (marker === undefined || marker.viewer !== (this.#viewer.state.viewer & 0xff)) return;
    for (const [sequence, open] of this.#clicks) {
      if (((marker.sequence - sequence) & 0xffff) >= 0x8000) break;
      this.#clicks.delete(sequence);
      this.#event({ channel: 'clickToPicture', sequence, ...open, frame }, shownAt(frame));
    }
  }

  #event(sample: EventSample, at: Micros): void {
    const { clockError } = this.#viewer;
    const error = sample.shownAt === undefined ? this.#lab.hostOffset.error + clockError : clockError;
    this.samples.record(sample.channel, sample.intendedAt, at - sample.intendedAt, error);
    if (this.samples.isCounting) this.#book.event(sample);
  }
}
