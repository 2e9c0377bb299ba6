/** What is drawn, as a recording keeps it: message by message, and once more in few where there are many. */
import type { FileRange } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { OverlayModel, strokeMessages } from '../overlay/index.js';
import { decodeOverlay, type OverlayEvent } from '../protocol/index.js';
import type { Shown } from './shown.js';

/**
 * When what is drawn lies in more messages than this, and in twice as many as it takes, it is drawn once more in few:
 * each checkpoint names them all.
 */
const REDRAW_MESSAGES = 256;

export class OverlayTrack {
  readonly #shown: Shown;
  readonly #append: (message: Uint8Array, at: Micros) => FileRange;
  readonly #drawn = new OverlayModel();
  /** More messages than these are worth to draw it anew. */
  #limit = REDRAW_MESSAGES;

  /** `append` writes a message. */
  constructor(shown: Shown, append: (message: Uint8Array, at: Micros) => FileRange) {
    this.#shown = shown;
    this.#append = append;
  }

  /** An event, as the message that is to be kept of it. */
  take(event: OverlayEvent, message: Uint8Array, at: Micros): void {
    this.#keep(event, message, at);
    if (this.#shown.strokeMessages <= this.#limit) return;
    // A stroke that begins again takes the place of itself.
    for (const again of [...strokeMessages(this.#drawn.strokes)]) this.#keep(decodeOverlay(again), again, at);
    this.#limit = Math.max(REDRAW_MESSAGES, 2 * this.#shown.strokeMessages);
  }

  #keep(event: OverlayEvent, message: Uint8Array, at: Micros): void {
    this.#drawn.apply(event, at);
    this.#shown.overlay(event, this.#append(message, at));
  }
}
