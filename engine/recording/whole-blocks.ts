/**
 * The blocks of a damaged recording that are whole and in their place. Blocks that got between others by damage (an
 * old sector, a piece copied twice) have numbers or times that do not fit: of all *runs* of blocks that follow one
 * another, those are taken that together give most blocks in ascending order, and the others are left out.
 */
import {
  BLOCK_HEADER_BYTES,
  type Block,
  FILE_HEADER_BYTES,
  type RandomAccess,
  walkBlocks,
} from '../../codecs/recording/index.js';

/** A stretch of the file that is lost. */
export interface Loss {
  /** Offsets in the file. */
  readonly from: number;
  readonly to: number;
  /** Times of the whole blocks around it, microseconds. */
  readonly fromTime: number;
  readonly toTime: number;
  /** Blocks known to be missing. */
  readonly blocks: number;
}

/** Whole blocks that follow one another in number and time, whatever lies between them. */
export interface Run {
  /** Offsets of its first and last block. */
  readonly from: number;
  to: number;
  /** Numbers of these, relative to the first whole block of the file. */
  readonly first: number;
  last: number;
  lastTime: number;
}

/** Beyond so many runs no choice is made, since it takes quadratic time: the first that fits is taken. */
const MAX_RUNS = 4096;

/** The runs that belong to the recording. */
export async function findRuns(source: RandomAccess): Promise<readonly Run[]> {
  const runs: Run[] = [];
  let origin: number | undefined;
  for await (const item of walkBlocks(source, { from: FILE_HEADER_BYTES })) {
    if (item.kind === 'damage') continue;
    origin ??= item.sequence;
    // Numbers wrap round at 32 bits.
    const number = (item.sequence - origin) | 0;
    const run = runs.at(-1);
    if (run !== undefined && number === run.last + 1 && item.time >= run.lastTime) {
      run.to = item.offset;
      run.last = number;
      run.lastTime = item.time;
    } else {
      runs.push({ from: item.offset, to: item.offset, first: number, last: number, lastTime: item.time });
      if (runs.length > MAX_RUNS) return [{ ...runs[0]!, to: source.size }];
    }
  }
  return heaviest(runs);
}

/** Those that, in the file's order, give most blocks with ascending numbers. */
function heaviest(runs: readonly Run[]): Run[] {
  const weight: number[] = [];
  const previous: number[] = [];
  let best = -1;
  runs.forEach((run, index) => {
    weight[index] = run.last - run.first + 1;
    previous[index] = -1;
    for (let at = 0; at < index; at++) {
      const before = runs[at]!;
      if (run.last <= before.last || run.lastTime < before.lastTime) continue;
      const sum = weight[at]! + Math.min(run.last - run.first + 1, run.last - before.last);
      if (sum <= weight[index]!) continue;
      weight[index] = sum;
      previous[index] = at;
    }
    if (best < 0 || weight[index]! > weight[best]!) best = index;
  });
  const chosen: Run[] = [];
  for (let at = best; at >= 0; at = previous[at]!) chosen.unshift(runs[at]!);
  return chosen;
}

/** The blocks of these runs, and what is lost between them. */
export async function* wholeBlocks(
  source: RandomAccess,
  runs: readonly Run[],
  onLoss: (loss: Loss) => void,
): AsyncGenerator<Block, void, undefined> {
  let run = 0;
  let last: Block | undefined;
  /** Where what was taken ends. */
  let end = Math.min(FILE_HEADER_BYTES, source.size);
  for await (const block of walkBlocks(source, { from: end })) {
    if (block.kind === 'damage') continue;
    while (run < runs.length && block.offset > runs[run]!.to) run++;
    const isInRun = run < runs.length && block.offset >= runs[run]!.from;
    if (!isInRun || (last !== undefined && !follows(last, block))) continue;
    const blocks = last === undefined ? block.sequence : (block.sequence - last.sequence - 1) | 0;
    if (block.offset > end || blocks > 0) {
      onLoss({ from: end, to: block.offset, fromTime: last?.time ?? 0, toTime: block.time, blocks });
    }
    yield block;
    last = block;
    end = block.offset + BLOCK_HEADER_BYTES + block.length;
  }
  if (end < source.size) {
    const time = last?.time ?? 0;
    onLoss({ from: end, to: source.size, fromTime: time, toTime: time, blocks: 0 });
  }
}

function follows(before: Block, block: Block): boolean {
  return ((block.sequence - before.sequence) | 0) > 0 && block.time >= before.time;
}
