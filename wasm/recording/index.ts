/**
 * Entry of the kernels for converting recordings, a module of its own: pages that only show a session need not
 * load it. The rules of the other kernels hold: functions over offsets, nothing carried in globals.
 */
export { compareRect, copyBoxes } from '../compare';
export { findMoves } from '../motion';
export { moveSearchBytes } from '../search';
export { codeBoxes, copyCodes, indexBoxes, startPaletteCache } from './codes';
export { deflateBound, deflateFrame, deflateReset } from './deflate';
export { deflateStateBytes } from './deflate-state';
export { mrleEncode } from './mrle';
export { msvcEncode, msvcScratchBytes } from './msvc';
export { zmbvChange, zmbvKeyframe } from './zmbv';
