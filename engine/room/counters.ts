/** What the relay has done since it started. Plain numbers, written on the hot path, read by /metrics. */
import { CHANNEL_NAMES, type Channel, MESSAGES, type Message } from '../protocol/index.js';
import { REFUSALS, type Refusal } from './gate.js';

export const DROP_REASONS = [
  ...REFUSALS,
  'ack',
  'host-away',
  'stale-slice',
  'unknown-viewer',
  'thinned',
  'unknown',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export class Counters {
  readonly messagesIn = new Float64Array(CHANNEL_NAMES.length);
  readonly bytesIn = new Float64Array(CHANNEL_NAMES.length);
  readonly messagesOut = new Float64Array(CHANNEL_NAMES.length);
  readonly bytesOut = new Float64Array(CHANNEL_NAMES.length);
  /** Messages that were not forwarded, by reason. */
  readonly dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;
  /** By the catalogue's index: messages of parties, and of these what the gate did not let through. */
  readonly messages = new Float64Array(MESSAGES.length);
  readonly refusedMessages = new Float64Array(MESSAGES.length);
  /** Viewers cut from the fan-out. */
  cuts = 0;
  /** Updates asked of hosts: after a cut, a join, a change of level. */
  refreshes = 0;
  /** Of these: asked once more, because nothing had come. */
  repeatedRefreshes = 0;
  /** Answers that a host had not begun, or had not gone on with, in time. */
  overdueRefreshes = 0;
  /** Slices that one answer brought to several viewers at once. */
  sharedSlices = 0;
  /** Links refused with a reason (malformed, unauthorised, not found, …). */
  refused = 0;
  /** Silent links closed to make room for newer ones. */
  evicted = 0;
  /** Hellos refused unheard, because too many of their address had been refused. */
  unheard = 0;
  /** Links closed because they did not read. */
  tooSlow = 0;
  /** Links closed because sending on them threw. */
  brokenLinks = 0;
  /** Hosts that came back within the grace period. */
  resumed = 0;
  /** Viewers that came back as who they were. */
  resumedViewers = 0;

  /** A message of a party, that is whole. */
  named({ index }: Message): void {
    this.messages[index]!++;
  }

  /** ...and that the gate has not let through. */
  notAdmitted({ index }: Message, refusal: Refusal): void {
    this.dropped[refusal]++;
    this.refusedMessages[index]!++;
  }

  received(channel: Channel, bytes: number): void {
    this.messagesIn[channel]!++;
    this.bytesIn[channel]! += bytes;
  }

  sent(channel: Channel, bytes: number): void {
    this.messagesOut[channel]!++;
    this.bytesOut[channel]! += bytes;
  }
}
