/**
 * Two sets of reports, figure by figure: faster, slower, or it cannot be told. What the error rate means is in
 * `docs/MEASURING.md`: the chance that any figure of a comparison is called different when none is.
 */
import { SightlineError } from '../../codecs/index.js';
import { seededRandom } from '../../engine/link-model/index.js';
import { ENOUGH_RUNS, type Figure, type FigureUnit, figuresOf } from './figures.js';
import type { LabReport, RunReport, RunSettings } from './format.js';
import { estimateRatio, interval, type RatioEstimate, type Units } from './statistics/bootstrap.js';
import { holmLevels } from './statistics/holm.js';

export type Verdict = 'faster' | 'slower' | 'unclear';

export interface ComparedFigure {
  /** What the runs of both sides were of. */
  readonly cell: number;
  readonly figure: string;
  readonly unit: FigureUnit;
  readonly higherIsBetter: boolean;
  readonly a: number;
  readonly b: number;
  /** B / A, and the interval at the level at which the figure was tested, or at the error rate when it was not. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Of so great a difference where there is none. */
  readonly chance: number;
  readonly verdict: Verdict;
}

/** What the intervals are to be believed for. */
export type Coverage =
  /** The difference from run to run, seen in three runs or more on each side. */
  | 'runs'
  /** Time within the runs alone: how runs differ cannot be seen, and nothing is called different. */
  | 'time'
  /** Virtual time: nothing but the seed's time and scenes. */
  | 'virtual';

export interface ComparedCell {
  readonly settings: RunSettings;
  readonly runsA: number;
  readonly runsB: number;
  readonly coverage: Coverage;
}

export interface Comparison {
  readonly format: 'sightline-comparison';
  readonly version: 1;
  /** The chance that any figure is called different where none is. */
  readonly errorRate: number;
  /** Figures that the error rate is of. */
  readonly tested: number;
  /** What differs between the sides and was let pass. */
  readonly differences: readonly Difference[];
  readonly cells: readonly ComparedCell[];
  readonly figures: readonly ComparedFigure[];
}

export interface Difference {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

export interface CompareOptions {
  readonly errorRate?: number;
  /** Compares what was measured on other machines or with other settings, too. */
  readonly force?: boolean;
  /** Only figures that begin with one of these. Fewer questions are answered with more certainty. */
  readonly figures?: readonly string[];
  readonly seed?: number;
}

export const DEFAULT_ERROR_RATE = 0.05;

/** What was measured on other machines or with other settings. */
export function differencesBetween(a: readonly LabReport[], b: readonly LabReport[]): readonly Difference[] {
  return pairCells(a, b).differences;
}

/** Throws `refused` when the sides were measured on other machines or with other settings. */
export function compareReports(
  a: readonly LabReport[],
  b: readonly LabReport[],
  { errorRate = DEFAULT_ERROR_RATE, force = false, figures = [''], seed = 1 }: CompareOptions = {},
): Comparison {
  const { cells, differences } = pairCells(a, b);
  if (differences.length > 0 && !force) {
    const words = differences.map(({ what, a, b }) => `${what} (${a}, ${b})`).join('; ');
    throw new SightlineError('refused', `The reports are not of the same: ${words}.`, {
      field: differences[0]!.what,
    });
  }
  if (cells.length === 0) throw new SightlineError('refused', 'The reports have no settings in common.');
  const random = seededRandom(seed);
  const compared = cells.flatMap((cell, index) => testCell(cell, index, figures, random));
  const coverages = cells.map(coverageOf);
  const tested = compared.filter(({ cell }) => coverages[cell] !== 'time');
  const chances = tested.map(({ estimate }) => estimate.chance);
  const levels = new Map(holmLevels(chances, errorRate).map((level, index) => [tested[index], level]));
  return {
    format: 'sightline-comparison',
    version: 1,
    errorRate,
    differences,
    tested: tested.length,
    cells: cells.map((cell, index) => ({
      settings: cell.a[0]!.settings,
      runsA: cell.a.length,
      runsB: cell.b.length,
      coverage: coverages[index]!,
    })),
    figures: compared.map((each) => judge(each, levels.get(each), errorRate)),
  };
}

interface Cell {
  readonly a: readonly RunReport[];
  readonly b: readonly RunReport[];
}

interface Tested {
  readonly cell: number;
  readonly figure: Figure;
  readonly a: number;
  readonly b: number;
  readonly estimate: RatioEstimate;
}

function testCell(cell: Cell, index: number, beginnings: readonly string[], random: () => number): Tested[] {
  const coverage = coverageOf(cell);
  const pieces = coverage === 'runs' ? 'runs' : 'time';
  return figuresOf([...cell.a, ...cell.b]).flatMap((figure) => {
    if (!beginnings.some((beginning) => figure.id.startsWith(beginning))) return [];
    const a = figure.units(cell.a, pieces);
    const b = figure.units(cell.b, pieces);
    if (a === undefined || b === undefined) return [];
    const estimate = estimateRatio(a, b, {
      random,
      // The same seeds make the same pictures at the same times.
      paired: coverage === 'virtual' && seedsOf(cell.a) === seedsOf(cell.b),
      resolution: figure.resolution,
    });
    if (estimate === undefined) return [];
    return [{ cell: index, figure, a: whole(a) * figure.scale, b: whole(b) * figure.scale, estimate }];
  });
}

function whole(units: Units): number {
  return units.figure(new Float64Array(units.count).fill(1));
}

/** @param level At which it was tested; undefined when it was not. */
function judge(
  { cell, figure, a, b, estimate }: Tested,
  level: number | undefined,
  errorRate: number,
): ComparedFigure {
  const [low, high] = interval(estimate, level ?? errorRate);
  const { id, unit, higherIsBetter } = figure;
  const isDifferent = level !== undefined && estimate.chance <= level;
  const isMore = estimate.ratio > 1;
  const verdict = !isDifferent ? 'unclear' : isMore === higherIsBetter ? 'faster' : 'slower';
  return {
    cell,
    figure: id,
    unit,
    higherIsBetter,
    a,
    b,
    ratio: estimate.ratio,
    low,
    high,
    chance: estimate.chance,
    verdict,
  };
}

function coverageOf({ a, b }: Cell): Coverage {
  if ([...a, ...b].every(({ settings }) => settings.virtual)) return 'virtual';
  return Math.min(a.length, b.length) >= ENOUGH_RUNS ? 'runs' : 'time';
}

// -- what belongs together ------------------------------------------------------------------------------------------

/** What makes a machine another; the versions of Node and Sightline are what is compared. */
const MACHINE_FIELDS = ['cpu', 'cores', 'memoryGiB', 'system'] as const;

function pairCells(
  a: readonly LabReport[],
  b: readonly LabReport[],
): { cells: Cell[]; differences: Difference[] } {
  const differences: Difference[] = [];
  const sideA = bySettings(a);
  const sideB = bySettings(b);
  const isVirtual = [...a, ...b].every(({ runs }) => runs.every(({ settings }) => settings.virtual));
  for (const field of isVirtual ? [] : MACHINE_FIELDS) {
    const [of, other] = [a, b].map((reports) =>
      wordsOf(reports.map(({ machine }) => String(machine[field]))),
    );
    if (of !== other) differences.push({ what: field, a: of!, b: other! });
  }
  const cells: Cell[] = [];
  const onlyA: RunReport[][] = [];
  for (const [key, runs] of sideA) {
    const others = sideB.get(key);
    if (others === undefined) onlyA.push(runs);
    else cells.push({ a: runs, b: others });
    sideB.delete(key);
  }
  const onlyB = [...sideB.values()];
  for (const difference of settingsDifferences(onlyA, onlyB)) differences.push(difference);
  for (const { a, b } of cells) {
    if (seedsOf(a) !== seedsOf(b)) differences.push({ what: 'seed', a: seedsOf(a), b: seedsOf(b) });
  }
  // Told to compare what is not the same: in the order in which it was measured.
  if (onlyA.length === onlyB.length) {
    for (const [index, runs] of onlyA.entries()) cells.push({ a: runs, b: onlyB[index]! });
  }
  return { cells, differences };
}

function bySettings(reports: readonly LabReport[]): Map<string, RunReport[]> {
  const cells = new Map<string, RunReport[]>();
  for (const run of reports.flatMap(({ runs }) => runs)) {
    const key = settingsKey(run.settings);
    cells.set(key, [...(cells.get(key) ?? []), run]);
  }
  for (const runs of cells.values()) runs.sort((a, b) => a.settings.seed - b.settings.seed);
  return cells;
}

/**
 * Equal for equal settings, whatever the order of their fields. In virtual time, where a seed gives one report, runs
 * with other seeds are repetitions.
 */
export function settingsKey(settings: RunSettings): string {
  const entries = Object.entries(settings).filter(([name]) => name !== 'seed' || !settings.virtual);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The seeds of a cell's virtual runs, in words; of others nothing, since all of these have one. */
function seedsOf(runs: readonly RunReport[]): string {
  return runs.flatMap(({ settings }) => (settings.virtual ? [settings.seed] : [])).join(', ');
}

function settingsDifferences(a: readonly RunReport[][], b: readonly RunReport[][]): Difference[] {
  const names = new Set([...a, ...b].flatMap(([run]) => Object.keys(run!.settings)));
  const differences: Difference[] = [];
  for (const what of names) {
    const [of, other] = [a, b].map((side) =>
      wordsOf(side.map(([run]) => JSON.stringify(settingOf(run!.settings, what) ?? null))),
    );
    if (of !== other) differences.push({ what, a: of!, b: other! });
  }
  if (differences.length === 0 && a.length + b.length > 0) {
    differences.push({ what: 'runs', a: String(a.length), b: String(b.length) });
  }
  return differences;
}

function settingOf(settings: RunSettings, name: string): unknown {
  return Object.entries(settings).find(([key]) => key === name)?.[1];
}

function wordsOf(values: readonly string[]): string {
  return [...new Set(values)].sort().join(', ') || '-';
}
