/** What links, addresses and hosts may cost a relay. Every limit can be set; the defaults carry their reasons. */
import type { Micros } from '../clock.js';
import type { Rate } from '../protocol/index.js';
import { DEFAULT_ROOM_LIMITS, type RoomLimits } from '../room/limits.js';

export interface RelayLimits extends RoomLimits {
  /** A link that says no hello for so long is closed. */
  readonly helloTimeout: Micros;
  /** How long a session waits for its lost host. */
  readonly grace: Micros;
  /** Sessions open at one time... */
  readonly maxSessions: number;
  /** ...and by hosts of one address. */
  readonly maxSessionsPerAddress: number;
  /** Links that have not said hello yet... */
  readonly maxPending: number;
  /** ...and of one address. */
  readonly maxPendingPerAddress: number;
  /** Connections that one address may open, links and requests. */
  readonly connectionRate: Rate;
  /** Hellos of one address that may be refused: whoever guesses tokens is then refused unheard. */
  readonly refusalRate: Rate;
}

export const DEFAULT_RELAY_LIMITS: RelayLimits = {
  ...DEFAULT_ROOM_LIMITS,
  helloTimeout: 10_000_000,
  grace: 60_000_000,
  maxSessions: 1000,
  maxSessionsPerAddress: 250,
  maxPending: 1000,
  maxPendingPerAddress: 250,
  // 64 viewers behind one address load the page, twice, at the same moment: ten connections each.
  connectionRate: { perSecond: 100, burst: 2000 },
  // As many pages whose session has ended may look for it every ten seconds.
  refusalRate: { perSecond: 10, burst: 300 },
};
