/**
 * Probabilities of coefficient tokens: what they become after a frame's tokens are counted, where that saves more
 * than telling it costs (RFC 6386, section 13.4), and what tokens cost by them.
 */
import { bitCost, putBit, putLiteral } from './bool';
import { COEFFICIENT_DEFAULTS, COEFFICIENT_UPDATES } from './tables';
import { BRANCHES, COUNTS, EXTRA_BITS, KINDS, NO_ENDS, PROBABILITIES, ROWS, TOKEN_COSTS } from './tokens';

/** Bits of a new probability. */
const UPDATE_BITS: u32 = 8 << 8;

/** How often a row's branches went left and right. */
const ZEROS = memory.data(11 * 4, 16);
const ONES = memory.data(11 * 4, 16);

export function resetProbabilities(): void {
  memory.copy(PROBABILITIES, COEFFICIENT_DEFAULTS, ROWS * BRANCHES);
}

function setBranch(branch: usize, zeros: u32, ones: u32): void {
  store<u32>(ZEROS + (branch << 2), zeros);
  store<u32>(ONES + (branch << 2), ones);
}

function countBranches(row: usize): void {
  const counts = COUNTS + row * KINDS * 4;
  const n0 = load<u32>(counts);
  const n1 = load<u32>(counts, 4);
  const n2 = load<u32>(counts, 8);
  const n3 = load<u32>(counts, 12);
  const n4 = load<u32>(counts, 16);
  const c1 = load<u32>(counts, 20);
  const c2 = load<u32>(counts, 24);
  const c3 = load<u32>(counts, 28);
  const c4 = load<u32>(counts, 32);
  const c5 = load<u32>(counts, 36);
  const c6 = load<u32>(counts, 40);
  const high = c3 + c4 + c5 + c6;
  const categories = c1 + c2 + high;
  const larger = n2 + n3 + n4 + categories;
  setBranch(0, load<u32>(counts, 44), n0 + n1 + larger - load<u32>(NO_ENDS + (row << 2)));
  setBranch(1, n0, n1 + larger);
  setBranch(2, n1, larger);
  setBranch(3, n2 + n3 + n4, categories);
  setBranch(4, n2, n3 + n4);
  setBranch(5, n3, n4);
  setBranch(6, c1 + c2, high);
  setBranch(7, c1, c2);
  setBranch(8, c3 + c4, c5 + c6);
  setBranch(9, c3, c4);
  setBranch(10, c5, c6);
}

/** The best probability of a 0 among so many, from 1 to 255. */
export function bestProbability(zeros: u32, ones: u32): u32 {
  const all = zeros + ones;
  if (all == 0) return 128;
  return <u32>max<u64>(1, min<u64>(255, (<u64>zeros * 256 + (all >> 1)) / all));
}

/** 1/256 bits that another probability saves. */
export function saving(zeros: u32, ones: u32, was: u32, next: u32): i64 {
  return (
    <i64>zeros * (<i64>bitCost(0, was) - <i64>bitCost(0, next)) +
    <i64>ones * (<i64>bitCost(1, was) - <i64>bitCost(1, next))
  );
}

/** Writes which probabilities change and to what, and changes them. */
export function writeProbabilities(): void {
  for (let row: usize = 0; row < ROWS; row++) {
    countBranches(row);
    for (let branch: usize = 0; branch < BRANCHES; branch++) {
      const place = row * BRANCHES + branch;
      const zeros = load<u32>(ZEROS + (branch << 2));
      const ones = load<u32>(ONES + (branch << 2));
      const odds = <u32>load<u8>(COEFFICIENT_UPDATES + place);
      const was = <u32>load<u8>(PROBABILITIES + place);
      const next = bestProbability(zeros, ones);
      const price = <i64>(UPDATE_BITS + bitCost(1, odds)) - <i64>bitCost(0, odds);
      const changes = next != was && saving(zeros, ones, was, next) > price;
      putBit(changes ? 1 : 0, odds);
      if (!changes) continue;
      putLiteral(next, 8);
      store<u8>(PROBABILITIES + place, <u8>next);
    }
  }
}

/** Works out what each token costs by the probabilities in use. */
export function priceTokens(): void {
  for (let row: usize = 0; row < ROWS; row++) {
    for (let token: u32 = 0; token < <u32>KINDS; token++) {
      const cost = tokenCost(PROBABILITIES + row * BRANCHES, token);
      const at = TOKEN_COSTS + (row * 2 * KINDS + token) * 2;
      const notEnd = bitCost(1, load<u8>(PROBABILITIES + row * BRANCHES));
      store<u16>(at, <u16>(token == 11 ? cost : cost + notEnd));
      store<u16>(at + KINDS * 2, <u16>cost);
    }
  }
}

/** 1/256 bits of a token after it is known whether it is an end. */
function tokenCost(odds: usize, token: u32): u32 {
  if (token == 11) return bitCost(0, load<u8>(odds));
  if (token == 0) return bitCost(0, load<u8>(odds, 1));
  // A sign, and what a category has in further bits, at about even odds.
  let cost = bitCost(1, load<u8>(odds, 1)) + 256 + ((<u32>load<u8>(EXTRA_BITS + token)) << 8);
  if (token == 1) return cost + bitCost(0, load<u8>(odds, 2));
  cost += bitCost(1, load<u8>(odds, 2)) + bitCost(token > 4 ? 1 : 0, load<u8>(odds, 3));
  if (token <= 4) {
    cost += bitCost(token > 2 ? 1 : 0, load<u8>(odds, 4));
    return token > 2 ? cost + bitCost(token - 3, load<u8>(odds, 5)) : cost;
  }
  cost += bitCost(token > 6 ? 1 : 0, load<u8>(odds, 6));
  if (token <= 6) return cost + bitCost(token - 5, load<u8>(odds, 7));
  cost += bitCost(token > 8 ? 1 : 0, load<u8>(odds, 8));
  return token <= 8
    ? cost + bitCost(token - 7, load<u8>(odds, 9))
    : cost + bitCost(token - 9, load<u8>(odds, 10));
}
