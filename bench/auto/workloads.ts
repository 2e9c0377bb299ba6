/** What is drawn in the simulation: the kinds of work that a screen shows. Times are microseconds. */
import type { Damage, LinkModel } from './simulation.js';

export const SECOND = 1_000_000;
const NOTHING: readonly Damage[] = [];

export type Workload = (at: number) => readonly Damage[];

/** Whether something that happens every `period` happens in this millisecond. */
function every(period: number, at: number): boolean {
  return at % period < 1_000;
}

/** A character every 120 ms. */
export const typing: Workload = (at) =>
  every(120_000, at) ? [{ region: 1, pixels: 600, share: 0 }] : NOTHING;

/** A whole 1080p page at 1 s and every 8 s: mostly text, some pictures. */
export const pages: Workload = (at) =>
  at >= SECOND && every(8 * SECOND, at - SECOND) ? [{ region: 2, pixels: 2_073_600, share: 0.08 }] : NOTHING;

/** A film of 640 x 360 at 25 frames a second until 12 s, then rest. */
export const film: Workload = (at) =>
  at < 12 * SECOND && every(40_000, at) ? [{ region: 3, pixels: 230_400, share: 1 }] : NOTHING;

/** Text scrolls at 30 steps a second until 12 s: moves leave a strip to be coded. */
export const scroll: Workload = (at) =>
  at < 12 * SECOND && every(33_000, at) ? [{ region: 4, pixels: 60_000, share: 0.02 }] : NOTHING;

/** Somebody types beside a film. */
export const typingBesideFilm: Workload = (at) => [...typing(at), ...film(at)];

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  typing,
  'new page': pages,
  film,
  scroll,
  'typing beside a film': typingBesideFilm,
};

/** A link of constant rate. @param bits Bits per second. */
export function constantLink(bits: number, roundTrip: number, jitter = 0): LinkModel {
  return { rate: () => bits / 8, roundTrip: () => roundTrip, jitter };
}

/** A local network: a gigabit, half a millisecond. */
export const LAN: LinkModel = constantLink(1e9, 500, 300);
