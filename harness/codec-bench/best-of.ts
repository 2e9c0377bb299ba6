/** Several runs of the same: what else the machine does only ever makes a time longer, so the least is kept. */
import type { PeersMeasured } from './peers/index.js';
import type { PeerFigures, SequenceFigures } from './report.js';

const OUR_TIMES = [
  'encodeCpuMsPerFrame',
  'compareCpuMsPerFrame',
  'decodeCpuMsPerFrame',
  'wallMsPerFrame',
] as const;
const THEIR_TIMES = ['encodeCpuMsPerFrame', 'decodeCpuMsPerFrame'] as const;

export function bestSequence(one: SequenceFigures | undefined, other: SequenceFigures): SequenceFigures {
  if (one === undefined) return other;
  const wrongFrames = one.wrongFrames + other.wrongFrames;
  return { ...other, ...least(one, other, OUR_TIMES), wrongFrames, verified: wrongFrames === 0 };
}

export function bestPeers(one: PeersMeasured | undefined, other: PeersMeasured): PeersMeasured {
  if (one === undefined) return other;
  const figures: Record<string, PeerFigures> = { ...one.figures };
  for (const [name, found] of Object.entries(other.figures)) {
    const before = figures[name];
    figures[name] = before === undefined ? found : { ...found, ...least(before, found, THEIR_TIMES) };
  }
  const missing = Object.entries({ ...one.missing, ...other.missing });
  return { figures, missing: Object.fromEntries(missing.filter(([name]) => figures[name] === undefined)) };
}

function least<K extends string>(
  one: Readonly<Record<K, number>>,
  other: Readonly<Record<K, number>>,
  names: readonly K[],
): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, Math.min(one[name], other[name])])) as Record<
    K,
    number
  >;
}
