/** The clock of tests: the engine's virtual one. */
export { settle, VirtualClock as FakeClock } from '../../engine/virtual/index.js';
