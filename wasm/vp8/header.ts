/** The frame's header and its macroblocks' modes: the first partition (RFC 6386, sections 9, 11, 16 and 19). */
import { endBool, putBit, putLiteral, putOptional, putPath, startBool } from './bool';
import { MODE_DELTAS, REFERENCE_DELTAS } from './filter';
import { submodeOdds } from './intra-block';
import { bestProbability, writeProbabilities } from './probabilities';
import { quantiser } from './quantise';
import {
  CODED,
  columns,
  gridOf,
  gridStride,
  header,
  height,
  modes,
  parts,
  REPEATS,
  rows,
  vectors,
  width,
} from './state';
import {
  B_PRED,
  CHROMA_MODE_DEFAULTS,
  CHROMA_MODE_PATHS,
  GOLDEN,
  INTRA,
  KEY_CHROMA_PROBABILITIES,
  KEY_MODE_PATHS,
  KEY_MODE_PROBABILITIES,
  LAST,
  MODE_DEFAULTS,
  MODE_PATHS,
  NEW,
  SUBMODE_PATHS,
  SUBMODE_PROBABILITIES,
} from './tables';
import { askNeighbours, putVector, putVectorMode, STILL_ODDS, writeVectorOdds } from './vectors';

/** Loop filter of the frame: its level, 0 to 63. */
export let filterLevel: u32 = 0;

export function setFilterLevel(level: u32): void {
  filterLevel = level;
}

/** Writes the header's uncompressed part at `to`; the answer is where it ends (section 9.1). */
export function writeFrameTag(to: usize, key: bool, firstBytes: u32): usize {
  const tag = (key ? 0 : 1) | (1 << 4) | (firstBytes << 5);
  store<u16>(to, <u16>tag);
  store<u8>(to, <u8>(tag >> 16), 2);
  if (!key) return to + 3;
  store<u16>(to, 0x019d, 3);
  store<u8>(to, 0x2a, 5);
  store<u16>(to, <u16>width, 6);
  store<u16>(to, <u16>height, 8);
  return to + 10;
}

/** What becomes of the golden picture: 0 nothing, 1 the last one before this frame. */
export let goldenCopy: u32 = 0;

export function setGoldenCopy(copy: u32): void {
  goldenCopy = copy;
}

/** Writes the first partition at `header`; the answer is where it ends. */
export function writeFirstPartition(key: bool): usize {
  startBool(header);
  // Colours by BT.601; a decoder must clamp. No segments.
  if (key) putLiteral(0, 2);
  putLiteral(0, 1);
  writeFilter(key);
  // One partition of coefficients; no quantiser of its own for any kind.
  putLiteral(0, 2);
  putLiteral(quantiser, 7);
  for (let kind = 0; kind < 5; kind++) putOptional(0, 4);
  if (!key) writeReferences();
  // The probabilities hold for the next frame too.
  putLiteral(1, 1);
  // This picture becomes the last one.
  if (!key) putLiteral(1, 1);
  writeProbabilities();
  countModes();
  const codedOdds = bestProbability(coded, columns * rows - coded);
  putLiteral(1, 1);
  putLiteral(codedOdds, 8);
  if (key) writeKeyModes(codedOdds);
  else writeModes(codedOdds);
  return endBool();
}

/** The normal loop filter without sharpness; its deltas are told in key frames, which forget them (section 9.6). */
function writeFilter(key: bool): void {
  putLiteral(0, 1);
  putLiteral(filterLevel, 6);
  putLiteral(0, 3);
  putLiteral(1, 1);
  putLiteral(key ? 1 : 0, 1);
  if (!key) return;
  for (let reference: usize = 0; reference < 4; reference++) {
    putOptional(load<i8>(REFERENCE_DELTAS + reference), 6);
  }
  for (let mode: usize = 0; mode < 4; mode++) putOptional(load<i8>(MODE_DELTAS + mode), 6);
}

/** What becomes of the golden and the alternate picture (section 9.7). */
function writeReferences(): void {
  // Neither becomes this picture.
  putLiteral(0, 2);
  // Golden becomes the last picture, and the alternate one what golden was.
  putLiteral(goldenCopy != 0 ? 1 : 0, 2);
  putLiteral(goldenCopy != 0 ? 2 : 0, 2);
  // Their vectors have the signs of others.
  putLiteral(0, 2);
}

/** Macroblocks with coefficients, without a reference, with the last picture, and with golden. */
let coded: u32 = 0;
let intra: u32 = 0;
let fromLast: u32 = 0;
let fromGolden: u32 = 0;

function countModes(): void {
  coded = 0;
  intra = 0;
  fromLast = 0;
  fromGolden = 0;
  for (let row: u32 = 0; row < rows; row++) {
    let at = modes + (gridOf(0, row) << 2);
    for (let column: u32 = 0; column < columns; column++, at += 4) {
      const reference = <u32>load<u8>(at, 1);
      coded += load<u8>(at, 3) & CODED;
      intra += reference == INTRA ? 1 : 0;
      fromLast += reference == LAST ? 1 : 0;
      fromGolden += reference == GOLDEN ? 1 : 0;
    }
  }
}

function writeKeyModes(codedOdds: u32): void {
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      const cell = gridOf(column, row);
      putBit((load<u8>(modes + (cell << 2), 3) & CODED) == 0 ? 1 : 0, codedOdds);
      writeKeyMode(cell);
    }
  }
}

function writeKeyMode(cell: u32): void {
  const mode = <u32>load<u8>(modes + (cell << 2));
  putPath(KEY_MODE_PATHS + (mode << 4), KEY_MODE_PROBABILITIES);
  if (mode == B_PRED) {
    for (let block: usize = 0; block < 16; block++) {
      const submode = <u32>load<u8>(parts + (cell << 6) + block);
      putPath(SUBMODE_PATHS + (submode << 4), submodeOdds(cell, block, true));
    }
  }
  putPath(CHROMA_MODE_PATHS + ((<u32>load<u8>(modes + (cell << 2), 2)) << 4), KEY_CHROMA_PROBABILITIES);
}

function writeModes(codedOdds: u32): void {
  const all = columns * rows;
  const intraOdds = bestProbability(intra, all - intra);
  const lastOdds = bestProbability(fromLast, all - intra - fromLast);
  const goldenOdds = bestProbability(fromGolden, all - intra - fromLast - fromGolden);
  putLiteral(intraOdds, 8);
  putLiteral(lastOdds, 8);
  putLiteral(goldenOdds, 8);
  // The probabilities of intra modes stay.
  putLiteral(0, 2);
  writeVectorOdds();
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      const cell = gridOf(column, row);
      putBit((load<u8>(modes + (cell << 2), 3) & CODED) == 0 ? 1 : 0, codedOdds);
      const reference = <u32>load<u8>(modes + (cell << 2), 1);
      putBit(reference != INTRA ? 1 : 0, intraOdds);
      if (reference == INTRA) {
        writeMode(cell);
        continue;
      }
      putBit(reference != LAST ? 1 : 0, lastOdds);
      if (reference != LAST) putBit(reference != GOLDEN ? 1 : 0, goldenOdds);
      writeVectorMode(column, row, cell);
    }
  }
}

function writeMode(cell: u32): void {
  const mode = <u32>load<u8>(modes + (cell << 2));
  putPath(MODE_PATHS + (mode << 4), MODE_DEFAULTS);
  if (mode == B_PRED) {
    for (let block: usize = 0; block < 16; block++) {
      const submode = <u32>load<u8>(parts + (cell << 6) + block);
      putPath(SUBMODE_PATHS + (submode << 4), SUBMODE_PROBABILITIES);
    }
  }
  putPath(CHROMA_MODE_PATHS + ((<u32>load<u8>(modes + (cell << 2), 2)) << 4), CHROMA_MODE_DEFAULTS);
}

/** Whether a macroblock only repeats the last picture in its place. */
function repeats(cell: u32): bool {
  return (load<u32>(modes + (cell << 2)) & 0xffff) == REPEATS;
}

function writeVectorMode(column: u32, row: u32, cell: u32): void {
  const over = cell - gridStride;
  if (repeats(cell) && repeats(over) && repeats(cell - 1) && repeats(over - 1)) {
    putBit(0, STILL_ODDS);
    return;
  }
  askNeighbours(column, row);
  const mode = <u32>load<u8>(modes + (cell << 2));
  putVectorMode(mode);
  if (mode == NEW) putVector(load<u32>(vectors + (cell << 2)));
}
