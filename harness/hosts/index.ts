/** Hosts without a customer: a simulated desktop, and the replay of a recording or a video. Node only. */
export type { FontChoice } from './font-choice.js';
export { MARKER_AREA, type Marker, readMarker } from './marker.js';
export { exitIfBroken } from './replay/broken-film.js';
export type { ReplayReader, SkippedPart } from './replay/reader.js';
export { openReplay, type Pace, type ReplayOptions, ReplaySource } from './replay/source.js';
export { VideoReader } from './replay/video.js';
export { describeScenes, SCENE_NAMES, type SceneName } from './scene-names.js';
export {
  ANSWER_DELAY,
  SimulatedCustomer,
  type SimulatedCustomerOptions,
} from './simulated/customer.js';
export { SimulatedDesktop, type SimulatedDesktopOptions } from './simulated/desktop.js';
