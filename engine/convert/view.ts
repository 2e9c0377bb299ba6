/** One way of showing a recording: with overlays or without, in the video's size. */
import type { Move, Picture, Rect, Size } from '../../codecs/index.js';
import { DamageArea } from './damage-area.js';
import { Fit } from './fit.js';
import type { OverlayLayer } from './overlay-layer.js';
import type { ShownView } from './types.js';

export class View {
  readonly #size: Size;
  readonly #factor: number;
  readonly #overlays: OverlayLayer | undefined;
  #damage: DamageArea;
  /** Frames since the last `take`, and the newest one's moves; undefined: unknown. */
  #frames = 0;
  #moves: readonly Move[] | undefined = [];
  /** The picture with overlays; undefined while there are none. */
  #drawn: Picture | undefined;
  #fit: Fit | undefined;

  /** `size` is the video's, `factor` that of each picture in it. */
  constructor(size: Size, factor: number, overlays: OverlayLayer | undefined) {
    this.#size = size;
    this.#factor = factor;
    this.#overlays = overlays;
    this.#damage = new DamageArea(size);
  }

  /** Pictures have this size from now on. */
  resize(source: Size): void {
    this.#damage = new DamageArea(source);
    this.#damage.addAll();
    this.#drawn = undefined;
  }

  /** A frame has come. `moves` is undefined when they are not known. */
  add(areas: readonly Rect[], moves: readonly Move[] | undefined): void {
    for (const area of areas) this.#damage.add(area);
    this.#frames++;
    if (this.#frames === 1) this.#moves = moves;
    // Of several frames in a row each one's moves are copies of what the one before it showed.
    else if (this.#moves?.length !== 0 || moves?.length !== 0) this.#moves = undefined;
  }

  /** Overlays have changed there. */
  addOverlay(area: Rect): void {
    this.#damage.add(area);
  }

  /** What is to be shown now of `source`. */
  take(source: Picture): ShownView {
    const areas = this.#damage.take();
    const moves = this.#moves;
    this.#frames = 0;
    this.#moves = [];
    const picture = this.#withOverlays(source, areas);
    if (!this.#needsFit(source)) return { picture, change: { damage: areas, moves } };
    this.#fit ??= new Fit(this.#size, this.#factor);
    const fitted = this.#fit.draw(picture, areas);
    return { picture: fitted.picture, change: { damage: fitted.areas, moves: undefined } };
  }

  /** Once pictures of several sizes have come they all go the same way: what was there before must be known. */
  #needsFit(source: Size): boolean {
    const { width, height } = this.#size;
    if (this.#fit !== undefined || this.#factor !== 1) return true;
    return source.width !== width || source.height !== height;
  }

  #withOverlays(source: Picture, areas: readonly Rect[]): Picture {
    const overlays = this.#overlays;
    if (overlays === undefined || overlays.isEmpty) {
      this.#drawn = undefined;
      return source;
    }
    if (this.#drawn === undefined) {
      this.#drawn = { ...source, pixels: source.pixels.slice() };
      overlays.blend(this.#drawn, [{ x: 0, y: 0, width: source.width, height: source.height }]);
      return this.#drawn;
    }
    const { pixels, stride } = this.#drawn;
    for (const { x, y, width, height } of areas) {
      for (let row = y; row < y + height; row++) {
        const at = row * stride + x * 4;
        pixels.set(source.pixels.subarray(at, at + width * 4), at);
      }
    }
    overlays.blend(this.#drawn, areas);
    return this.#drawn;
  }
}
