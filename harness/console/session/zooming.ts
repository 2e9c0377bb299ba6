/** What hands do to the view: zoom around a place, and move what is larger than its room. */
import type { Place } from './input/gestures.js';
import type { ViewHand } from './input/pointer.js';
import { type Anchor, zoomBy } from './view/mapping.js';
import type { Lens } from './view/sheet.js';

/** A picture that fingers let go of so little larger than fitted is meant to be fitted. */
const NEARLY = 1.05;

export interface ZoomPlace {
  /** Percent that the picture is shown at, or is about to be. */
  shown(): number;
  /** Percent that it has when fitted. */
  fitted(): number;
  zoom(percent: number): void;
  fit(): void;
}

export class Zooming implements ViewHand {
  readonly #lens: Lens;
  readonly #place: ZoomPlace;
  #what: Anchor | undefined;
  #from = 100;
  /** Where the last zoom ended, and after how many moves of the picture. */
  #last: (Place & { readonly moves: number }) | undefined;

  constructor(lens: Lens, place: ZoomPlace) {
    this.#lens = lens;
    this.#place = place;
  }

  pan(dx: number, dy: number): boolean {
    return this.#lens.pan(dx, dy);
  }

  zoomStart(at: Place): void {
    const last = this.#last;
    const isSame = last?.x === at.x && last.y === at.y && last.moves === this.#lens.moves;
    // The edges of the picture may have kept it from where it was wanted: turn by turn it comes there.
    if (!isSame || this.#what === undefined) this.#what = this.#lens.at(at.x, at.y);
    this.#from = this.#place.shown();
  }

  zoom(at: Place, factor: number): void {
    if (this.#what === undefined) return;
    const percent = zoomBy(this.#from, factor);
    if (percent !== this.#place.shown()) this.#place.zoom(percent);
    this.#lens.bring(this.#what, at.x, at.y);
    this.#last = { ...at, moves: this.#lens.moves };
  }

  zoomEnd(): void {
    this.#what = undefined;
    if (this.#place.shown() < this.#place.fitted() * NEARLY) this.#place.fit();
  }
}
