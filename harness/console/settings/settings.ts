/** What a person has set and finds again: kept by the browser for this address, nowhere else. */
import * as v from 'valibot';
import { LOCALES } from '../../messages/index.js';
import { MAX_ZOOM, MIN_ZOOM } from '../session/view/mapping.js';

/** Longest name that is shown to others. */
export const MAX_NAME = 60;

const KEY = 'sightline.settings';

/** Each by itself: what an older or newer page has written otherwise is left out, and the rest counts. */
const FIELDS = {
  /** What the others see. */
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_NAME)),
  locale: v.picklist(LOCALES),
  quality: v.picklist(['very-low', 'low', 'medium', 'high', 'auto']),
  view: v.object({
    mode: v.picklist(['actual', 'fit', 'stretch', 'zoom']),
    zoom: v.pipe(v.number(), v.minValue(MIN_ZOOM), v.maxValue(MAX_ZOOM)),
  }),
  /** Whether the row of keys is shown. */
  keys: v.boolean(),
  /** Whether the chat is open, and which panel is. */
  chat: v.boolean(),
  panel: v.picklist(['none', 'people', 'lab', 'details']),
} as const;

export type Settings = { readonly [K in keyof typeof FIELDS]?: v.InferOutput<(typeof FIELDS)[K]> };

/** The part of the browser's storage that is needed. */
export type SettingsStorage = Pick<Storage, 'getItem' | 'setItem'>;

export class SettingsKeeper {
  readonly #storage: () => SettingsStorage;

  /** `storage` may throw, as each of its calls may: a private window keeps nothing. */
  constructor(storage: () => SettingsStorage) {
    this.#storage = storage;
  }

  /** What is kept. Nothing where the browser keeps nothing. */
  read(): Settings {
    const kept = attempt(() => JSON.parse(this.#storage().getItem(KEY) ?? '{}') as unknown);
    if (typeof kept !== 'object' || kept === null) return {};
    const settings: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(FIELDS)) {
      const found = v.safeParse(field, (kept as Record<string, unknown>)[name]);
      if (found.success) settings[name] = found.output;
    }
    return settings;
  }

  /** Keeps these beside the others, also those that another tab has set meanwhile. */
  keep(change: Settings): void {
    const all = JSON.stringify({ ...this.read(), ...change });
    attempt(() => this.#storage().setItem(KEY, all));
  }
}

function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
