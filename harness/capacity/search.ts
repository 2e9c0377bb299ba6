/**
 * The search for the largest number that a system bears. It grows by doubling until a number is too many, then halves the
 * interval between what held and what did not. Pure: the system is a function that is asked for its strain.
 *
 * A measurement on a machine that others use too is wrong now and then, nearly always for the worse: a pause of
 * another program looks like a limit. So a number counts as borne at once when it is far from the limit; near it,
 * or beyond, two of three measurements decide.
 */

export interface SearchOptions {
  /** The largest number to try. */
  readonly max: number;
  /**
   * How strained the system is by `count`: above 1 is too much, 1 is the limit; infinity: it cannot be had at all, and is
   * not asked again. `attempt` counts from 0; `stepsLeft` is how many measurements may follow this one, if none
   * must be repeated.
   */
  readonly probe: (count: number, attempt: number, stepsLeft: number) => Promise<number>;
}

/** Where the limit lies. */
export interface Bracket {
  /** The largest number that held; 0: not even one did. */
  readonly largest: number;
  /** The smallest that was too many; undefined: the largest to be tried held. */
  readonly tooMany: number | undefined;
}

/** What is below it holds, whatever one measurement may be off. */
const CLEARLY_BORNE = 0.8;
/** So many measurements that agree decide, of two more at most. */
const MAJORITY = 2;
/** The interval is halved until it is no wider than this part of what held (or than one). */
const PRECISION = 0.05;
const MOST_HALVINGS = Math.ceil(Math.log2(1 / PRECISION));

/** Rejects with what `probe` rejects with. */
export async function searchLargest({ max, probe }: SearchOptions): Promise<Bracket> {
  let largest = 0;
  let tooMany: number | undefined;
  while (largest < max && (tooMany === undefined || tooMany - largest > resolution(largest))) {
    const count = tooMany === undefined ? Math.min(max, Math.max(1, largest * 2)) : (largest + tooMany) >> 1;
    if (await isBorne(count, probe, stepsAfter(count, tooMany, max))) largest = count;
    else tooMany = count;
  }
  return { largest, tooMany };
}

async function isBorne(count: number, probe: SearchOptions['probe'], stepsLeft: number): Promise<boolean> {
  let borne = 0;
  let failed = 0;
  while (borne < MAJORITY && failed < MAJORITY) {
    const strain = await probe(count, borne + failed, stepsLeft);
    if (strain === Number.POSITIVE_INFINITY) return false;
    if (strain < CLEARLY_BORNE && failed === 0) return true;
    if (strain <= 1) borne++;
    else failed++;
  }
  return borne === MAJORITY;
}

function resolution(largest: number): number {
  return Math.max(1, Math.floor(largest * PRECISION));
}

/** Numbers that may still have to be tried after this one. */
function stepsAfter(count: number, tooMany: number | undefined, max: number): number {
  if (tooMany !== undefined)
    return Math.min(MOST_HALVINGS, Math.ceil(Math.log2(Math.max(1, tooMany - count))));
  return Math.ceil(Math.log2(max / count)) + Math.min(MOST_HALVINGS, Math.ceil(Math.log2(max)));
}
