/** Flow control: how much may be on its way to a viewer, and how it is coded. Runs in Node and in a page. */
export * from './ack-window.js';
export * from './auto-controller.js';
export * from './auto-log.js';
export * from './auto-replay.js';
export * from './auto-types.js';
export { Recent } from './recent.js';
export { UplinkWindow } from './uplink-window.js';
