/**
 * A host with an auto stream, a link and a viewer, in virtual time: enough of each to see what the controller
 * does. No pixels: damage is a number of pixels in a few regions, and a made-up coder gives them bytes that the
 * controller cannot know beforehand. One step is a millisecond. The same seed gives the same run.
 */
import { ColourLevel } from '../../codecs/index.js';
import {
  AckWindow,
  AutoController,
  type AutoDecision,
  type AutoReason,
  refineAfter,
} from '../../engine/index.js';

const STEP = 1_000;

export interface LinkModel {
  /** Bytes per second at a time (microseconds); `Infinity`: no limit. */
  readonly rate: (at: number) => number;
  /** Round trip without queues, microseconds, at a time. */
  readonly roundTrip: (at: number) => number;
  /** What each ack may come late, microseconds. */
  readonly jitter?: number;
}

export interface Damage {
  /** Region: what is drawn there again replaces what waits there. */
  readonly region: number;
  readonly pixels: number;
  readonly share: number;
  /** True bytes over the usual ones. */
  readonly richness?: number;
}

export interface Scenario {
  readonly link: LinkModel;
  /** What is drawn in the millisecond that starts at a time; called once for each. */
  readonly draw: (at: number) => readonly Damage[];
  /** Microseconds. */
  readonly length: number;
  readonly seed?: number;
  /** The viewer's decoding, microseconds per million pixels, for exact natural content; lossy takes a third. */
  readonly decode?: number;
  /** The same for the host's coding. */
  readonly encode?: number;
  /** Whether the caller says how much is natural. */
  readonly tellsShare?: boolean;
}

export interface Shown {
  readonly capturedAt: number;
  readonly shownAt: number;
  /** When the oldest damage in it was drawn. */
  readonly drawnAt: number;
  readonly bytes: number;
  readonly pixels: number;
  readonly isRefinement: boolean;
  readonly decision: AutoDecision;
}

export interface Run {
  readonly controller: AutoController;
  readonly frames: readonly Shown[];
  /** Times at which the viewer came to hold everything exactly, and until when it was so. */
  readonly exactAt: readonly number[];
  /** Whether it does so at the end. */
  readonly isExact: boolean;
}

interface Region {
  pixels: number;
  share: number;
  richness: number;
  /** Pixels to be sent, and when the oldest of them were drawn. */
  damaged: number;
  drawnAt: number;
  /** Pixels held not exactly: as first sent at a quality, and sharpened since. */
  coarse: number;
  sharp: number;
  quality: number;
  changedAt: number;
  period: number;
}

interface Flying {
  readonly frame: number;
  readonly shown: Omit<Shown, 'shownAt'>;
  /** Bytes not yet on the wire. */
  left: number;
  arrivesAt: number;
  readonly decodeTime: number;
  decodedAt: number;
  ackedAt: number;
  queueDepth: number;
}

/** Bytes per pixel that the made-up coder gives: not the controller's guesses. */
function bytesPerPixel(share: number, quality: number, text: ColourLevel): number {
  const natural = quality === 0 ? 1.4 : 0.02 + 0.4 * (quality / 100) ** 2;
  return share * natural + (1 - share) * [0.03, 0.05, 0.06, 0.1][text]!;
}

export function simulate(scenario: Scenario): Run {
  const { link, draw, length, tellsShare = true } = scenario;
  const random = randomOf(scenario.seed ?? 1);
  const controller = new AutoController();
  const window = new AckWindow();
  const regions = new Map<number, Region>();
  const wire: Flying[] = [];
  const frames: Shown[] = [];
  const exactAt: number[] = [];
  let frame = 0;
  let busyUntil = 0;
  let lastDamageAt = Number.NEGATIVE_INFINITY;
  let shortestInterval = 0;
  let viewerFreeAt = 0;
  let lastAckAt = 0;
  let wasExact = true;
  const told = { decodeTime: 0, queueDepth: 0, encodeTime: 0 };

  const isExact = () =>
    wire.length === 0 && [...regions.values()].every((each) => each.damaged + each.coarse + each.sharp === 0);

  const send = (now: number, isRefinement: boolean): boolean => {
    const chosen = [...regions.values()].filter((each) =>
      isRefinement
        ? each.coarse + each.sharp > 0 &&
          each.damaged === 0 &&
          now - each.changedAt >= refineAfter(each.period)
        : each.damaged > 0,
    );
    const pixelsOf = (each: Region) => (isRefinement ? each.coarse + each.sharp : each.damaged);
    const pixels = chosen.reduce((sum, each) => sum + pixelsOf(each), 0);
    if (pixels === 0) return false;
    const share = chosen.reduce((sum, each) => sum + each.share * pixelsOf(each), 0) / pixels;
    if (!isRefinement && now - lastDamageAt < shortestInterval) return false;
    const resting = [...regions.values()].filter(
      (each) => each.damaged === 0 && now - each.changedAt >= refineAfter(each.period),
    );
    const decision = controller.decide({
      now,
      rate: window.rate,
      delay: window.delay,
      inFlight: window.bytesInFlight,
      waiting: now - (window.oldestSentAt ?? now),
      ...told,
      damagePixels: isRefinement ? 0 : pixels,
      ...(tellsShare ? { naturalShare: share } : {}),
      approximatePixels: resting.reduce((sum, each) => sum + each.coarse + each.sharp, 0),
      approximateQuality: Math.min(100, ...chosen.map((each) => (each.coarse > 0 ? each.quality : 100))),
    });
    if (isRefinement && !decision.refine) return false;
    if (!isRefinement && decision.budgetBytes === 0) return false;
    shortestInterval = decision.minInterval;
    const { transformQuality: quality, textLevel } = decision;
    const budget = isRefinement ? decision.refineBudgetBytes : decision.budgetBytes;
    let bytes = 0;
    let coded = 0;
    let drawnAt = now;
    for (const each of chosen.sort((a, b) => b.drawnAt - a.drawnAt)) {
      const isSharpening = isRefinement && quality > 0;
      const whole = isSharpening ? each.coarse : pixelsOf(each);
      const noise = 0.85 + 0.3 * random();
      const perPixel = bytesPerPixel(each.share, quality, textLevel) * each.richness * noise;
      const part = Math.min(whole, Math.max(0, Math.ceil((budget - bytes) / perPixel)));
      if (part === 0) continue;
      bytes += part * perPixel;
      coded += part;
      const isLossy = (quality > 0 && each.share > 0) || (textLevel !== ColourLevel.High && each.share < 1);
      if (isRefinement) {
        const wasCoarse = Math.min(each.coarse, part);
        each.coarse -= wasCoarse;
        if (isSharpening && each.share > 0) each.sharp += part;
        else each.sharp -= part - wasCoarse;
      } else {
        drawnAt = Math.min(drawnAt, each.drawnAt);
        each.damaged -= part;
        if (isLossy) each.coarse += part;
        if (isLossy && quality > 0) each.quality = Math.min(each.quality, quality);
      }
      if (each.coarse === 0) each.quality = 100;
    }
    bytes = Math.ceil(bytes) + 60;
    const cost = (quality === 0 ? 1 : 1 / 3) * share + 0.1 * (1 - share);
    told.encodeTime = ((scenario.encode ?? 4_000) * cost * coded) / 1e6;
    busyUntil = now + told.encodeTime;
    frame++;
    window.sent(frame, bytes, now);
    const sample = {
      now,
      pixels: coded,
      bytes,
      quality,
      textLevel,
      encodeTime: told.encodeTime,
      isRefinement,
    };
    controller.coded(tellsShare ? { ...sample, naturalShare: share } : sample);
    wire.push({
      frame,
      shown: { capturedAt: now, drawnAt, bytes, pixels: coded, isRefinement, decision },
      left: bytes,
      arrivesAt: Number.POSITIVE_INFINITY,
      decodeTime: ((scenario.decode ?? 4_000) * cost * coded) / 1e6,
      decodedAt: Number.POSITIVE_INFINITY,
      ackedAt: Number.POSITIVE_INFINITY,
      queueDepth: 0,
    });
    if (!isRefinement) lastDamageAt = now;
    return true;
  };

  for (let now = STEP; now <= length; now += STEP) {
    let carried = (link.rate(now) * STEP) / 1e6;
    for (const each of wire) {
      const bytes = Math.min(each.left, carried);
      each.left -= bytes;
      carried -= bytes;
      if (each.left === 0 && each.arrivesAt === Number.POSITIVE_INFINITY) {
        const half = link.roundTrip(now) / 2;
        each.arrivesAt = now + half;
        each.queueDepth =
          wire.filter((other) => other.decodedAt > each.arrivesAt && other.left === 0).length - 1;
        viewerFreeAt = Math.max(viewerFreeAt, each.arrivesAt) + each.decodeTime;
        each.decodedAt = viewerFreeAt;
        lastAckAt = Math.max(lastAckAt, each.decodedAt + half + (link.jitter ?? 0) * random());
        each.ackedAt = lastAckAt;
      }
    }
    while (wire.length > 0 && wire[0]!.ackedAt <= now) {
      const { frame: acked, shown, decodedAt, decodeTime, queueDepth } = wire.shift()!;
      window.acked(acked, now);
      frames.push({ ...shown, shownAt: decodedAt });
      told.decodeTime = decodeTime;
      told.queueDepth = queueDepth;
      controller.acked({ now, ...window.lastAcked!, decodeTime, queueDepth });
    }
    for (const { region, pixels, share, richness = 1 } of draw(now)) {
      const known = regions.get(region);
      const gap = known === undefined ? 0 : now - known.changedAt;
      const each: Region = known ?? {
        pixels,
        share,
        richness,
        damaged: 0,
        drawnAt: now,
        coarse: 0,
        sharp: 0,
        quality: 100,
        changedAt: now,
        period: 0,
      };
      each.pixels = pixels;
      each.share = share;
      each.richness = richness;
      if (each.damaged === 0) each.drawnAt = now;
      each.damaged = pixels;
      each.coarse = 0;
      each.sharp = 0;
      each.quality = 100;
      each.changedAt = now;
      each.period = gap > 1_000_000 ? 0 : each.period === 0 ? gap : each.period + (gap - each.period) / 4;
      regions.set(region, each);
    }
    while (now >= busyUntil) {
      const isOpen = window.isOpen(now);
      const isPending = [...regions.values()].some(({ damaged }) => damaged > 0);
      const mayRefine = isOpen || (!isPending && window.inFlight <= 1);
      if (!(isOpen && send(now, false)) && !(mayRefine && send(now, true))) break;
    }
    const exact = isExact();
    if (exact && !wasExact) exactAt.push(now);
    wasExact = exact;
  }
  return { controller, frames, exactAt, isExact: wasExact };
}

/** How often quality turned from finer to coarser or back. Remainders, half as large or less, do not count. */
export function turns(frames: readonly Shown[], from = 0): number {
  let turned = 0;
  let direction = 0;
  let before: number | undefined;
  const largest = Math.max(...frames.map(({ isRefinement, pixels }) => (isRefinement ? 0 : pixels)));
  for (const { decision, isRefinement, capturedAt, pixels } of frames) {
    if (isRefinement || capturedAt < from || 2 * pixels <= largest) continue;
    const rank = rankOf(decision);
    if (before !== undefined && rank !== before) {
      const now = Math.sign(rank - before);
      if (direction !== 0 && now !== direction) turned++;
      direction = now;
    }
    before = rank;
  }
  return turned;
}

/** One number for quality: 100 and the level for exact natural content. */
export function rankOf({ transformQuality, textLevel }: AutoDecision): number {
  return (transformQuality === 0 ? 101 : transformQuality) + textLevel / 10;
}

export function reasonsOf(frames: readonly Shown[]): Partial<Record<AutoReason, number>> {
  const counts: Partial<Record<AutoReason, number>> = {};
  for (const { decision } of frames) counts[decision.reason] = (counts[decision.reason] ?? 0) + 1;
  return counts;
}

/** Mulberry32: small, and good enough for noise. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
