/**
 * The modes of tiles as data: what benchmarks, statistics and documents say of them. How they look in bytes is in
 * docs/CODEC.md; which ones a tile is tried in is decided in wasm/choice.ts.
 */
import { Effort } from './coding.js';
import { COUNTERS_BYTES } from './layout.js';
import { ColourLevel } from './levels.js';

export interface TileMode {
  /** The mode's number in a slice. */
  readonly id: number;
  /** In JSON and message catalogues. */
  readonly key: string;
  /** In docs/CODEC.md. */
  readonly name: string;
  readonly levels: readonly ColourLevel[];
  /** Whether pixels may differ from the level's. */
  readonly lossy: boolean;
  /** Efforts at which it is written; it is read in any case. */
  readonly efforts: readonly Effort[];
  readonly purpose: string;
}

const ALL_LEVELS = Object.values(ColourLevel);
const ALL_EFFORTS = Object.values(Effort);
const MODELLED = [Effort.Balanced, Effort.Small];

function plain<const K extends string>(
  id: number,
  key: K,
  name: string,
  purpose: string,
): TileMode & { readonly key: K } {
  return { id, key, name, purpose, levels: ALL_LEVELS, lossy: false, efforts: ALL_EFFORTS };
}

/** In the order of their numbers, from 0. */
export const TILE_MODES = [
  plain(0, 'solid', 'solid', 'one colour'),
  plain(1, 'two-colours', 'two colours', 'writing without soft edges'),
  plain(2, 'palette', 'palette', 'few colours without runs'),
  plain(3, 'palette-lz4', 'palette, LZ4', 'few colours that repeat'),
  plain(4, 'runs', 'runs', 'flat areas of few colours'),
  plain(5, 'raw', 'raw', 'what nothing makes smaller'),
  plain(6, 'raw-lz4', 'raw, LZ4', 'many colours that repeat'),
  {
    id: 7,
    key: 'text',
    name: 'text',
    levels: ALL_LEVELS,
    lossy: false,
    efforts: MODELLED,
    purpose: 'writing, lines and flat areas, by what neighbours foretell',
  },
  {
    id: 8,
    key: 'gradient',
    name: 'gradient',
    levels: [ColourLevel.Medium, ColourLevel.High],
    lossy: false,
    efforts: MODELLED,
    purpose: 'photographs and films, exactly, by their slope',
  },
  {
    id: 9,
    key: 'transform',
    name: 'transform',
    levels: [ColourLevel.High],
    lossy: true,
    efforts: ALL_EFFORTS,
    purpose: 'photographs and films, with loss',
  },
] as const satisfies readonly TileMode[];

/** What was coded or decoded in one mode at one level. */
export interface ModeCounts {
  readonly tiles: number;
  readonly pixels: number;
  /** With the tiles' heads. */
  readonly bytes: number;
  /**
   * Milliseconds, what was tried for the tile and did not win included; 0 where the kernels have no clock
   * (`instantiateKernels`).
   */
  readonly ms: number;
}

/** Modes that were used, by key. */
export type ModeTable = Readonly<Record<string, ModeCounts>>;

/** Places of wasm/counters.ts. */
const MODES_PER_LEVEL = 16;
const NUMBERS = 4;

/** Reads the kernels' counters: those of several coders, added up. */
export class ModeCounters {
  readonly #numbers: Float64Array;
  readonly #coders: number;

  /** `offset`: the first of `coders` blocks of COUNTERS_BYTES. */
  constructor(memory: WebAssembly.Memory, offset: number, coders = 1) {
    this.#coders = coders;
    this.#numbers = new Float64Array(memory.buffer, offset, (coders * COUNTERS_BYTES) / 8);
  }

  /** The modes in use at a level, or at any, in the order of their numbers. */
  read(level?: ColourLevel): ModeTable {
    const table: Record<string, ModeCounts> = {};
    const levels = level === undefined ? ALL_LEVELS : [level];
    for (const { id, key } of TILE_MODES) {
      const sums = [0, 0, 0, 0];
      for (let coder = 0; coder < this.#coders; coder++) {
        for (const one of levels) {
          const at = (coder * COUNTERS_BYTES) / 8 + (one * MODES_PER_LEVEL + id) * NUMBERS;
          for (let number = 0; number < NUMBERS; number++) sums[number]! += this.#numbers[at + number]!;
        }
      }
      const [tiles, pixels, bytes, ms] = sums as [number, number, number, number];
      if (tiles > 0) table[key] = { tiles, pixels, bytes, ms };
    }
    return table;
  }
}
