/** A host's session at the relay. For Node. */
export { HostSession } from './session.js';
export type * from './types.js';
