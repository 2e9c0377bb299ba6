/** Turns what the host and the screen say into latency samples: both clocks, one scale. */
import type { Micros } from '../clock.js';
import { type AppliedAck, Channel, type SliceHeader } from '../protocol/index.js';
import { ClickToPicture } from './click-to-picture.js';
import type { OffsetEstimate } from './clock-offset.js';
import type { SentEvent } from './event-sender.js';
import type { LatencyChannel, LatencySample } from './types.js';

export class Measurements {
  readonly #offset: () => OffsetEstimate | undefined;
  readonly #onSample: (sample: LatencySample) => void;
  readonly #clicks: ClickToPicture;

  /** `offset`: the viewer's clock minus the host's; while it is unknown, what needs it is not measured. */
  constructor(offset: () => OffsetEstimate | undefined, onSample: (sample: LatencySample) => void) {
    this.#offset = offset;
    this.#onSample = onSample;
    this.#clicks = new ClickToPicture((id, latency) =>
      onSample({ channel: 'clickToPicture', latency, error: 0, id }),
    );
  }

  sent(event: SentEvent): void {
    if (event.press) this.#clicks.pressed(event.sequence, event.createdAt);
  }

  /** The host acted on the event. */
  applied(event: SentEvent, ack: AppliedAck): void {
    const { createdAt, sequence } = event;
    const channel = channelOf(event, ack);
    if (channel !== undefined) this.#across(channel, createdAt, ack.appliedAt, 1, sequence);
    if (event.press) this.#clicks.applied(sequence, ack.frame);
  }

  /** The host has shown our text of that number, which was written at `createdAt`. */
  chatted(createdAt: Micros, { appliedAt, sequence }: AppliedAck): void {
    this.#across('chat', createdAt, appliedAt, 1, sequence);
  }

  /** A frame is on the screen. */
  presented({ base, drawnAt, frame, refinement }: SliceHeader, presentedAt: Micros): void {
    // Nothing in it was drawn since the frame before.
    if (refinement) return;
    // A picture for somebody who has just joined may be old by itself: the screen rested.
    if (base !== 0) this.#across('display', presentedAt, drawnAt, -1, frame);
    this.#clicks.presented(frame, presentedAt);
  }

  /** The connection is lost: no answer will come. */
  reset(): void {
    this.#clicks.reset();
  }

  /** From our time to the host's (`direction` 1) or from the host's to ours (-1). */
  #across(channel: LatencyChannel, ours: Micros, hosts: Micros, direction: 1 | -1, id: number): void {
    const estimate = this.#offset();
    if (estimate === undefined) return;
    const latency = direction * (hosts + estimate.offset - ours);
    this.#onSample({ channel, latency, error: estimate.error, id });
  }
}

function channelOf(event: SentEvent, ack: AppliedAck): LatencyChannel | undefined {
  if (ack.channel === Channel.Input) return 'input';
  if (event.kind === 'stroke') return 'whiteboard';
  return event.kind === 'laser' ? 'laser' : undefined;
}
