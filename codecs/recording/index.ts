/** Recordings: the `.rcrec` format's reader and writer. No files, no clocks; runs in Node, a worker and a page. */
export {
  ChainCheck,
  decodeSeal,
  hashBytes,
  type NewHash,
  portableSha256,
  type Seal,
  type Stretch,
} from './chain.js';
export * from './crc32c.js';
export * from './directory.js';
export {
  BLOCK_HEADER_BYTES,
  type BlockHeader,
  BlockType,
  FILE_HEADER_BYTES,
  FORMAT_VERSION,
  type HeaderFault,
  MAX_PAYLOAD_BYTES,
  readBlockHeader,
  Track,
} from './format.js';
export { decodeMetadata, MAX_LOST, MAX_METADATA_BYTES, type RecordingMetadata } from './metadata.js';
export { decodeNotice, encodeNotice, type RecordingNotice } from './notice.js';
export * from './recording.js';
export { blobSource, bytesSource, type RandomAccess } from './source.js';
export { type Block, type Damage, type DamageReason, type WalkOptions, walkBlocks } from './walk.js';
export { type ByteSink, DEFAULT_PENDING_LIMIT, RecordingWriter, type WriterOptions } from './writer.js';
