/** Draws strokes and laser dots on the canvas above the picture, once per animation frame while they change. */

import type { Clock } from '../../../../engine/clock.js';
import {
  drawOverlay,
  NameTags,
  nextOverlayChange,
  type OverlayModel,
  repaintOverlay,
} from '../../../../engine/overlay/index.js';

/** Overlay pixels per host pixel: as sharp as the screen, within what a canvas should cost. */
const MIN_SCALE = 0.25;
const MAX_SCALE = 2;

export class OverlayLayer {
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #model: OverlayModel;
  readonly #clock: Clock;
  readonly #names: NameTags;
  #width = 1;
  #height = 1;
  #scale = 1;
  #frame = 0;
  /** What the canvas holds is gone, or was drawn at another scale. */
  #isBlank = true;
  #cancelFade: (() => void) | undefined;

  /** `nameOf` answers undefined for those whose names are not shown. */
  constructor(
    canvas: OffscreenCanvas,
    model: OverlayModel,
    clock: Clock,
    nameOf: (viewer: number) => string | undefined,
  ) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no 2d canvas');
    this.#canvas = canvas;
    this.#context = context;
    this.#model = model;
    this.#clock = clock;
    this.#names = new NameTags(model, nameOf);
  }

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#isBlank = true;
    this.#fit();
  }

  set scale(scale: number) {
    this.#scale = Math.max(MIN_SCALE, Math.min(MAX_SCALE, scale));
    this.#fit();
  }

  /** The model may have changed: draws at the next animation frame. */
  changed(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #fit(): void {
    const width = Math.max(1, Math.round(this.#width * this.#scale));
    const height = Math.max(1, Math.round(this.#height * this.#scale));
    if (width === this.#canvas.width && height === this.#canvas.height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#isBlank = true;
    this.changed();
  }

  #draw(): void {
    this.#frame = 0;
    const { width, height } = this.#canvas;
    const now = this.#clock.now();
    const scale = { x: width / this.#width, y: height / this.#height };
    this.#names.clear();
    if (this.#isBlank) {
      this.#isBlank = false;
      this.#model.takeDirty();
      this.#context.clearRect(0, 0, width, height);
      drawOverlay(this.#context, this.#model, now, scale);
    } else repaintOverlay(this.#context, this.#model, now, scale);
    this.#names.draw(this.#context, now, scale, this.#canvas);
    this.#cancelFade?.();
    const changes = [nextOverlayChange(this.#model, now), this.#names.nextChange(now)];
    const next = Math.min(...changes.map((change) => change ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    if (next <= now) this.changed();
    else this.#cancelFade = this.#clock.after(next - now, () => this.changed());
  }
}
