/** Matrices that have proved useful. What the command line says goes before what a preset says. */
import { LEVEL_NAMES } from '../../codecs/index.js';
import { LINK_NAMES } from '../../engine/link-model/index.js';
import type { MatrixLists } from './matrix.js';
import { DEFAULT_SETTINGS, type MeasureSettings } from './settings.js';

export interface Preset {
  readonly lists: MatrixLists;
  readonly times: Pick<MeasureSettings, 'duration' | 'warmup' | 'verifyFrames'>;
}

const { width, height, scenes, level, viewers, hosts, link, duration, warmup, verifyFrames } =
  DEFAULT_SETTINGS;

/** One run. */
const ONE: MatrixLists = {
  scenes: [scenes],
  sizes: [{ width, height }],
  levels: [level],
  viewers: [viewers],
  hosts: [hosts],
  threads: [undefined],
  links: [link],
};

export const PRESETS = {
  /** Under a minute: is it as it was? */
  quick: {
    lists: { ...ONE, levels: ['high', 'auto'], links: ['none', 'dsl'] },
    times: { duration: 5, warmup: 1, verifyFrames: 5 },
  },
  /** Some minutes: what a change did, on what people have. */
  standard: {
    lists: {
      ...ONE,
      scenes: [['typing', 'form'], ['terminal'], ['film']],
      levels: ['low', 'high', 'auto'],
      links: ['none', 'lan', 'dsl', 'lte'],
    },
    times: { duration: 10, warmup: 2, verifyFrames: 20 },
  },
  /** Hours, or a night: everything on every link. Best in virtual time. */
  full: {
    lists: {
      ...ONE,
      scenes: [['typing', 'form'], ['terminal'], ['page'], ['gallery'], ['film'], ['desktop']],
      levels: [...LEVEL_NAMES, 'auto'],
      viewers: [1, 5],
      links: ['none', ...LINK_NAMES],
    },
    times: { duration: 30, warmup: 5, verifyFrames: 30 },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** What holds where nobody says otherwise. */
export const NO_PRESET: Preset = { lists: ONE, times: { duration, warmup, verifyFrames } };
