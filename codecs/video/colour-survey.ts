/**
 * A palette of up to 256 colours for pictures that have more, chosen from some of them. Colours of whole areas, as
 * interfaces and the ground of text have them, stay as they are. The others are divided where that lessens the squared
 * error most, and then moved to the mean of what is nearest to them (k-means). A little of every colour is mixed in:
 * what the pictures did not have is never far off.
 */
import type { Picture } from '../geometry.js';
import { ColourSet, MAX_COLOURS } from './palette.js';

/** Rows that are looked at: one in so many. */
const ROW_STEP = 3;
/** Pixels of one colour side by side that are an area, not a photograph by chance. */
const AREA_RUN = 8;
/** Such areas make a colour stay as it is when they have this share of all pixels. */
const AREA_SHARE = 1 / 5000;
const MOST_AREA_COLOURS = 128;
/** Candidates for that: later ones come too late. */
const MOST_CANDIDATES = 65_536;
/** The other colours are counted by their five highest bits in each channel. */
const CELL_BITS = 5;
const LEVELS = 1 << CELL_BITS;
const CELLS = LEVELS ** 3;
const MEAN_PASSES = 3;
/** The colours that are mixed in: so many levels of each channel, and each with this share of the pixels. */
const MIXED_LEVELS = 6;
const MIXED_SHARE = 1 / 500_000;

/** Colours that are one in a palette until they are divided: places in the arrays of `Cells`. */
interface Box {
  readonly cells: readonly number[];
  /** What is gained by dividing it, and how. */
  readonly gain: number;
  readonly channel: number;
  readonly level: number;
}

export class ColourSurvey {
  readonly #all = new ColourSet();
  readonly #areas = new Map<number, number>();
  readonly #histogram = new Histogram();
  #pixels = 0;

  /** Takes in a picture: of 1920 x 1080, in 10 to 50 ms. */
  add(picture: Picture): void {
    const { width, height, pixels, stride } = picture;
    if (this.#all.fits) this.#all.add(picture, [{ x: 0, y: 0, width, height }]);
    const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength >> 2);
    for (let y = 0; y < height; y += ROW_STEP) {
      const end = y * (stride >> 2) + width;
      for (let at = end - width; at < end; ) {
        const colour = words[at]! & 0xffffff;
        const start = at++;
        while (at < end && (words[at]! & 0xffffff) === colour) at++;
        this.#count(colour, at - start);
      }
    }
  }

  /**
   * B, G, R, 0 for each of up to 256 colours, among them those of `kept` (red << 16 | green << 8 | blue) and, where they have
   * room, all that there are. Takes half a second for photographs.
   */
  palette(kept: readonly number[] = []): Uint8Array {
    const found = this.#all.fits ? this.#all.colours : this.#areaColours();
    const areas = [...new Set([...kept, ...found])].slice(0, MAX_COLOURS);
    const centres = new Float64Array(MAX_COLOURS * 3);
    areas.forEach((colour, index) => {
      centres.set([colour & 255, (colour >> 8) & 255, colour >> 16], index * 3);
    });
    let count = areas.length;
    if (count < MAX_COLOURS) {
      const histogram = this.#all.fits ? new Histogram() : this.#histogram.copy();
      mixIn(histogram, Math.max(1, this.#pixels * MIXED_SHARE));
      const cells = histogram.cells();
      for (const { cells: members } of divide(cells, MAX_COLOURS - count)) {
        centres.set(meanOf(cells, members), count++ * 3);
      }
      for (let pass = 0; pass < MEAN_PASSES; pass++) moveToMeans(cells, centres, areas.length, count);
    }
    const palette = new Uint8Array(count * 4);
    for (let index = 0; index < count; index++) {
      for (let channel = 0; channel < 3; channel++) {
        palette[index * 4 + channel] = Math.round(centres[index * 3 + channel]!);
      }
    }
    return palette;
  }

  #count(colour: number, pixels: number): void {
    this.#pixels += pixels;
    this.#histogram.add(colour, pixels);
    if (pixels < AREA_RUN) return;
    const before = this.#areas.get(colour);
    if (before === undefined && this.#areas.size === MOST_CANDIDATES) return;
    this.#areas.set(colour, (before ?? 0) + pixels);
  }

  #areaColours(): number[] {
    return [...this.#areas]
      .filter(([, pixels]) => pixels >= this.#pixels * AREA_SHARE)
      .sort(([a, some], [b, others]) => others - some || a - b)
      .slice(0, MOST_AREA_COLOURS)
      .map(([colour]) => colour);
  }
}

/** Pixels by the cell that their colour lies in. */
class Histogram {
  readonly #counts = new Float64Array(CELLS);
  /** Of blue, green and red. */
  readonly #sums = new Float64Array(CELLS * 3);

  add(colour: number, pixels: number): void {
    const blue = colour & 255;
    const green = (colour >> 8) & 255;
    const red = colour >> 16;
    const shift = 8 - CELL_BITS;
    const cell = (blue >> shift) | ((green >> shift) << CELL_BITS) | ((red >> shift) << (2 * CELL_BITS));
    this.#counts[cell]! += pixels;
    this.#sums[cell * 3]! += pixels * blue;
    this.#sums[cell * 3 + 1]! += pixels * green;
    this.#sums[cell * 3 + 2]! += pixels * red;
  }

  copy(): Histogram {
    const other = new Histogram();
    other.#counts.set(this.#counts);
    other.#sums.set(this.#sums);
    return other;
  }

  /** Those that have pixels. */
  cells(): Cells {
    const used: number[] = [];
    this.#counts.forEach((count, cell) => {
      if (count > 0) used.push(cell);
    });
    const means = new Float64Array(used.length * 3);
    used.forEach((cell, index) => {
      for (let channel = 0; channel < 3; channel++) {
        means[index * 3 + channel] = this.#sums[cell * 3 + channel]! / this.#counts[cell]!;
      }
    });
    return { weights: Float64Array.from(used, (cell) => this.#counts[cell]!), means };
  }
}

function mixIn(histogram: Histogram, pixels: number): void {
  for (let number = 0; number < MIXED_LEVELS ** 3; number++) {
    const level = (place: number) =>
      (Math.floor(number / MIXED_LEVELS ** place) % MIXED_LEVELS) * (255 / (MIXED_LEVELS - 1));
    histogram.add(level(0) | (level(1) << 8) | (level(2) << 16), pixels);
  }
}

/** Colours with how many pixels they have; three channels each. */
interface Cells {
  readonly weights: Float64Array;
  readonly means: Float64Array;
}

/** At most `most` boxes of all cells: the one that gains most is divided, again and again. */
function divide(cells: Cells, most: number): Box[] {
  const boxes = [boxOf(cells, [...cells.weights.keys()])];
  while (boxes.length < most) {
    const best = boxes.reduce((a, b) => (b.gain > a.gain ? b : a));
    if (best.gain <= 0) break;
    const isLow = (cell: number) => cells.means[cell * 3 + best.channel]! < best.level;
    boxes[boxes.indexOf(best)] = boxOf(cells, best.cells.filter(isLow));
    boxes.push(
      boxOf(
        cells,
        best.cells.filter((cell) => !isLow(cell)),
      ),
    );
  }
  return boxes;
}

/** A box with the best way to divide it: at a level of a channel, so that both parts are as near to their means. */
function boxOf(cells: Cells, members: readonly number[]): Box {
  let best: Omit<Box, 'cells'> = { gain: 0, channel: 0, level: 0 };
  for (let channel = 0; channel < 3; channel++) {
    const weights = new Float64Array(LEVELS);
    const sums = [new Float64Array(LEVELS), new Float64Array(LEVELS), new Float64Array(LEVELS)];
    for (const cell of members) {
      const weight = cells.weights[cell]!;
      const level = cells.means[cell * 3 + channel]! >> (8 - CELL_BITS);
      weights[level]! += weight;
      for (let other = 0; other < 3; other++) sums[other]![level]! += weight * cells.means[cell * 3 + other]!;
    }
    const whole = weights.reduce((a, b) => a + b, 0);
    const totals = sums.map((values) => values.reduce((a, b) => a + b, 0));
    const low = [0, 0, 0];
    let lowWeight = 0;
    for (let level = 1; level < LEVELS; level++) {
      lowWeight += weights[level - 1]!;
      for (let other = 0; other < 3; other++) low[other]! += sums[other]![level - 1]!;
      if (lowWeight === 0 || lowWeight === whole) continue;
      // The squared error of a part is that of its pixels less its sum's square by its weight.
      let gain = 0;
      for (let other = 0; other < 3; other++) {
        const high = totals[other]! - low[other]!;
        gain += low[other]! ** 2 / lowWeight + high ** 2 / (whole - lowWeight) - totals[other]! ** 2 / whole;
      }
      if (gain > best.gain) best = { gain, channel, level: level << (8 - CELL_BITS) };
    }
  }
  return { ...best, cells: members };
}

function meanOf({ weights, means }: Cells, members: readonly number[]): number[] {
  const sums = [0, 0, 0];
  let whole = 0;
  for (const cell of members) {
    whole += weights[cell]!;
    for (let channel = 0; channel < 3; channel++) {
      sums[channel]! += weights[cell]! * means[cell * 3 + channel]!;
    }
  }
  return sums.map((sum) => sum / whole);
}

/** Moves the centres from `fixed` on to the mean of the cells that are nearest to each. */
function moveToMeans({ weights, means }: Cells, centres: Float64Array, fixed: number, count: number): void {
  const sums = new Float64Array(count * 4);
  for (let cell = 0; cell < weights.length; cell++) {
    const [b, g, r] = [means[cell * 3]!, means[cell * 3 + 1]!, means[cell * 3 + 2]!];
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < count; index++) {
      const distance =
        (centres[index * 3]! - b) ** 2 +
        (centres[index * 3 + 1]! - g) ** 2 +
        (centres[index * 3 + 2]! - r) ** 2;
      if (distance >= least) continue;
      least = distance;
      nearest = index;
    }
    const weight = weights[cell]!;
    sums[nearest * 4]! += weight * b;
    sums[nearest * 4 + 1]! += weight * g;
    sums[nearest * 4 + 2]! += weight * r;
    sums[nearest * 4 + 3]! += weight;
  }
  for (let index = fixed; index < count; index++) {
    const weight = sums[index * 4 + 3]!;
    if (weight === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      centres[index * 3 + channel] = sums[index * 4 + channel]! / weight;
    }
  }
}
