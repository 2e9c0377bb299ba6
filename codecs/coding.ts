/** How pixels are coded: what a packet's slices have in common. */
import { ColourLevel } from './levels.js';

/**
 * What coding may cost: fast is LZ4 at most, balanced is models that learn, small is balanced with everything tried
 * that may save bytes. The decoder needs not be told.
 */
export const Effort = { Fast: 0, Balanced: 1, Small: 2 } as const;
export type Effort = (typeof Effort)[keyof typeof Effort];
/** Names used on command lines and in JSON, indexed by value. */
export const EFFORT_NAMES = ['fast', 'balanced', 'small'] as const;
export type EffortName = (typeof EFFORT_NAMES)[number];

/** Nothing is lost but what the colour level takes away. */
export const EXACT = 0;

export interface Coding {
  readonly level: ColourLevel;
  readonly effort: Effort;
  /** What may be lost beyond the level, from `packQuality`; `EXACT` is nothing. Levels below high are always exact. */
  readonly quality: number;
}

/** Instead of a level, for text in a hurry: 0, 51, 102 ... 255. Fewer greys are no longer easy to read. */
export const SIX_GREYS = 4;
export type TextColours = ColourLevel | typeof SIX_GREYS;

/**
 * What tiles may lose, as one number for the kernel.
 *
 * @param natural Quality of photographs and videos, 1 (coarse) to 100 (hardly visible); 0: exact.
 * @param text Colours that are left to everything else: High is exact.
 */
export function packQuality(natural: number, text: TextColours = ColourLevel.High): number {
  return (natural & 0x7f) | (text === ColourLevel.High ? 0 : (text + 1) << 8);
}

/** The least that is still legible, for the first picture of a large change: 2 to 35 % of the exact bytes. */
export const COARSEST = packQuality(20, SIX_GREYS);

/** Exact coding of a level at an effort. */
export function exactCoding(level: ColourLevel, effort: Effort = Effort.Balanced): Coding {
  return { level, effort, quality: EXACT };
}

/** Set in a job's box when the stream's viewers hold there what `held` does (codecs/layout.ts): it may be built on. */
export const BOX_HELD = 1 << 26;

/** Set in a job's box by the coder when the tile's pixels will not be exactly the level's. */
export const BOX_APPROXIMATE = 1 << 25;
