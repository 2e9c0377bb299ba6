/** The relay of a capacity search, with what its sockets had to bear. */
import { DEFAULT_RELAY_LIMITS, startRelay, type TransportWish } from '../../engine/index.js';
import { childTask, serve } from './child.js';
import type { SocketFigures } from './step.js';

export interface RelayTask {
  readonly transport: TransportWish;
  /** Hosts that may come. */
  readonly sessions: number;
}

export interface RelayReady {
  readonly address: string;
  readonly transport: string;
  readonly reason: string;
}

export interface RelayInterval {
  readonly sockets: SocketFigures;
  readonly bytesOut: number;
}

/** How often the waiting bytes are looked at: a queue that is in nobody's way is gone sooner. */
const LOOK_MS = 100;

const task = childTask<RelayTask>();
const maxSessions = Math.max(DEFAULT_RELAY_LIMITS.maxSessions, task.sessions);
const running = await startRelay({
  transport: task.transport,
  // All come from this machine.
  limits: {
    maxSessions,
    maxSessionsPerAddress: maxSessions,
    maxPending: 2 * maxSessions,
    maxPendingPerAddress: 2 * maxSessions,
    connectionRate: { perSecond: 10_000, burst: 8 * maxSessions },
  },
  // A host's link and two of a viewer, and some that are just being closed.
  maxLinks: Math.max(4096, 4 * maxSessions),
  maxLinksPerAddress: Math.max(4096, 4 * maxSessions),
});
const { address, transport, reason, relay } = running;

let before = totals();
let mostBuffered = 0;
setInterval(() => {
  mostBuffered = Math.max(mostBuffered, buffered());
}, LOOK_MS).unref();

serve<RelayInterval>({
  ready: { address, transport, reason } satisfies RelayReady,
  begin() {
    before = totals();
    mostBuffered = 0;
  },
  end() {
    const now = totals();
    return {
      sockets: {
        bufferedBytes: Math.max(mostBuffered, buffered()),
        cuts: now.cuts - before.cuts,
        dropped: now.dropped - before.dropped,
        tooSlow: now.tooSlow - before.tooSlow,
      },
      bytesOut: now.bytesOut - before.bytesOut,
    };
  },
  stop: () => running.close(),
});

function totals() {
  const { cuts, tooSlow, dropped, bytesOut } = relay.counters;
  return {
    cuts,
    tooSlow,
    dropped: Object.values(dropped).reduce((sum, count) => sum + count, 0),
    bytesOut: bytesOut.reduce((sum, bytes) => sum + bytes, 0),
  };
}

function buffered(): number {
  let bytes = 0;
  for (const session of relay.snapshot().sessions) {
    bytes += session.hostBufferedBytes;
    for (const viewer of session.viewers) bytes += viewer.bufferedBytes;
  }
  return bytes;
}
