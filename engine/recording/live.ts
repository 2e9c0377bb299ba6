/**
 * Which recorded blocks are still needed to rebuild what is shown: what a checkpoint lists. The picture needs
 * everything since its newest whole picture, because a move copies pixels whose origin only the earlier blocks
 * tell; overlays and state need the few messages that nothing later has replaced.
 */
import type { FileRange } from '../../codecs/recording/index.js';
import { isErased, MAX_LASERS, MAX_POINTS, MAX_POINTS_PER_STROKE, MAX_STROKES } from '../overlay/index.js';
import {
  CATALOGUE,
  type ControlMessage,
  type OverlayEvent,
  type RecordedMessage,
} from '../protocol/index.js';

/** The end of the conversation that stays in sight: more than a page shows. */
const MAX_CHAT_MESSAGES = 100;

/** Control messages that are recorded say how things stand; the newest of each is all that counts. */
export type StateMessage = Extract<ControlMessage, { type: RecordedMessage }>;

export function isStateMessage(message: ControlMessage): message is StateMessage {
  return CATALOGUE[message.type].recorded;
}

interface LiveStroke<T> {
  readonly viewer: number;
  readonly id: number;
  readonly values: T[];
  points: number;
}

interface LiveDot<T> {
  readonly x: number;
  readonly y: number;
  readonly value: T;
}

/**
 * What is drawn and how things stand, as the messages that say so; `T` is what stands for a message. Applied in their
 * order to an empty `OverlayModel` they give what one has that was shown all messages: what that forgets is forgotten.
 */
export class LiveMessages<T> {
  readonly #state = new Map<StateMessage['type'], T>();
  /** By author and number, in the order of drawing. */
  readonly #strokes = new Map<string, LiveStroke<T>>();
  #points = 0;
  #strokeMessages = 0;
  readonly #lasers = new Map<number, LiveDot<T>>();
  readonly #chat: T[] = [];

  /** Messages that draw the present strokes. */
  get strokeMessages(): number {
    return this.#strokeMessages;
  }

  state(message: StateMessage, value: T): void {
    this.#state.set(message.type, value);
  }

  overlay(event: OverlayEvent, value: T): void {
    switch (event.kind) {
      case 'stroke':
        this.#draw(event, value);
        break;
      case 'erase':
        for (const [key, stroke] of this.#strokes) if (isErased(event, stroke)) this.#remove(key);
        break;
      case 'laser':
        this.#point(event, value);
        break;
    }
  }

  chat(value: T): void {
    this.#chat.push(value);
    if (this.#chat.length > MAX_CHAT_MESSAGES) this.#chat.shift();
  }

  /** State first, then strokes in the order of drawing, then dots, then what was said. */
  *values(): Generator<T> {
    yield* this.#state.values();
    for (const stroke of this.#strokes.values()) yield* stroke.values;
    for (const dot of this.#lasers.values()) yield dot.value;
    yield* this.#chat;
  }

  #draw(event: Extract<OverlayEvent, { kind: 'stroke' }>, value: T): void {
    const key = `${event.viewer}:${event.stroke}`;
    if (event.begin) this.#remove(key);
    let stroke = this.#strokes.get(key);
    if (stroke === undefined) {
      this.#dropOldest(() => this.#strokes.size >= MAX_STROKES);
      stroke = { viewer: event.viewer, id: event.stroke, values: [], points: 0 };
      this.#strokes.set(key, stroke);
    }
    const points = Math.min(event.points.length, MAX_POINTS_PER_STROKE - stroke.points);
    // Of a stroke that is full nothing more is drawn.
    if (points === 0) return;
    stroke.points += points;
    this.#points += points;
    stroke.values.push(value);
    this.#strokeMessages++;
    this.#dropOldest(() => this.#points > MAX_POINTS);
  }

  #dropOldest(isTooMuch: () => boolean): void {
    for (const oldest of this.#strokes.keys()) {
      if (!isTooMuch()) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const stroke = this.#strokes.get(key);
    if (stroke === undefined) return;
    this.#strokes.delete(key);
    this.#points -= stroke.points;
    this.#strokeMessages -= stroke.values.length;
  }

  #point({ viewer, visible, x, y }: Extract<OverlayEvent, { kind: 'laser' }>, value: T): void {
    const last = this.#lasers.get(viewer);
    // A dot fades from when it came to where it is.
    if (visible && last !== undefined && last.x === x && last.y === y) return;
    this.#lasers.delete(viewer);
    if (!visible) return;
    for (const oldest of this.#lasers.keys()) {
      if (this.#lasers.size < MAX_LASERS) break;
      this.#lasers.delete(oldest);
    }
    this.#lasers.set(viewer, { x, y, value });
  }
}

/** The ranges in the file's order, neighbours joined, with `[pictureStart, end)` as the last. */
export function liveRanges(messages: Iterable<FileRange>, pictureStart: number, end: number): FileRange[] {
  const before = [...messages]
    .filter((range) => range.offset < pictureStart)
    .sort((a, b) => a.offset - b.offset);
  const joined: { offset: number; bytes: number }[] = [];
  for (const { offset, bytes } of [...before, { offset: pictureStart, bytes: end - pictureStart }]) {
    const last = joined.at(-1);
    if (last !== undefined && last.offset + last.bytes === offset) last.bytes += bytes;
    else joined.push({ offset, bytes });
  }
  return joined;
}
