/** The whiteboard strokes that are on the screen now, as their messages, for those who join later. Bounded. */
import { isErased } from '../overlay/index.js';
import type { OverlayEvent } from '../protocol/index.js';

interface Stroke {
  readonly viewer: number;
  readonly id: number;
  readonly messages: Uint8Array[];
  bytes: number;
}

export class StrokeStore {
  readonly #maxBytes: number;
  /** In the order of drawing. */
  readonly #strokes = new Map<string, Stroke>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy of what is still to be seen after `event`. */
  apply(event: OverlayEvent, message: Uint8Array): void {
    if (event.kind === 'stroke') this.#draw(event, message);
    else if (event.kind === 'erase') this.#erase(event);
  }

  /** Every message that draws the present strokes, in order. */
  *messages(): Generator<Uint8Array> {
    for (const stroke of this.#strokes.values()) yield* stroke.messages;
  }

  #draw(event: OverlayEvent & { kind: 'stroke' }, message: Uint8Array): void {
    const key = `${event.viewer}/${event.stroke}`;
    if (event.begin) this.#remove(key);
    let stroke = this.#strokes.get(key);
    if (stroke === undefined) {
      // The rest of a stroke that was dropped for its age draws nothing without its beginning.
      if (!event.begin) return;
      stroke = { viewer: event.viewer, id: event.stroke, messages: [], bytes: 0 };
      this.#strokes.set(key, stroke);
    }
    stroke.messages.push(message.slice());
    stroke.bytes += message.byteLength;
    this.#bytes += message.byteLength;
    for (const oldest of this.#strokes.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest);
    }
  }

  #erase(event: OverlayEvent & { kind: 'erase' }): void {
    for (const [key, stroke] of this.#strokes) if (isErased(event, stroke)) this.#remove(key);
  }

  #remove(key: string): void {
    this.#bytes -= this.#strokes.get(key)?.bytes ?? 0;
    this.#strokes.delete(key);
  }
}
