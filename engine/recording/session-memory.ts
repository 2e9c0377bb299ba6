/** What a recording that starts in the middle of a session must know of what came before. */
import { SightlineError } from '../../codecs/index.js';
import type { RecordingMetadata } from '../../codecs/recording/index.js';
import { Channel, channelOf, decodeControl, decodeOverlay } from '../protocol/index.js';
import { isStateMessage, LiveMessages } from './live.js';

/**
 * Remembers, as messages, what is drawn and how things stand, so that a recording that starts in the middle of a
 * session starts with it. Bounded; give it every message of the session.
 */
export class SessionMemory {
  readonly #live = new LiveMessages<Uint8Array>();
  #participants: RecordingMetadata['participants'] = [];

  /** Never throws: what is malformed is left out. */
  message(message: Uint8Array): void {
    try {
      const channel = channelOf(message);
      if (channel === Channel.Overlay) this.#live.overlay(decodeOverlay(message), message.slice());
      if (channel !== Channel.Control) return;
      const control = decodeControl(message);
      if (!isStateMessage(control)) return;
      this.#live.state(control, message.slice());
      if (control.type === 'participants') {
        this.#participants = control.list.map(({ viewer, name }) => ({ viewer, name }));
      }
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
    }
  }

  get participants(): RecordingMetadata['participants'] {
    return this.#participants;
  }

  messages(): Iterable<Uint8Array> {
    return this.#live.values();
  }
}
