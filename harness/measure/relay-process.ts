/** A relay in a process of its own, for measurements. */
import { startRelay, type TransportWish } from '../../engine/index.js';
import { childTask, serveParent, tellParent } from './processes.js';

const { transport } = childTask<{ transport: TransportWish }>();
const relay = await startRelay({ transport });
serveParent({ stop: () => relay.close() });
tellParent({ ready: 'relay', address: relay.address, transport: relay.transport, reason: relay.reason });
