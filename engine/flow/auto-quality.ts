/**
 * Which rung of the ladder a packet gets: the finest that fits the budget, with hysteresis. Coarser at once, for
 * what does not fit delays everything after it. Finer only when the finer one fits with room to spare and the
 * present one has been held for a while; and for longer each time that a climb was followed by a fall, so that
 * a link between two rungs is not tried again and again.
 *
 * The rung is held for packets of one size: a page that changes as a whole and a few typed characters do not
 * bind each other. A change too large for one packet counts whole until all of it has been shown: what is left of it
 * is small in the end and would fit in finer quality, but the reader waits for the rest of the page.
 */
import type { Micros } from '../clock.js';
import { COARSEST, COARSEST_EXACT_TEXT, type CostState, expectedBytes, RUNGS } from './auto-cost.js';
import type { AutoReason } from './auto-types.js';

/** Over the budget by so much is still within it: estimates are no better. */
const TOLERANCE = 1.15;
/** A finer rung must fit into this share of the budget. */
const ROOM = 0.7;
/** ...and into this one to be taken at once, however many rungs are between: the link is another one. */
const LEAP_ROOM = 0.35;
/** The longest climb otherwise. */
const LONGEST_CLIMB = 2;
const LEAP_AFTER: Micros = 150_000;
/** How long a rung is held before a climb: at first and at most. */
const SHORTEST_HOLD: Micros = 1_000_000;
const LONGEST_HOLD: Micros = 8_000_000;
/** Without a fall for so long, the hold halves. */
const CALM: Micros = 10_000_000;
/** A packet of so much fewer pixels is of another kind. */
const KIND = 4;
/** A rung is forgotten when no packet of its kind came for so long. */
const FORGET: Micros = 1_000_000;

/** Plain data. */
export interface QualityState {
  /** The rung held; -1: none. */
  held: number;
  heldSince: Micros;
  /** Pixels of the packets that it is held for. */
  pixels: number;
  /** Pixels of the change that the last packet belongs to. */
  change: number;
  usedAt: Micros;
  /** How long a rung is held before a climb. */
  hold: Micros;
  climbedAt: Micros;
  /** When the hold was last doubled or halved. */
  holdSince: Micros;
}

export function newQuality(): QualityState {
  return {
    held: -1,
    heldSince: 0,
    pixels: 0,
    change: 0,
    usedAt: 0,
    hold: SHORTEST_HOLD,
    climbedAt: -LONGEST_HOLD,
    holdSince: 0,
  };
}

export interface QualityChoice {
  readonly rung: number;
  readonly reason: AutoReason;
}

/** Text is reduced only where that saves this share of the bytes: beside a film it would not help. */
const WORTH = 0.1;

/** The finest rung from `from` on that is expected to take `budget` bytes at most; else the coarsest of use. */
export function finestWithin(
  cost: CostState,
  pixels: number,
  share: number | undefined,
  budget: number,
  from = 0,
): number {
  if (budget === Number.POSITIVE_INFINITY) return from;
  const bytes = (rung: number): number => expectedBytes(cost, pixels, RUNGS[rung]!, share);
  for (let rung = from; rung <= COARSEST_EXACT_TEXT; rung++) if (bytes(rung) <= budget) return rung;
  const exactText = Math.max(from, COARSEST_EXACT_TEXT);
  const worth = (1 - WORTH) * bytes(exactText);
  for (let rung = exactText + 1; rung <= COARSEST; rung++) {
    const expected = bytes(rung);
    if (expected <= Math.min(budget, worth) || (rung === COARSEST && expected <= worth)) return rung;
  }
  return exactText;
}

/**
 * The size of the change that damage belongs to.
 *
 * @param left How much of the damage a packet before had no room for.
 */
export function changeOf(state: QualityState, pixels: number, left: number): number {
  state.change = 2 * left > pixels ? Math.max(state.change, pixels) : pixels;
  return state.change;
}

/** @param budget Bytes that the packet may take; `Infinity`: no limit. */
export function chooseQuality(
  state: QualityState,
  cost: CostState,
  packet: { readonly now: Micros; readonly pixels: number; readonly share: number | undefined },
  budget: number,
): QualityChoice {
  const { now, pixels, share } = packet;
  const fitting = finestWithin(cost, pixels, share, budget);
  const isOfKind = state.held >= 0 && now - state.usedAt <= FORGET && pixels * KIND > state.pixels;
  if (!isOfKind && fitting === 0 && pixels * KIND <= state.pixels) return choice(0, 'exact');
  if (!isOfKind || pixels > KIND * state.pixels) {
    hold(state, fitting, now);
    state.pixels = pixels;
    state.usedAt = now;
    return choice(fitting, fitting === 0 ? 'exact' : 'link');
  }
  state.pixels += (pixels - state.pixels) / 4;
  state.usedAt = now;
  calm(state, now);
  const { held } = state;
  if (finestWithin(cost, pixels, share, budget * TOLERANCE, held) > held) {
    if (now - state.climbedAt < 2 * state.hold) lengthen(state, now);
    hold(state, Math.max(held + 1, fitting), now);
    return choice(state.held, 'link');
  }
  const leap = finestWithin(cost, pixels, share, budget * LEAP_ROOM);
  const roomy = finestWithin(cost, pixels, share, budget * ROOM);
  const isLeap = leap < held - LONGEST_CLIMB && now - state.heldSince >= LEAP_AFTER;
  const isClimb = roomy < held && now - state.heldSince >= state.hold;
  if (isLeap || isClimb) {
    hold(state, isLeap ? leap : Math.max(roomy, held - LONGEST_CLIMB), now);
    state.climbedAt = now;
    return choice(state.held, state.held === 0 ? 'exact' : 'climbing');
  }
  return choice(held, held === 0 ? 'exact' : fitting < held ? 'held' : 'link');
}

function choice(rung: number, reason: AutoReason): QualityChoice {
  return { rung, reason };
}

function hold(state: QualityState, rung: number, now: Micros): void {
  state.held = rung;
  state.heldSince = now;
}

function lengthen(state: QualityState, now: Micros): void {
  state.hold = Math.min(LONGEST_HOLD, state.hold * 2);
  state.holdSince = now;
}

function calm(state: QualityState, now: Micros): void {
  if (state.hold === SHORTEST_HOLD || now - state.holdSince < CALM) return;
  state.hold = Math.max(SHORTEST_HOLD, state.hold / 2);
  state.holdSince = now;
}
