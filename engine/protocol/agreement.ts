/** What two that differ in version agree on, by their hello and welcome. */
import { OLDEST_VERSION, PROTOCOL_VERSION } from './limits.js';

/** What a party or a relay can do that no version tells; what is not named here is ignored. */
export const FEATURES = [
  /** A message of a kind that it does not know is counted and ignored, if the other says so, too. */
  'skip-unknown',
] as const;
export type Feature = (typeof FEATURES)[number];

/** What a hello or a welcome says of who sends it. */
export interface Spoken {
  readonly version: number;
  /** The lowest version that it understands; of version 3 and before it says none, and speaks `version` alone. */
  readonly oldest?: number | undefined;
  readonly features?: readonly string[] | undefined;
}

/** The version that says more than its number. */
const SPOKEN_SINCE = 4;

/** What this program says of itself where it speaks `version`, in a hello or a welcome. */
export function spoken(version: number = PROTOCOL_VERSION): {
  version: number;
  oldest?: number;
  features?: string[];
} {
  return version < SPOKEN_SINCE ? { version } : { version, oldest: OLDEST_VERSION, features: [...FEATURES] };
}

/** The highest version that both understand; undefined when there is none. */
export function agreedVersion({ version, oldest = version }: Spoken): number | undefined {
  const highest = Math.min(version, PROTOCOL_VERSION);
  return highest >= Math.max(oldest, OLDEST_VERSION) ? highest : undefined;
}

/** Whether the other has a feature that this program has, too. */
export function hasFeature(other: Spoken, feature: Feature): boolean {
  return other.features?.includes(feature) === true;
}
