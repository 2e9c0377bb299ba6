/**
 * What the link carries, learnt from acks.
 *
 * A frame that goes alone is acknowledged after the link's delay and the time that its bytes take at the link's
 * rate (and its decoding, which the ack tells). One that follows another comes that time after the other one's
 * ack; the delay is added to it, so that both kinds are alike. One sample cannot tell delay and rate apart, but
 * two of different size can: the difference of their bytes over the difference of their times is the rate. So
 * each ack is compared with the quickest of late, the _anchor_. A frame that took hardly longer says "at least
 * this much", and can only raise the rate: an idle application never lowers it. A frame that took clearly longer
 * measures the rate, both ways, and counts by how much of the link's time it took: a late ack of a few typed
 * characters says little, of a packet as large as the link may carry everything. A link that has collapsed is
 * therefore found out by the first packet that suffers from it.
 *
 * The first packets of a link differ in size, as they follow the rate; so the first two acks tell. Where packets
 * stay alike (a film at the quality that fits), now and then one is made larger by enough to tell: a _probe_.
 * On a link that is faster than was known it goes on with the next one, as fast as acks come; on one that is as
 * it was known, seldom.
 */
import type { Micros } from '../clock.js';
import type { AckedSample, AutoInputs } from './auto-types.js';

/** Differences shorter than this may be the viewer's display refresh or a busy machine. */
const NOISE: Micros = 16_000;
/** No round trip counts as shorter: below it, timers and threads are measured. */
const SHORTEST: Micros = 2_000;
/** Most by which one ack raises the rate: a wrong sample does so much harm at most. */
const GROWTH = 4;
/** A sample that took this much of the link's time at the present rate counts in full. */
const TELLING: Micros = 40_000;
/** ...or by half, when it differs by less than this: noise is averaged, changes are followed. */
const CHANGE = 1.6;
/** From this weight on, a much slower sample is a slower link. */
const CERTAIN = 0.5;
/** How long an anchor is believed: between one and two of these. Short, because paths change. */
const ANCHOR_MEMORY: Micros = 5_000_000;
/** Sizes that differ by less than this share of the larger tell nothing against each other. */
const DIFFERENCE = 0.25;
/** Shortest time between probes, in round trips: the last one's ack is there. It doubles with each... */
const PROBE_ROUND_TRIPS = 1.25;
/** ...to this, */
const LONGEST_PROBE: Micros = 16_000_000;
/** and is the shortest again when the rate rises by so much. */
const RISE = 1.5;
/** A link that was silent for so long may have changed; then belief halves for each further span of it... */
const IDLE: Micros = 10_000_000;
/** ...to this. */
const LEAST_BELIEF = 0.25;
/** A frame in flight is overdue when it takes so many times what was expected, and as much more than `NOISE`. */
const OVERDUE = 2;

interface Anchor {
  /** 0: none. */
  time: Micros;
  bytes: number;
}

/** Plain data. */
export interface LinkState {
  /** Bytes per second; 0: unknown. */
  rate: number;
  present: Anchor;
  before: Anchor;
  presentSince: Micros;
  previous: Anchor;
  ackedAt: Micros;
  probedAt: Micros;
  probeEvery: Micros;
}

export function newLink(): LinkState {
  return {
    rate: 0,
    present: { time: 0, bytes: 0 },
    before: { time: 0, bytes: 0 },
    presentSince: 0,
    previous: { time: 0, bytes: 0 },
    ackedAt: 0,
    probedAt: 0,
    probeEvery: 0,
  };
}

export function learnLink(link: LinkState, sample: AckedSample): void {
  const { bytes } = sample;
  const alone = sample.roundTrip - sample.decodeTime;
  const following = sample.sinceLast + linkDelay(link);
  const time = Math.max(SHORTEST, Math.min(alone, following));
  // Acks may come together that were apart: then the gap between them is too short, not the time since sending.
  const surely = following < alone ? time + NOISE : time;
  // A frame that waited at the viewer says nothing about the link.
  const isTelling = sample.queueDepth <= 1;
  const anchor = bestAnchor(link);
  if (link.rate === 0) link.rate = (bytes * 1e6) / time;
  else {
    const excess = time - anchor.time;
    const proven =
      Math.max(bytes / surely, slope(link.previous, time, bytes), slope(anchor, time, bytes)) * 1e6;
    if (proven > link.rate) rise(link, proven);
    else if (excess > NOISE && isTelling) {
      follow(link, (bytes * 1e6) / (time - linkDelay(link)), bytes);
    }
  }
  link.ackedAt = sample.now;
  link.previous = { time, bytes };
  if (isTelling && alone <= following) keepAnchor(link, time, bytes, sample.now);
}

/** The rate to count on now: less after silence, and when what is in flight is overdue. */
export function believedRate(link: LinkState, { now, inFlight, waiting, decodeTime }: AutoInputs): number {
  if (link.rate === 0) return 0;
  const silence = now - link.ackedAt;
  let rate = link.rate;
  if (inFlight === 0 && silence > IDLE) rate *= Math.max(LEAST_BELIEF, 2 ** ((IDLE - silence) / IDLE));
  const delay = linkDelay(link);
  const expected = delay + decodeTime + (inFlight / rate) * 1e6;
  if (inFlight > 0 && waiting > OVERDUE * expected + NOISE)
    rate = Math.min(rate, (inFlight / (waiting - delay - decodeTime)) * 1e6);
  return rate;
}

/**
 * The size of a packet that would tell whether the link carries more than is known; 0: none is due.
 *
 * @param times By how many times `TELLING` it is to take longer than the anchor.
 */
export function dueProbe(link: LinkState, now: Micros, times = 1): number {
  const anchor = bestAnchor(link);
  if (link.rate === 0 || anchor.time === 0) return 0;
  const wait = Math.max(link.probeEvery, PROBE_ROUND_TRIPS * anchor.time);
  return now - link.probedAt < wait ? 0 : Math.ceil(anchor.bytes + (times * link.rate * TELLING) / 1e6);
}

/** A probe was sent: the next one is due later. */
export function probed(link: LinkState, now: Micros): void {
  const { time } = bestAnchor(link);
  link.probeEvery = Math.min(LONGEST_PROBE, 2 * Math.max(link.probeEvery, time));
  link.probedAt = now;
}

/** The round trip without the bytes' own time, as far as can be told. */
export function linkDelay(link: LinkState): Micros {
  const { time, bytes } = bestAnchor(link);
  return link.rate === 0 ? 0 : Math.max(0, time - (bytes / link.rate) * 1e6);
}

function rise(link: LinkState, proven: number): void {
  if (proven > RISE * link.rate) link.probeEvery = 0;
  link.rate = Math.min(proven, GROWTH * link.rate);
}

/** The rate moves to `measured`, by how much of the link's time `bytes` took. */
function follow(link: LinkState, measured: number, bytes: number): void {
  const ratio = Math.min(GROWTH, measured / link.rate);
  const share = Math.min(1, ((bytes / link.rate) * 1e6) / TELLING);
  const isChange = ratio > CHANGE || ratio < 1 / CHANGE;
  if (ratio < 1 / CHANGE && share >= CERTAIN) {
    // What was quick before says nothing about the rate now; the delay is thought to be what it was.
    link.present = { time: Math.max(1, linkDelay(link)), bytes: 0 };
    link.before = { time: 0, bytes: 0 };
    link.previous = { time: 0, bytes: 0 };
  }
  link.rate *= ratio ** (isChange ? share : share / 2);
}

/** Bytes per microsecond that two samples of different size prove at least; 0: nothing. */
function slope(other: Anchor, time: Micros, bytes: number): number {
  const extra = Math.abs(bytes - other.bytes);
  if (other.time === 0 || extra < DIFFERENCE * Math.max(bytes, other.bytes)) return 0;
  // More bytes in clearly less time: the link is not what it was.
  if ((bytes - other.bytes) * (time - other.time) < 0 && Math.abs(time - other.time) > NOISE) return 0;
  return extra / (NOISE + Math.abs(time - other.time));
}

function bestAnchor({ present, before }: LinkState): Anchor {
  if (before.time === 0) return present;
  return present.time === 0 || before.time < present.time ? before : present;
}

function keepAnchor(link: LinkState, time: Micros, bytes: number, now: Micros): void {
  if (link.present.time === 0 || now - link.presentSince > ANCHOR_MEMORY) {
    link.before = link.present;
    link.present = { time, bytes };
    link.presentSince = now;
  } else if (time < link.present.time) {
    link.present = { time, bytes };
  }
}
