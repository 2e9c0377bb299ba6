/**
 * How sure is a ratio of two figures? Each side is a number of *units*: runs, or pieces of time of one run. Units are
 * drawn again and again, with replacement, and how much the figure of what was drawn scatters tells how much the figure
 * itself may be off (Efron's bootstrap). Three things would make it too sure of itself, and are seen to:
 *
 * - pieces of time that follow each other resemble each other: several in a row are drawn together (the circular block
 *   bootstrap of Politis and Romano, 1992);
 * - few units scatter less than many would: the variance is taken times n / (n - 1), and the interval is of Student's
 *   distribution, its degrees of freedom by Welch and Satterthwaite;
 * - the figures have a resolution: no figure is surer than that.
 */
import { twoSidedChance, twoSidedQuantile } from './student.js';

/** One side of a comparison. */
export interface Units {
  readonly count: number;
  /** Units in a row that are drawn together; 1 where they do not hang together. */
  readonly together: number;
  /** The figure when each unit is there as often as `weights` says; NaN when nothing is left. */
  figure(weights: Float64Array): number;
}

export interface RatioEstimate {
  /** B / A. */
  readonly ratio: number;
  /** Of the ratio's natural logarithm. */
  readonly error: number;
  readonly freedom: number;
  /** The chance of a ratio so far from 1 when there is no difference. */
  readonly chance: number;
}

export interface RatioOptions {
  readonly random: () => number;
  /** The units of both sides belong together one by one: what is drawn on one side is drawn on the other. */
  readonly paired: boolean;
  /** What is added to both figures: the resolution of what is measured, so that nothing is not infinitely less. */
  readonly resolution: number;
}

const DRAWS = 600;
/** Of the histograms: three significant digits, so half a thousandth to either side. */
const RELATIVE_RESOLUTION = 0.0005;

/** Undefined when there are too few units to say anything. */
export function estimateRatio(a: Units, b: Units, options: RatioOptions): RatioEstimate | undefined {
  const { resolution, random } = options;
  const paired = options.paired && a.count === b.count;
  const independent = [a, b].map(({ count, together }) => count / together);
  if (Math.min(...independent) < 2) return undefined;
  const logOf = (figure: number): number => Math.log(figure + resolution);
  const [whole, other] = [a, b].map((side) => side.figure(new Float64Array(side.count).fill(1)));
  const difference = logOf(other!) - logOf(whole!);
  if (!Number.isFinite(difference)) return undefined;

  const spreadA = new Spread();
  const spreadB = new Spread();
  const spreadBoth = new Spread();
  const [weightsA, weightsB] = [new Float64Array(a.count), new Float64Array(b.count)];
  for (let draw = 0; draw < DRAWS; draw++) {
    drawUnits(weightsA, a.together, random);
    if (!paired) drawUnits(weightsB, b.together, random);
    const logA = logOf(a.figure(weightsA));
    const logB = logOf(b.figure(paired ? weightsA : weightsB));
    if (!Number.isFinite(logA) || !Number.isFinite(logB)) continue;
    spreadA.add(logA);
    spreadB.add(logB);
    spreadBoth.add(logB - logA);
  }
  const [unitsA, unitsB] = independent as [number, number];
  const floor = floorOf(whole!, resolution) + floorOf(other!, resolution);
  if (paired) {
    const variance = (spreadBoth.variance() * unitsA) / (unitsA - 1);
    return estimate(difference, variance + floor, unitsA - 1);
  }
  const varianceA = (spreadA.variance() * unitsA) / (unitsA - 1);
  const varianceB = (spreadB.variance() * unitsB) / (unitsB - 1);
  const seen = varianceA + varianceB;
  const freedom =
    seen === 0
      ? unitsA + unitsB - 2
      : seen ** 2 / (varianceA ** 2 / (unitsA - 1) + varianceB ** 2 / (unitsB - 1));
  return estimate(difference, seen + floor, freedom);
}

/** The interval that holds the ratio with a chance of 1 - `errorRate`. */
export function interval({ ratio, error, freedom }: RatioEstimate, errorRate: number): [number, number] {
  const reach = Math.exp(twoSidedQuantile(errorRate, freedom) * error);
  return [ratio / reach, ratio * reach];
}

function estimate(difference: number, variance: number, freedom: number): RatioEstimate {
  const error = Math.sqrt(variance);
  const chance = difference === 0 ? 1 : twoSidedChance(difference / error, freedom);
  return { ratio: Math.exp(difference), error, freedom, chance };
}

/** The variance that a figure's own resolution leaves: it may lie anywhere in its step. */
function floorOf(figure: number, resolution: number): number {
  return (RELATIVE_RESOLUTION ** 2 + (resolution / (figure + resolution)) ** 2 / 4) / 3;
}

/** Draws as many units as there are, `together` in a row at a time; after the last comes the first. */
function drawUnits(weights: Float64Array, together: number, random: () => number): void {
  weights.fill(0);
  const { length } = weights;
  for (let drawn = 0; drawn < length; ) {
    const start = Math.floor(random() * length);
    for (let i = 0; i < together && drawn < length; i++, drawn++) weights[(start + i) % length]! += 1;
  }
}

/** Welford's running variance. */
class Spread {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.#count++;
    const before = value - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (value - this.#mean);
  }

  variance(): number {
    return this.#count < 2 ? 0 : this.#squares / (this.#count - 1);
  }
}
