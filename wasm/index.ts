/**
 * Entry of the kernels. Every export is a function over offsets in one imported shared memory: no objects,
 * no static data that is written, no global that is carried from one call to the next, so that many instances
 * may work on one memory.
 */
export { applyLevel, expandSpan, reduceSpan, toRgb24 } from './colour';
export { compareRect, copyBoxes } from './compare';
export { crc32c, crc32cTable } from './crc32c';
export { lz4Compress, lz4Decompress } from './lz4';
export { findMoves } from './motion';
export { toRgba } from './rgba';
export { moveSearchBytes } from './search';
export { settle } from './settle';
export { decodeSlice, prepareDecoder } from './tile-decode';
export { encodeTiles } from './tile-encode';
