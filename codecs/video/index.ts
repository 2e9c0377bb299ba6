/** Coders of pictures for containers. No files, no clocks; runs in Node, a worker and a page. */

export { ColourSurvey } from './colour-survey.js';
export {
  type EncodedPicture,
  type PictureChange,
  UNKNOWN_CHANGE,
  type VideoCodec,
  type VideoEncoder,
} from './encoder.js';
export { MrleEncoder, type MrleOptions } from './mrle.js';
export { MsvcEncoder, type MsvcOptions } from './msvc.js';
export { ColourSet, levelPalette, MAX_COLOURS } from './palette.js';
export { ZmbvEncoder, type ZmbvOptions } from './zmbv.js';
