/** One's own drawings, kept by the browser for this tab, so that a page that is loaded anew shows them again. */
import * as v from 'valibot';
import { OVERLAY_SUBPIXELS } from '../../../engine/protocol/limits.js';
import type { SettingsStorage } from '../settings/settings.js';
import type { Drawing } from './worker-api.js';

const KEY = 'sightline.drawings';
/** Points of all strokes together that are kept, the newest strokes: minutes of drawing, in 200 kB of the storage. */
export const MAX_KEPT_POINTS = 16_384;

const place = v.pipe(v.number(), v.minValue(0), v.maxValue(0xffff / OVERLAY_SUBPIXELS));
const KEPT = v.object({
  address: v.string(),
  drawings: v.array(v.pipe(v.array(place), v.minLength(2), v.maxLength(2 * MAX_KEPT_POINTS))),
});

export class DrawingsKeeper {
  readonly #address: string;
  readonly #storage: () => SettingsStorage;

  /** @param storage May throw, as each of its calls may. */
  constructor(address: string, storage: () => SettingsStorage) {
    this.#address = address;
    this.#storage = storage;
  }

  /** What was drawn at this address in this tab, oldest first. */
  read(): readonly Drawing[] {
    try {
      const kept = v.safeParse(KEPT, JSON.parse(this.#storage().getItem(KEY) ?? 'null'));
      return kept.success && kept.output.address === this.#address ? newest(kept.output.drawings) : [];
    } catch {
      return [];
    }
  }

  keep(drawings: readonly Drawing[]): void {
    try {
      this.#storage().setItem(KEY, JSON.stringify({ address: this.#address, drawings: newest(drawings) }));
    } catch {
      // Then they are not there after a reload.
    }
  }
}

/** The last ones that have room together. */
function newest(drawings: readonly Drawing[]): readonly Drawing[] {
  let room = 2 * MAX_KEPT_POINTS;
  const from = drawings.findLastIndex((drawing) => {
    room -= drawing.length;
    return room < 0;
  });
  return drawings.slice(from + 1);
}
