/**
 * What pixels cost in bytes at each quality: a ladder of qualities from exact to coarsest, with a first guess
 * for each, corrected by what coding really gave. Three factors are learnt, because they err independently:
 * natural content coded exactly, natural content at a quality, and everything else ("text").
 */
import { ColourLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import type { CodedSample } from './auto-types.js';

export interface Rung {
  /** Of natural tiles; 0: exact. */
  readonly quality: number;
  readonly text: ColourLevel;
}

/**
 * Finest first. Natural content gives way long before text does: a coarse photograph is still a photograph, and
 * text is what is worked with. Text that is reduced is still sharp: only its colours are fewer. The last is what a
 * new page begins with, not a film: its pictures are as good as they must be for what is written in them to be read.
 * Greys are no rung: they save a twentieth more, and coloured writing is lost in them.
 */
export const RUNGS: readonly Rung[] = [
  { quality: 0, text: ColourLevel.High },
  { quality: 90, text: ColourLevel.High },
  { quality: 75, text: ColourLevel.High },
  { quality: 60, text: ColourLevel.High },
  { quality: 45, text: ColourLevel.High },
  { quality: 30, text: ColourLevel.High },
  { quality: 18, text: ColourLevel.High },
  { quality: 10, text: ColourLevel.High },
  { quality: 20, text: ColourLevel.Low },
];
export const COARSEST = RUNGS.length - 1;
/** The coarsest with exact text. */
export const COARSEST_EXACT_TEXT = RUNGS.findLastIndex(({ text }) => text === ColourLevel.High);

/** First guesses, bytes per natural pixel by quality: screen photographs and films. Ascending. */
const NATURAL_BYTES: readonly (readonly [quality: number, bytes: number])[] = [
  [1, 0.015],
  [10, 0.028],
  [18, 0.042],
  [30, 0.065],
  [45, 0.09],
  [60, 0.13],
  [75, 0.19],
  [90, 0.3],
  [100, 0.6],
];
const EXACT_NATURAL_BYTES = 1.2;
/** ...and per pixel of text by level, from 16 greys to all colours; the ladder uses two. */
const TEXT_BYTES: readonly number[] = [0.055, 0.06, 0.075, 0.08];
/** Headers of a packet of one slice. */
const PACKET_BYTES = 80;
/** When nobody says: windows with some pictures. */
const USUAL_SHARE = 0.3;
/** A sample of so many bytes corrects a factor in full, a smaller one in proportion. */
const TELLING_BYTES = 8_000;
/** ...of which this much is taken at once: contents differ. */
const HASTE = 0.6;
/** One sample corrects by this factor at most, and a guess is never further off than `FURTHEST`. */
const LARGEST_STEP = 8;
const FURTHEST = 32;
/** What was learnt of contents fades to the first guess: half of it in this time. */
const HALF_LIFE: Micros = 30_000_000;

/** Plain data. */
export interface CostState {
  exact: number;
  lossy: number;
  text: number;
  learntAt: Micros;
}

export function newCost(): CostState {
  return { exact: 1, lossy: 1, text: 1, learntAt: 0 };
}

/** Bytes that `pixels` are expected to take. */
export function expectedBytes(cost: CostState, pixels: number, rung: Rung, naturalShare?: number): number {
  const share = shareOf(naturalShare);
  return (
    PACKET_BYTES +
    pixels * (share * naturalBytes(cost, rung.quality) + (1 - share) * cost.text * TEXT_BYTES[rung.text]!)
  );
}

/** Corrects the factors by a packet that was coded: each in proportion to its part of the bytes. */
export function learnCost(cost: CostState, sample: CodedSample): void {
  fade(cost, sample.now);
  const { pixels, bytes, quality, textLevel } = sample;
  if (pixels <= 0 || bytes <= PACKET_BYTES) return;
  const share = shareOf(sample.naturalShare);
  const natural = share * naturalBytes(cost, quality);
  const text = (1 - share) * cost.text * TEXT_BYTES[textLevel]!;
  const error = (bytes - PACKET_BYTES) / (pixels * (natural + text));
  const step = within(error, LARGEST_STEP);
  const weight = Math.min(1, bytes / TELLING_BYTES) * HASTE;
  const naturalPart = natural / (natural + text);
  const factor = quality === 0 ? 'exact' : 'lossy';
  cost[factor] = within(cost[factor] * step ** (weight * naturalPart), FURTHEST);
  cost.text = within(cost.text * step ** (weight * (1 - naturalPart)), FURTHEST);
}

function fade(cost: CostState, now: Micros): void {
  const rest = 0.5 ** (Math.max(0, now - cost.learntAt) / HALF_LIFE);
  cost.exact **= rest;
  cost.lossy **= rest;
  cost.text **= rest;
  cost.learntAt = now;
}

function naturalBytes(cost: CostState, quality: number): number {
  const exact = EXACT_NATURAL_BYTES * cost.exact;
  if (quality <= 0) return exact;
  const above = NATURAL_BYTES.findIndex(([known]) => known >= quality);
  const [high, highBytes] = NATURAL_BYTES[above < 0 ? NATURAL_BYTES.length - 1 : above]!;
  const [low, lowBytes] = NATURAL_BYTES[Math.max(0, above - 1)]!;
  const guess =
    high === low || above < 0
      ? highBytes
      : lowBytes + ((highBytes - lowBytes) * (quality - low)) / (high - low);
  // The coder takes whatever is smaller.
  return Math.min(exact, guess * cost.lossy);
}

function shareOf(naturalShare: number | undefined): number {
  return naturalShare === undefined ? USUAL_SHARE : Math.min(1, Math.max(0, naturalShare));
}

function within(value: number, factor: number): number {
  return Math.min(factor, Math.max(1 / factor, value));
}
