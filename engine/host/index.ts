/** A host's session at the relay, in Node. `page.ts` is the face for a page. */
export type { AutoControl } from './auto-level.js';
export { HostSession } from './node.js';
export type * from './types.js';
