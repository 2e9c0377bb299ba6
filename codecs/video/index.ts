/** Coders of pictures for containers. No files, no clocks; runs in Node, a worker and a page. */
export {
  type EncodedPicture,
  type PictureChange,
  UNKNOWN_CHANGE,
  type VideoCodec,
  type VideoEncoder,
} from './encoder.js';
export { ZmbvEncoder } from './zmbv.js';
