/** The search over a system, step by step, and its report. */
import { describeMachine, type MachineDescription } from '../machine.js';
import { searchLargest } from './search.js';
import type { CapacitySettings } from './settings.js';
import { type StepFigures, strainOf } from './step.js';
import { type CapacitySystem, RealSystem, type StepPhase } from './system.js';
import { diagnose, type Verdict } from './verdict.js';

/** A step as it was judged. */
export interface Step extends StepFigures {
  /** Above 1: too much; infinity, in JSON null: it could not be had. */
  readonly strain: number;
  /** How often this number was measured before. */
  readonly attempt: number;
}

export interface CapacityProgress {
  readonly count: number;
  readonly attempt: number;
  readonly phase: StepPhase;
  /** Seconds that the search may still take, if nothing has to be repeated; undefined in its first step. */
  readonly secondsLeft: number | undefined;
}

/** What was found. */
export interface CapacityResult {
  /** The largest number that held so far; 0: not even one. */
  readonly largest: number;
  /** The smallest that was too many; undefined while there is none. */
  readonly tooMany?: number;
  /** Why that was too many, and in which of the steps that is to be seen. */
  readonly verdict?: Verdict & { readonly step: number };
  /** Whether the search came to its end. */
  readonly isComplete: boolean;
  readonly steps: readonly Step[];
}

export interface CapacityReport extends CapacityResult {
  readonly settings: CapacitySettings;
  readonly startedAt: string;
  readonly transport: { readonly name: string; readonly reason: string };
  readonly machine: MachineDescription;
}

export interface CapacityOptions {
  readonly onProgress?: (progress: CapacityProgress) => void;
  readonly onStep?: (step: Step) => void;
  /** Where the file is that hosts show; they show scenes unless given. */
  readonly replay?: string;
  /** Ends the search: what was found so far is told. */
  readonly signal?: AbortSignal;
  /** Seconds, for the time that is left. */
  readonly now?: () => number;
}

/** Starts all that is needed, searches, and leaves no process behind. Rejects with `SightlineError`. */
export async function findCapacity(
  settings: CapacitySettings,
  options: CapacityOptions = {},
): Promise<CapacityReport> {
  const startedAt = new Date().toISOString();
  const system = await RealSystem.open(settings, options.replay);
  try {
    const result = await searchSystem(system, settings, options);
    return { ...result, settings, startedAt, transport: system.transport, machine: describeMachine() };
  } finally {
    await system.close();
  }
}

/** Searches on a system that is there. An abort is an end like any other; whatever else fails, rejects. */
export async function searchSystem(
  system: CapacitySystem,
  settings: CapacitySettings,
  options: CapacityOptions = {},
): Promise<CapacityResult> {
  const { onProgress = () => {}, onStep = () => {}, now = () => performance.now() / 1000 } = options;
  const signal = options.signal ?? new AbortController().signal;
  const { limitMs, max } = settings;
  const steps: Step[] = [];
  const start = now();
  const probe = async (count: number, attempt: number, stepsLeft: number): Promise<number> => {
    const each = (now() - start) / steps.length;
    const secondsLeft = steps.length === 0 ? undefined : each * (stepsLeft + 1);
    const figures = await system.measure(count, signal, (phase) =>
      onProgress({ count, attempt, phase, secondsLeft }),
    );
    const strain = strainOf(figures, limitMs, aloneRateOf(figures, steps));
    const step = { ...figures, strain, attempt };
    steps.push(step);
    onStep(step);
    return strain;
  };
  try {
    const { largest, tooMany } = await searchLargest({ max, probe });
    return { ...resultOf(largest, tooMany, steps, settings), isComplete: true };
  } catch (error) {
    if (!signal.aborted) throw error;
    const held = steps.filter(({ strain }) => strain <= 1).map(({ count }) => count);
    return { ...resultOf(Math.max(0, ...held), undefined, steps, settings), isComplete: false };
  }
}

/** Frames per second of the only viewer: the most that it was shown while it was alone. */
function aloneRateOf(figures: StepFigures, before: readonly Step[]): number {
  const alone = [...before, figures].filter(({ count }) => count === 1);
  return Math.max(...alone.map(({ framesPerSecond }) => framesPerSecond.least));
}

function resultOf(
  largest: number,
  tooMany: number | undefined,
  steps: readonly Step[],
  settings: CapacitySettings,
): Omit<CapacityResult, 'isComplete'> {
  if (tooMany === undefined) return { largest, steps };
  const step = mildestFailure(steps, tooMany);
  return { largest, tooMany, verdict: { ...diagnose(steps[step]!, settings), step }, steps };
}

/** Of several failures the one that something else disturbed least: its index. */
function mildestFailure(steps: readonly Step[], tooMany: number): number {
  const failures = steps.flatMap(({ count, strain }, index) =>
    count === tooMany && strain > 1 ? [index] : [],
  );
  return failures.reduce((mild, index) => (steps[index]!.strain < steps[mild]!.strain ? index : mild));
}
