/** The relay in a process of its own, as the relay benchmark measures it. */
import { startRelay } from '../../engine/index.js';
import { serveFigures } from './figures.js';

const relay = await startRelay({ transport: process.argv.includes('ws') ? 'ws' : 'uws' });
serveFigures(relay.port, () => relay.close());
