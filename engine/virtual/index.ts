/** A world of its own, in virtual time: a clock, computers whose work takes time, and a network. Node only. */
export { settle, VirtualClock } from './clock.js';
export { Computer, type WorkCost } from './computer.js';
export { AccessLine, type Exchange, frameBytes, VirtualLink, VirtualNetwork } from './network.js';
