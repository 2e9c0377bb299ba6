/** Twin of the frame header (RFC 6386, sections 9 and 19.2). */
import { COEFFICIENT_DEFAULTS, COEFFICIENT_UPDATES } from '../../../../codecs/vp8/coefficient-tables.js';
import { VECTOR_DEFAULTS, VECTOR_UPDATES } from '../../../../codecs/vp8/mode-tables.js';
import { BoolDecoder } from './bool.js';

/** What holds from frame to frame. */
export interface Persistent {
  coefficients: number[];
  vectors: number[];
  modes: number[];
  chromaModes: number[];
  segments: { enabled: boolean; absolute: boolean; quantisers: number[]; levels: number[] };
  deltas: { enabled: boolean; references: number[]; modes: number[] };
}

export function freshState(): Persistent {
  return {
    coefficients: [...COEFFICIENT_DEFAULTS],
    vectors: [...VECTOR_DEFAULTS],
    modes: [112, 86, 140, 37],
    chromaModes: [162, 101, 204],
    segments: { enabled: false, absolute: false, quantisers: [0, 0, 0, 0], levels: [0, 0, 0, 0] },
    deltas: { enabled: false, references: [0, 0, 0, 0], modes: [0, 0, 0, 0] },
  };
}

export interface Header {
  readonly key: boolean;
  readonly version: number;
  readonly width: number;
  readonly height: number;
  readonly state: Persistent;
  readonly keepState: boolean;
  readonly segmentOdds: number[] | undefined;
  readonly simpleFilter: boolean;
  readonly level: number;
  readonly sharpness: number;
  readonly quantiser: number;
  /** Of luma DC, second-order DC and AC, chroma DC and AC. */
  readonly quantiserDeltas: number[];
  readonly refreshGolden: boolean;
  readonly refreshAlternate: boolean;
  readonly copyToGolden: number;
  readonly copyToAlternate: number;
  readonly refreshLast: boolean;
  readonly codedOdds: number | undefined;
  readonly interOdds: number;
  readonly lastOdds: number;
  readonly goldenOdds: number;
  /** Stands at the first macroblock. */
  readonly modes: BoolDecoder;
  readonly partitions: BoolDecoder[];
}

export function readHeader(bytes: Uint8Array, before: Persistent | undefined): Header {
  const tag = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16);
  const key = (tag & 1) === 0;
  const firstBytes = tag >> 5;
  const start = key ? 10 : 3;
  let width = 0;
  let height = 0;
  if (key) {
    if (bytes[3] !== 0x9d || bytes[4] !== 1 || bytes[5] !== 0x2a) throw new Error('no start code');
    width = (bytes[6]! | (bytes[7]! << 8)) & 0x3fff;
    height = (bytes[8]! | (bytes[9]! << 8)) & 0x3fff;
  }
  const state = key || before === undefined ? freshState() : structuredClone(before);
  const modes = new BoolDecoder(bytes.subarray(start, start + firstBytes));
  if (key) modes.literal(2);
  const segmentOdds = readSegments(modes, state);
  const simpleFilter = modes.flag();
  const level = modes.literal(6);
  const sharpness = modes.literal(3);
  readDeltas(modes, state);
  const count = 1 << modes.literal(2);
  const quantiser = modes.literal(7);
  const quantiserDeltas = [0, 1, 2, 3, 4].map(() => modes.optional(4));
  const refreshGolden = key || modes.flag();
  const refreshAlternate = key || modes.flag();
  const copyToGolden = refreshGolden ? 0 : modes.literal(2);
  const copyToAlternate = refreshAlternate ? 0 : modes.literal(2);
  if (!key && modes.literal(2) !== 0) throw new Error('the twin knows no sign bias');
  const keepState = modes.flag();
  const refreshLast = key || modes.flag();
  state.coefficients = state.coefficients.map((odds, at) =>
    modes.bit(COEFFICIENT_UPDATES[at]!) === 1 ? modes.literal(8) : odds,
  );
  const codedOdds = modes.flag() ? modes.literal(8) : undefined;
  const [interOdds, lastOdds, goldenOdds] = key
    ? [0, 0, 0]
    : [modes.literal(8), modes.literal(8), modes.literal(8)];
  if (!key) {
    if (modes.flag()) state.modes = state.modes.map(() => modes.literal(8));
    if (modes.flag()) state.chromaModes = state.chromaModes.map(() => modes.literal(8));
    state.vectors = state.vectors.map((odds, at) =>
      modes.bit(VECTOR_UPDATES[at]!) === 1 ? modes.literal(7) * 2 || 1 : odds,
    );
  }
  return {
    key,
    version: (tag >> 1) & 7,
    width,
    height,
    state,
    keepState,
    segmentOdds,
    simpleFilter,
    level,
    sharpness,
    quantiser,
    quantiserDeltas,
    refreshGolden,
    refreshAlternate,
    copyToGolden,
    copyToAlternate,
    refreshLast,
    codedOdds,
    interOdds: interOdds!,
    lastOdds: lastOdds!,
    goldenOdds: goldenOdds!,
    modes,
    partitions: cut(bytes.subarray(start + firstBytes), count),
  };
}

/** Section 9.3; the answer is the tree's probabilities when every macroblock says its segment. */
function readSegments(bool: BoolDecoder, state: Persistent): number[] | undefined {
  state.segments.enabled = bool.flag();
  if (!state.segments.enabled) return undefined;
  const hasMap = bool.flag();
  if (bool.flag()) {
    state.segments.absolute = bool.flag();
    state.segments.quantisers = [0, 1, 2, 3].map(() => bool.optional(7));
    state.segments.levels = [0, 1, 2, 3].map(() => bool.optional(6));
  }
  return hasMap ? [0, 1, 2].map(() => (bool.flag() ? bool.literal(8) : 255)) : undefined;
}

/** Section 9.6. */
function readDeltas(bool: BoolDecoder, state: Persistent): void {
  state.deltas.enabled = bool.flag();
  if (!state.deltas.enabled || !bool.flag()) return;
  const next = (old: number) => {
    if (!bool.flag()) return old;
    const size = bool.literal(6);
    return bool.flag() ? -size : size;
  };
  state.deltas.references = state.deltas.references.map(next);
  state.deltas.modes = state.deltas.modes.map(next);
}

/** Section 9.5: sizes of all partitions but the last stand before them. */
function cut(bytes: Uint8Array, count: number): BoolDecoder[] {
  let at = (count - 1) * 3;
  return Array.from({ length: count }, (_, index) => {
    const place = index * 3;
    const size = bytes[place]! | (bytes[place + 1]! << 8) | (bytes[place + 2]! << 16);
    const end = index === count - 1 ? bytes.length : at + size;
    const part = bytes.subarray(at, end);
    at = end;
    return new BoolDecoder(part);
  });
}
