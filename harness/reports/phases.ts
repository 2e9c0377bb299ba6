/** A run's phases. Knows nothing of files, so that pages can use it, too. */

/** The one phase of a live session, in which everything is done at any time. */
export const LIVE_PHASE = 'live';

interface Phase {
  readonly phase: string;
  /** Seconds since samples began to count. */
  readonly from: number;
  readonly until: number;
}

/** The phase of that name, or the one in which everything is done; undefined where there is neither. */
export function phaseIn({ phases }: { readonly phases: readonly Phase[] }, name: string): Phase | undefined {
  const named = (wanted: string) => phases.find(({ phase }) => phase === wanted);
  return named(name) ?? named(LIVE_PHASE);
}
