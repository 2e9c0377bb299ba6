/**
 * How the auto stream of a host is coded: decided for each packet from what was measured.
 *
 * One question decides: how many bytes may this packet have, so that it is on the wire for no longer than
 * `wireTarget`? That is the link's rate (auto-link.ts) times the target, less what is still queued. The quality
 * is the finest whose expected bytes (auto-cost.ts) fit (auto-quality.ts): on a fast link the exact one. Where
 * even the coarsest does not fit, the budget tells the caller to send the packet's most important part only.
 * What was lost is made up for in the bandwidth that is left: when no damage waits, refinements of half the
 * size, smaller still when regular damage (a film elsewhere) needs most of the link.
 *
 * At first nothing is known. Then a small coarse packet goes, and its ack tells: on a local network all the
 * rest follows exactly within milliseconds, and on a slow link nothing is lost but that the picture was coarse
 * for longer than it needed to be. It is never the other way round.
 *
 * Without timers, clocks and randomness: the same calls give the same decisions, and a log can be replayed.
 */
import { ColourLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { COARSEST, COARSEST_EXACT_TEXT, expectedBytes, learnCost, newCost, RUNGS } from './auto-cost.js';
import { believedRate, dueProbe, learnLink, linkDelay, newLink, probed } from './auto-link.js';
import { AutoLog } from './auto-log.js';
import { learnPace, minInterval, newPace } from './auto-pace.js';
import { changeOf, chooseQuality, finestWithin, newQuality } from './auto-quality.js';
import type { AutoState } from './auto-state.js';
import {
  type AckedSample,
  AUTO_DEFAULTS,
  type AutoDecision,
  type AutoInputs,
  type AutoOptions,
  type AutoReason,
  type CodedSample,
} from './auto-types.js';

/** The first packet: 80 ms of a link of 1 Mbit/s, a third of a second of one of 256 kbit/s. */
export const COLD_BUDGET = 10_000;
/** Bytes that may always go: a tile or two, even where they take longer than the target. */
export const LEAST_BUDGET = 1_500;
/** From 100 Mbit/s on nothing is counted. */
const UNLIMITED = 12_500_000;
/** An exact refinement that would take longer than this is preceded by one of `SHARPER`. */
const LONG: Micros = 1_000_000;
const SHARPER = RUNGS.findIndex(({ quality }) => quality === 60);
/** Regular damage is counted over about this long. */
const USE_MEMORY: Micros = 1_000_000;
/** From this share of the link on, regular damage leaves nothing to refine with... */
const FULL = 0.9;
/** ...until it has been quiet for so long. */
const QUIET: Micros = 250_000;
/** So many packets of damage a second, more or less, are a moving picture: from the one on, until the other. */
const MOVING_FROM = 6;
const MOVING_UNTIL = 3;
/** Its packets are on the wire for no longer than this. */
const MOVING_TARGET: Micros = 60_000;
/** From this natural share on: text that moves is still read. */
const PICTURE = 0.5;
/** Of the link, to a moving picture while something else waits to be refined. */
const SHARED = 0.6;
/** A refinement may be sent so long before the wire is thought to be idle: timers and estimates are no better. */
const LEAD: Micros = 4_000;
/** Most that is in flight when one is sent, beside the delay, in times of `refineTarget`: if the rate is wrong, no more. */
const REFINEMENTS = 2;
/** A refinement that was refused is asked for again after this time, if nobody knows better. */
const ASK_AGAIN: Micros = 50_000;
/** Shortest rest after which a tile is worth refining. */
export const SHORTEST_REST: Micros = 100_000;
/** In times of a tile's period of change: one change may be late, two are not. */
const REST_PERIODS = 2.5;
/** A tile that changes less often than this is refined between its changes: each picture is looked at. */
const LONGEST_PERIOD: Micros = 400_000;

/** How long a tile must have rested to be refined. @param period Usual time between its changes; 0: unknown. */
export function refineAfter(period: Micros): Micros {
  return period > LONGEST_PERIOD ? SHORTEST_REST : Math.max(SHORTEST_REST, REST_PERIODS * period);
}

export class AutoController {
  readonly #options: AutoOptions;
  readonly #state: AutoState;
  /** The newest decisions with all that they rest on. */
  readonly log: AutoLog;

  /** @param state Where another controller was (from its log); a new beginning unless given. Not copied. */
  constructor(options: Partial<AutoOptions> = {}, state: AutoState = newState()) {
    this.#options = { ...AUTO_DEFAULTS, ...options };
    this.#state = state;
    this.log = new AutoLog(this.#options, () => this.#state);
  }

  /** How the packet that is about to be coded, or a refinement, is coded. */
  decide(inputs: AutoInputs): AutoDecision {
    this.log.makeRoom();
    const decision = inputs.damagePixels > 0 ? this.#damage(inputs) : this.#refinement(inputs);
    this.log.push({ kind: 'decide', inputs, decision });
    return decision;
  }

  /** A packet or a refinement was coded and sent. */
  coded(sample: CodedSample): void {
    this.log.makeRoom();
    this.log.push({ kind: 'coded', sample });
    learnCost(this.#state.cost, sample);
    if (sample.isRefinement === true) return;
    const { use } = this.#state;
    const rest = this.#rest(sample.now);
    use.bytes = sample.bytes + use.bytes * rest;
    use.packets = 1 + use.packets * rest;
    use.at = sample.now;
  }

  /** A frame was acknowledged. */
  acked(sample: AckedSample): void {
    this.log.makeRoom();
    this.log.push({ kind: 'acked', sample });
    learnLink(this.#state.link, sample);
  }

  #damage(inputs: AutoInputs): AutoDecision {
    const { link, pace, quality, cost } = this.#state;
    const rate = this.#rate(inputs);
    const share = inputs.naturalShare;
    const budget = this.#budget(inputs, rate);
    if (budget === 0) {
      const at = { rate, budget, pixels: inputs.damagePixels };
      return this.#decision(inputs, COARSEST_EXACT_TEXT, 'waiting', at);
    }
    learnPace(pace, inputs);
    const pixels = changeOf(quality, inputs.damagePixels, inputs.leftPixels ?? 0);
    if (rate === 0) {
      const rung = this.#coldRung(pixels, share);
      return this.#decision(inputs, rung, 'cold', { rate, budget: COLD_BUDGET, pixels });
    }
    // By what the link carries, not by what is queued at the moment: that changes from packet to packet.
    const carried = (rate * this.#target(inputs)) / 1e6;
    const limit = rate >= UNLIMITED ? Number.POSITIVE_INFINITY : Math.max(LEAST_BUDGET, carried);
    const chosen = chooseQuality(quality, cost, { now: inputs.now, pixels, share }, limit);
    const probe = chosen.rung === 0 ? 0 : dueProbe(link, inputs.now);
    if (probe > 0) {
      probed(link, inputs.now);
      const rung = Math.min(chosen.rung, finestWithin(cost, pixels, share, probe));
      const size = Math.max(probe, budget);
      if (pace.rungs <= rung) return this.#decision(inputs, rung, 'probing', { rate, budget: size, pixels });
    }
    const isOverload = pace.rungs > chosen.rung;
    const rung = isOverload ? pace.rungs : chosen.rung;
    return this.#decision(inputs, rung, isOverload ? 'overload' : chosen.reason, { rate, budget, pixels });
  }

  /** Exact, if that is a small packet on any link; else as coarse as can be, so that as much as possible fits. */
  #coldRung(pixels: number, share: number | undefined): number {
    const rung = finestWithin(this.#state.cost, pixels, share, COLD_BUDGET);
    return rung === 0 ? 0 : Math.max(rung, COARSEST_EXACT_TEXT);
  }

  #refinement(inputs: AutoInputs): AutoDecision {
    const { cost } = this.#state;
    const rate = this.#rate(inputs);
    const pixels = Math.max(0, inputs.approximatePixels ?? 0);
    const { budget: refineBudget, askAfter } = this.#refineBudget(inputs, rate);
    if (refineBudget === 0) {
      return this.#decision(inputs, 0, 'busy', { rate, budget: LEAST_BUDGET, pixels, askAfter });
    }
    const exact = expectedBytes(cost, pixels, RUNGS[0]!, inputs.naturalShare);
    const sharper = RUNGS[SHARPER]!;
    const isLong =
      pixels > 0 &&
      (inputs.approximateQuality ?? sharper.quality) < sharper.quality &&
      exact > (rate * LONG) / 1e6 &&
      2 * expectedBytes(cost, pixels, sharper, inputs.naturalShare) < exact;
    const at = { rate, budget: this.#budget(inputs, rate), pixels, refineBudget };
    return isLong
      ? this.#decision(inputs, SHARPER, 'sharpening', at)
      : this.#decision(inputs, 0, 'refining', at);
  }

  /**
   * Bytes of a refinement; 0: not now. One goes when the wire is about to be idle, so that it never is, and new damage
   * has to wait for one at most.
   */
  #refineBudget(inputs: AutoInputs, rate: number): { readonly budget: number; readonly askAfter: Micros } {
    const { now, inFlight } = inputs;
    const { refineTarget } = this.#options;
    if (rate === 0) return { budget: inFlight > 0 ? 0 : COLD_BUDGET, askAfter: ASK_AGAIN };
    if (rate >= UNLIMITED) return { budget: Number.POSITIVE_INFINITY, askAfter: 0 };
    const { use } = this.#state;
    const used = ((use.bytes * this.#rest(now)) / USE_MEMORY / rate) * 1e6;
    const isQuiet = now - use.at >= QUIET;
    if (used > FULL && !isQuiet) return { budget: 0, askAfter: ASK_AGAIN };
    const busy = this.#busyFor(inputs, rate);
    const most = (rate * (this.#delay(inputs) + REFINEMENTS * refineTarget)) / 1e6;
    if (busy > LEAD || inFlight > most) return { budget: 0, askAfter: Math.max(LEAD, busy - LEAD) };
    const spare = isQuiet ? 1 : 1 - used;
    const budget = Math.max(LEAST_BUDGET, Math.floor((rate * (refineTarget * spare - busy)) / 1e6));
    const probe = dueProbe(this.#state.link, now, 2);
    if (probe <= budget || probe > (rate * this.#options.wireTarget) / 1e6) return { budget, askAfter: 0 };
    probed(this.#state.link, now);
    return { budget: probe, askAfter: 0 };
  }

  /** How long the wire still needs for what is in flight. */
  #busyFor(inputs: AutoInputs, rate: number): Micros {
    const { now, inFlight, waiting } = inputs;
    // What went before the oldest frame in flight was through a delay before the last ack.
    const underWay = Math.min(waiting, now - this.#state.link.ackedAt + this.#delay(inputs));
    return Math.max(0, (inFlight / rate) * 1e6 - underWay);
  }

  /** 0: not now, as much as may be is queued already. */
  #budget(inputs: AutoInputs, rate: number): number {
    if (rate === 0) return COLD_BUDGET;
    if (rate >= UNLIMITED) return Number.POSITIVE_INFINITY;
    const budget = (rate * this.#options.wireTarget) / 1e6 - this.#queued(inputs, rate);
    if (budget >= LEAST_BUDGET) return Math.floor(budget);
    return inputs.inFlight === 0 ? LEAST_BUDGET : 0;
  }

  /** Bytes in flight that still wait for the wire: more than a round trip's worth. */
  #queued(inputs: AutoInputs, rate: number): number {
    return Math.max(0, inputs.inFlight - (rate * this.#delay(inputs)) / 1e6);
  }

  #delay({ delay }: AutoInputs): Micros {
    return linkDelay(this.#state.link) || delay;
  }

  #rate(inputs: AutoInputs): number {
    const believed = believedRate(this.#state.link, inputs);
    if (believed !== 0) return believed;
    // What is less than a byte in a second is no rate, and waiting by it would have no end.
    return inputs.rate < 1 ? 0 : inputs.rate;
  }

  /**
   * The time that a packet may take: less in a moving picture, whose quality is worth less than its pace, and so
   * much less that something of the link is left while other parts of the screen wait to be refined.
   */
  #target({ now, naturalShare, approximatePixels }: AutoInputs): Micros {
    const { wireTarget } = this.#options;
    const perSecond = this.#packetsPerSecond(now);
    const isPicture = naturalShare !== undefined && naturalShare >= PICTURE;
    if (!isPicture || !this.#isMoving(perSecond)) return wireTarget;
    const target = Math.min(wireTarget, MOVING_TARGET);
    return (approximatePixels ?? 0) > 0 ? Math.min(target, (SHARED / perSecond) * 1e6) : target;
  }

  /** Whether damage comes as that of a moving picture does. */
  #isMoving(perSecond: number): boolean {
    const { use } = this.#state;
    use.isMoving = perSecond >= (use.isMoving ? MOVING_UNTIL : MOVING_FROM);
    return use.isMoving;
  }

  /** Packets of new damage. */
  #packetsPerSecond(now: Micros): number {
    return ((this.#state.use.packets * this.#rest(now)) / USE_MEMORY) * 1e6;
  }

  /** What is left of the counts of use. */
  #rest(now: Micros): number {
    return Math.exp(-Math.max(0, now - this.#state.use.at) / USE_MEMORY);
  }

  #decision(
    { naturalShare }: AutoInputs,
    rung: number,
    reason: AutoReason,
    at: { rate: number; budget: number; pixels: number; refineBudget?: number; askAfter?: Micros },
  ): AutoDecision {
    const { cost, pace } = this.#state;
    const { quality, text } = RUNGS[Math.min(rung, COARSEST)]!;
    return {
      transformQuality: quality,
      textLevel: text,
      budgetBytes: at.budget,
      minInterval: minInterval(pace),
      refine: at.refineBudget !== undefined,
      refineBudgetBytes: at.refineBudget ?? 0,
      askAfter: at.askAfter ?? 0,
      reason,
      rate: Math.round(at.rate),
      expectedBytes:
        at.pixels === 0 ? 0 : Math.round(expectedBytes(cost, at.pixels, RUNGS[rung]!, naturalShare)),
    };
  }
}

function newState(): AutoState {
  return {
    link: newLink(),
    cost: newCost(),
    pace: newPace(),
    quality: newQuality(),
    use: { bytes: 0, packets: 0, at: 0, isMoving: false },
  };
}

/** Exact: what a decision says when nothing may be lost. */
export function isExact({ transformQuality, textLevel }: AutoDecision): boolean {
  return transformQuality === 0 && textLevel === ColourLevel.High;
}
