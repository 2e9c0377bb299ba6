/** One frame, from the canvas to its bytes. */
import { endBool, startBool } from './bool';
import { knowsNoMoves } from './candidates';
import { convertBlock } from './convert';
import { filterFrame } from './filter';
import {
  filterLevel,
  goldenCopy,
  setFilterLevel,
  setGoldenCopy,
  writeFirstPartition,
  writeFrameTag,
} from './header';
import { chooseInter, codeInter } from './inter-block';
import { codeIntra, intraCoded, startModes } from './intra-block';
import { adoptAll, adoptBlock, keepAsGolden, rememberBlock } from './pictures';
import { priceTokens, resetProbabilities } from './probabilities';
import { acStep, setBitPrice, setQuantiser } from './quantise';
import { keepTokens } from './residual';
import { searchWays } from './search';
import {
  CODED,
  chromaStride,
  columns,
  dirty,
  gridOf,
  header,
  LEFT,
  lumaAt,
  lumaStride,
  modes,
  output,
  REPEATS,
  rows,
  uAt,
  vAt,
  vectors,
  work,
} from './state';
import { B_PRED } from './tables';
import { clearContexts, startTokens, writeTokens } from './tokens';
import { resetVectorOdds, startVectors } from './vectors';

/** Puts what stands past the edges of a picture around `work` (RFC 6386, section 12.2). */
export function prepare(): void {
  frameEdges(work + lumaAt, lumaStride, columns << 4, rows << 4);
  frameEdges(work + uAt, chromaStride, columns << 3, rows << 3);
  frameEdges(work + vAt, chromaStride, columns << 3, rows << 3);
}

function frameEdges(at: usize, stride: usize, wide: u32, high: u32): void {
  for (let y: u32 = 0; y < high; y++) store<u8>(at + y * stride - 1, 129);
  memory.fill(at - stride - 1, 127, wide + 17);
}

/** Notes that the macroblocks of a rectangle (inside the picture) may have changed. */
export function markDirty(x: u32, y: u32, w: u32, h: u32): void {
  marked = true;
  const left = x >> 4;
  const right = (x + w + 15) >> 4;
  for (let row = y >> 4; row < (y + h + 15) >> 4; row++) {
    memory.fill(dirty + row * columns + left, 1, right - left);
  }
}

/** Key frames cost more than others; above this part of the blocks without a reference they are worth it. */
const SCENE_CHANGE_PERCENT: u32 = 60;
/** So many new blocks (a part of all, and at least these) are a window that has opened: it may close again. */
const WINDOW_PART: u32 = 100;
const WINDOW_LEAST: u32 = 8;
/** A window opens over a few frames: what was there before is not given up for a half open one. */
const GOLDEN_FRAMES: u32 = 6;

/** Macroblocks of this frame without a reference. */
let fresh: u32 = 0;
/** Frames since golden was chosen. */
let goldenAge: u32 = 0;
/** Whether macroblocks were marked since the last frame. */
let marked: bool = false;
let wasKey: bool = false;

/** Whether the last frame is a key frame. */
export function isKey(): bool {
  return wasKey;
}

/**
 * Codes a frame with a quantiser index, as a key frame if asked to or if the scene has changed; the answer is how
 * many bytes stand at `output`: none when nothing has changed.
 */
export function encodeFrame(index: u32, key: bool): u32 {
  wasKey = key;
  const changed = marked ? convertRows() : 0;
  marked = false;
  if (!key && changed == 0) return 0;
  useQuantiser(index, key);
  searchWays(!key && knowsNoMoves() ? changed : 0);
  codeRows(key);
  if (!key && fresh * 100 > columns * rows * SCENE_CHANGE_PERCENT) {
    key = true;
    useQuantiser(index, true);
    codeRows(true);
  }
  wasKey = key;
  chooseGolden(key);
  setFilterLevel(min<u32>(63, acStep >> 1));
  const length = finish(key);
  filterFrame(filterLevel, key);
  if (key) adoptAll();
  else adopt();
  settle(key);
  return length;
}

/** Key frames have finer steps: what stays as it is, and that is most of a screen, is shown from them for long. */
function useQuantiser(index: u32, key: bool): void {
  setQuantiser(key ? (index * 3) >> 2 : index, key ? 96 : 80);
  setBitPrice(acStep << 6);
}

/** Converts what may have changed; marks stay where it has. The answer is how many macroblocks have. */
function convertRows(): u32 {
  let changed: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      const mark = dirty + row * columns + column;
      if (load<u8>(mark) == 0) continue;
      const differs = convertBlock(column, row);
      store<u8>(mark, differs ? 1 : 0);
      changed += differs ? 1 : 0;
    }
  }
  return changed;
}

function codeRows(key: bool): void {
  if (key) {
    resetProbabilities();
    resetVectorOdds();
  }
  priceTokens();
  startTokens();
  startVectors();
  startModes();
  fresh = 0;
  for (let row: u32 = 0; row < rows; row++) codeRow(row, key);
}

/** When a window has opened, keeps the picture without it as golden: when it closes, nothing is new. */
function chooseGolden(key: bool): void {
  goldenAge++;
  const opened = fresh >= WINDOW_LEAST && fresh * WINDOW_PART >= columns * rows;
  const copies = !key && opened && goldenAge >= GOLDEN_FRAMES;
  setGoldenCopy(copies ? 1 : 0);
  if (key || copies) goldenAge = 0;
}

function codeRow(row: u32, key: bool): void {
  v128.store(LEFT, i32x4.splat(0));
  for (let column: u32 = 0; column < columns; column++) {
    const mark = dirty + row * columns + column;
    if (key) store<u8>(mark, 1);
    if (load<u8>(mark) != 0) codeBlock(column, row, key);
    else clearContexts(column, true);
  }
}

function codeBlock(column: u32, row: u32, key: bool): void {
  const cell = gridOf(column, row);
  const most = key ? u32.MAX_VALUE : chooseInter(column, row);
  const intra = most != 0 && codeIntra(column, row, key, most);
  const any = intra ? intraCoded : codeInter(column, row);
  if (intra) fresh++;
  const hasSecond = load<u8>(modes + (cell << 2)) != B_PRED;
  store<u8>(modes + (cell << 2), any ? <u8>CODED : 0, 3);
  if (any) keepTokens(column, hasSecond);
  else clearContexts(column, hasSecond);
}

/** Puts the frame together at `output`. */
function finish(key: bool): u32 {
  const end = writeFirstPartition(key);
  const first = writeFrameTag(output, key, <u32>(end - header));
  memory.copy(first, header, end - header);
  startBool(first + (end - header));
  writeTokens();
  return <u32>(endBool() - output);
}

/** Takes what has changed in `work` into the last picture. */
function adopt(): void {
  if (goldenCopy != 0) keepAsGolden();
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      if (load<u8>(dirty + row * columns + column) != 0) adoptBlock(column, row);
    }
  }
}

/** Makes every macroblock one that repeats the last picture, as the next frame begins. */
function settle(key: bool): void {
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      const mark = dirty + row * columns + column;
      if (!key && load<u8>(mark) == 0) continue;
      store<u8>(mark, 0);
      rememberBlock(column, row);
      const cell = gridOf(column, row);
      store<u32>(modes + (cell << 2), REPEATS);
      store<u32>(vectors + (cell << 2), 0);
    }
  }
}
