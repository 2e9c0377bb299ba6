/** A relay in a process of its own, for measurements. */
import { type RelayTrace, startRelay, type TransportWish } from '../../engine/index.js';
import { childTask, serveParent, takeAll, tellParent } from './processes.js';

const { transport } = childTask<{ transport: TransportWish }>();
const traces: RelayTrace[] = [];
const relay = await startRelay({ transport, onTrace: (trace) => traces.push(trace) });
serveParent({ traces: () => ({ relayTraces: takeAll(traces) }), stop: () => relay.close() });
tellParent({ ready: 'relay', address: relay.address, transport: relay.transport, reason: relay.reason });
