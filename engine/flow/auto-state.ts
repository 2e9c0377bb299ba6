/** What the controller of the auto stream knows between its decisions. Plain data: it is logged and goes on from there. */
import type { Micros } from '../clock.js';
import type { CostState } from './auto-cost.js';
import type { LinkState } from './auto-link.js';
import type { PaceState } from './auto-pace.js';
import type { QualityState } from './auto-quality.js';

/** Everything that the controller knows, as plain data. */
export interface AutoState {
  readonly link: LinkState;
  readonly cost: CostState;
  readonly pace: PaceState;
  readonly quality: QualityState;
  readonly use: UseState;
}

/** What new damage has used of late: both counts fade over `USE_MEMORY`. */
export interface UseState {
  bytes: number;
  packets: number;
  at: Micros;
  isMoving: boolean;
}
