/** The wire: channels, messages, limits, versions. Specified in docs/PROTOCOL.md. Runs in Node and in a page. */
export * from './acks.js';
export * from './agreement.js';
export * from './beat.js';
export { channelOf } from './binary.js';
export * from './catalogue.js';
export * from './chat.js';
export * from './clock-sync.js';
export * from './codecs.js';
export * from './control.js';
export * from './display.js';
export {
  EVENT_HEADER_BYTES,
  type EventHead,
  eventHeadOf,
  eventViewerOf,
  stampEventViewer,
} from './events.js';
export * from './held.js';
export * from './input.js';
export * from './limits.js';
export * from './overlay.js';
export { buttonsOf, isPosition, thinned } from './thinning.js';
