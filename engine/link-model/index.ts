/** What links are like, and how bytes go over them: the same model in virtual time and before real sockets. */
export { Direction, type DirectionCounts, type DirectionOptions, Flow } from './direction.js';
export { describeLink, parseLink } from './parse.js';
export { preciseClock } from './precise-clock.js';
export {
  DIRECT,
  type DirectionProfile,
  LINK_NAMES,
  LINK_PRESETS,
  type LinkPreset,
  type LinkProfile,
  USUAL_BUFFER,
} from './profile.js';
export { type FrozenWay, type ShapedProxy, type ShapedProxyOptions, shapedProxy } from './proxy.js';
export { seededRandom } from './random.js';
