/**
 * Which recorded blocks are still needed to rebuild what is shown: what a checkpoint lists. The picture needs
 * everything since its newest whole picture, because a move copies pixels whose origin only the earlier blocks
 * tell; overlays and state need the few messages that nothing later has replaced.
 */
import type { FileRange } from '../../codecs/recording/index.js';
import type { ControlMessage, OverlayEvent } from '../protocol/index.js';

/** Most stroke messages that stay live: a whiteboard full. The oldest are dropped first. */
const MAX_STROKE_MESSAGES = 4096;
/** The end of the conversation that stays in sight: more than a page shows. */
const MAX_CHAT_MESSAGES = 100;
/** One dot per participant; a session has no more. */
const MAX_LASERS = 64;

/** Control messages that say how things stand; the newest of each is all that counts. */
export const STATE_MESSAGES = ['host-state', 'participants', 'level-state'] as const;
export type StateMessage = Extract<ControlMessage, { type: (typeof STATE_MESSAGES)[number] }>;

export function isStateMessage(message: ControlMessage): message is StateMessage {
  return (STATE_MESSAGES as readonly string[]).includes(message.type);
}

/** What is drawn and how things stand, as the messages that say so; `T` is what stands for a message. */
export class LiveMessages<T> {
  readonly #state = new Map<StateMessage['type'], T>();
  #strokes: { readonly viewer: number; readonly value: T }[] = [];
  readonly #lasers = new Map<number, T>();
  readonly #chat: T[] = [];

  state(message: StateMessage, value: T): void {
    this.#state.set(message.type, value);
  }

  overlay(event: OverlayEvent, value: T): void {
    const { viewer } = event;
    switch (event.kind) {
      case 'stroke':
        this.#strokes.push({ viewer, value });
        if (this.#strokes.length > MAX_STROKE_MESSAGES) this.#strokes.shift();
        break;
      case 'erase':
        this.#strokes =
          event.scope === 'mine' ? this.#strokes.filter((stroke) => stroke.viewer !== viewer) : [];
        break;
      case 'laser':
        this.#lasers.delete(viewer);
        if (event.visible && this.#lasers.size < MAX_LASERS) this.#lasers.set(viewer, value);
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
    for (const stroke of this.#strokes) yield stroke.value;
    yield* this.#lasers.values();
    yield* this.#chat;
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
