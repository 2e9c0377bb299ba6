/** What a recording that starts in the middle of a session must know of what came before. */
import { SightlineError } from '../../codecs/index.js';
import type { RecordingMetadata } from '../../codecs/recording/index.js';
import { laserMessage, OverlayModel, strokeMessages } from '../overlay/index.js';
import { Channel, channelOf, decodeControl, decodeOverlay } from '../protocol/index.js';
import { isStateMessage, type StateMessage } from './live.js';

/**
 * Remembers what is drawn and how things stand, so that a recording that starts in the middle of a session starts with
 * it. Bounded; give it every message of the session.
 */
export class SessionMemory {
  readonly #overlay = new OverlayModel();
  readonly #state = new Map<StateMessage['type'], Uint8Array>();
  #participants: RecordingMetadata['participants'] = [];
  #viewer: number | undefined;

  /** Never throws: what is malformed is left out. */
  message(message: Uint8Array): void {
    try {
      const channel = channelOf(message);
      if (channel === Channel.Overlay) this.#overlay.apply(decodeOverlay(message), 0);
      if (channel !== Channel.Control) return;
      const control = decodeControl(message);
      if (control.type === 'viewer-welcome') this.#viewer = control.viewer;
      if (!isStateMessage(control)) return;
      this.#state.set(control.type, message.slice());
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

  /** The viewer's own id, once it was told in a message: after a lost connection it may be another. */
  get viewer(): number | undefined {
    return this.#viewer;
  }

  /** How things stand, then what is drawn, in the order of drawing. */
  *messages(): Generator<Uint8Array> {
    yield* this.#state.values();
    yield* strokeMessages(this.#overlay.strokes);
    for (const dot of this.#overlay.lasers) yield laserMessage(dot, true);
  }
}
