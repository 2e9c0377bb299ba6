/** The relay: a switch between hosts and viewers, and the server that runs it. Node only. */
export { maxFrameBytes } from '../room/frame-check.js';
export type { HostPresence, RelayState, SessionState, ViewerState } from '../room/state.js';
export { DEFAULT_RELAY_LIMITS, type RelayLimits } from './limits.js';
export { parsePublicUrl } from './public-url.js';
export { Relay, type RelayOptions } from './relay.js';
export { type RunningRelay, type StartRelayOptions, startRelay } from './server.js';
