/** A host's session at the relay. For Node. */
export type { AutoControl } from './auto-level.js';
export { HostSession } from './session.js';
export type * from './types.js';
