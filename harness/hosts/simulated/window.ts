/** A window of the simulated desktop: its pixels, its frame with a title bar, and where it is. */

import { intersect, type Rect } from '../../../codecs/index.js';
import type { SKRSContext2D } from '../../../engine/canvas.js';
import type { Brush } from './brush.js';
import { ink } from './ink.js';
import { blend, Layer } from './layer.js';
import { contains, rect } from './rects.js';
import type { TextPainter } from './text.js';

export const TITLE_HEIGHT = 34;
/** How far a window's shadow reaches, in pixels. */
export const SHADOW_REACH = 14;
const SHADOW_STRENGTH = 58;
const CORNER_RADIUS = 8;
const BORDER = 1;

/** What a window does with the technician's input; positions are inside its content. */
export interface WindowHandler {
  pointer?(x: number, y: number, change: 'move' | 'press' | 'release'): void;
  leave?(): void;
  wheel?(dx: number, dy: number): void;
  text?(text: string): void;
  key?(code: string): void;
  focus?(focused: boolean): void;
  /** The technician has begun to drag the window by its title bar. */
  grabbed?(): void;
}

/** What windows share: the tools to draw with, and where damage is reported. */
export interface Surroundings {
  readonly brush: Brush;
  readonly text: TextPainter;
  damaged(area: Rect): void;
}

export interface WindowOptions {
  readonly title: string;
  readonly accent: number;
  /** Outer place and size on the screen. */
  readonly frame: Rect;
  /** A bare panel without title bar, shadow and round corners. */
  readonly bare?: boolean;
}

export class DesktopWindow {
  readonly title: string;
  readonly accent: number;
  readonly bare: boolean;
  /** Size of the content. Content coordinates begin at 0, 0. */
  readonly width: number;
  readonly height: number;
  handler: WindowHandler = {};
  readonly #layer: Layer;
  readonly #around: Surroundings;
  readonly #content: Rect;
  #x: number;
  #y: number;

  constructor(around: Surroundings, { title, accent, frame, bare = false }: WindowOptions) {
    this.title = title;
    this.accent = accent;
    this.bare = bare;
    this.#around = around;
    this.#layer = new Layer(Math.max(1, frame.width), Math.max(1, frame.height));
    this.#x = frame.x;
    this.#y = frame.y;
    this.#content = bare
      ? this.#layer.bounds
      : rect(
          BORDER,
          TITLE_HEIGHT,
          Math.max(1, this.#layer.width - 2 * BORDER),
          Math.max(1, this.#layer.height - TITLE_HEIGHT - BORDER),
        );
    this.width = this.#content.width;
    this.height = this.#content.height;
    if (!bare) this.#drawFrame();
  }

  /** Outer place on the screen, without the shadow. */
  get frame(): Rect {
    return rect(this.#x, this.#y, this.#layer.width, this.#layer.height);
  }

  /** Everything that the window colours on the screen, its shadow too. */
  get extent(): Rect {
    const reach = this.bare ? 0 : SHADOW_REACH;
    const { x, y, width, height } = this.frame;
    return rect(x - reach, y - reach, width + 2 * reach, height + 2 * reach);
  }

  /** Where a place of the content is on the screen. */
  toScreen(area: Rect): Rect {
    return rect(
      area.x + this.#x + this.#content.x,
      area.y + this.#y + this.#content.y,
      area.width,
      area.height,
    );
  }

  moveTo(x: number, y: number): void {
    if (x === this.#x && y === this.#y) return;
    this.#around.damaged(this.extent);
    this.#x = x;
    this.#y = y;
    this.#around.damaged(this.extent);
  }

  /** Draws into a part of the content with a canvas, on a plain background. */
  paint(area: Rect, background: number, draw: (context: SKRSContext2D, text: TextPainter) => void): void {
    const part = intersect(area, rect(0, 0, this.width, this.height));
    if (part === undefined) return;
    const { x, y } = this.#content;
    this.#around.brush.paint(
      this.#layer,
      rect(part.x + x, part.y + y, part.width, part.height),
      background,
      (context) => {
        context.translate(x, y);
        draw(context, this.#around.text);
      },
    );
    this.#report(part);
  }

  /** Puts ready pixels at (`x`, `y`) of the content, cut to `within`. */
  put(
    source: Layer,
    from: Rect,
    x: number,
    y: number,
    within: Rect = rect(0, 0, this.width, this.height),
  ): void {
    const part = intersect(intersect(rect(x, y, from.width, from.height), within) ?? NOTHING, this.#inside);
    if (part === undefined) return;
    const { x: left, y: top } = this.#content;
    this.#layer.put(
      source,
      from,
      x + left,
      y + top,
      rect(part.x + left, part.y + top, part.width, part.height),
    );
    this.#report(part);
  }

  fill(area: Rect, colour: number): void {
    const part = intersect(area, this.#inside);
    if (part === undefined) return;
    this.#layer.fill(
      rect(part.x + this.#content.x, part.y + this.#content.y, part.width, part.height),
      colour,
    );
    this.#report(part);
  }

  /** Moves what `area` shows up by `lines` pixels (down when negative); the caller paints what is exposed. */
  scroll(area: Rect, lines: number): void {
    const part = intersect(area, this.#inside);
    if (part === undefined) return;
    this.#layer.scroll(
      rect(part.x + this.#content.x, part.y + this.#content.y, part.width, part.height),
      lines,
    );
    this.#report(part);
  }

  /** Width of a line of text in pixels; its tools are the window's. */
  get text(): TextPainter {
    return this.#around.text;
  }

  /** Whether nothing under the window can be seen in `area` of the screen. */
  hides(area: Rect): boolean {
    const { x, y, width, height } = this.frame;
    const radius = this.bare ? 0 : CORNER_RADIUS;
    return (
      contains(rect(x, y + radius, width, height - 2 * radius), area) ||
      contains(rect(x + radius, y, width - 2 * radius, height), area)
    );
  }

  /** Draws the window and its shadow into `area` of the screen. */
  show(screen: Layer, area: Rect): void {
    const seen = intersect(this.extent, area);
    if (seen === undefined) return;
    if (this.bare) {
      screen.put(this.#layer, this.#layer.bounds, this.#x, this.#y, seen);
      return;
    }
    this.#showShadow(screen, seen);
    const body = intersect(this.frame, seen);
    if (body === undefined) return;
    const corners = this.#keepCorners(screen, body);
    screen.put(this.#layer, this.#layer.bounds, this.#x, this.#y, body);
    this.#roundCorners(screen, corners);
  }

  get #inside(): Rect {
    return rect(0, 0, this.width, this.height);
  }

  #report(part: Rect): void {
    this.#around.damaged(this.toScreen(part));
  }

  #drawFrame(): void {
    const { width, height } = this.#layer;
    this.#layer.fill(this.#layer.bounds, 0xb9bec7);
    this.#around.brush.paint(this.#layer, rect(0, 0, width, TITLE_HEIGHT), 0xeef1f5, (context) => {
      context.fillStyle = ink(this.accent);
      context.beginPath();
      context.roundRect(11, 9, 16, 16, 4);
      context.fill();
      this.#around.text.draw(context, this.title, 36, 22, { size: 13, colour: 0x1c2430 });
      context.strokeStyle = ink(0x39424f);
      context.lineWidth = 1;
      context.beginPath();
      const right = width - 26;
      context.moveTo(right - 86, 17.5);
      context.lineTo(right - 76, 17.5);
      context.rect(right - 39.5, 12.5, 9, 9);
      context.moveTo(right + 4, 12.5);
      context.lineTo(right + 13, 21.5);
      context.moveTo(right + 13, 12.5);
      context.lineTo(right + 4, 21.5);
      context.stroke();
    });
    this.#layer.fill(rect(0, TITLE_HEIGHT, width, height - TITLE_HEIGHT), 0xb9bec7);
    this.#layer.fill(this.#content, 0xffffff);
  }

  #showShadow(screen: Layer, area: Rect): void {
    const { x, y, width, height } = this.frame;
    for (let row = area.y; row < area.y + area.height; row++) {
      const dy = Math.max(y - row, row - (y + height - 1), 0);
      for (let column = area.x; column < area.x + area.width; column++) {
        // The body is drawn over it; only its round corners let the shadow through.
        if (dy === 0 && column >= x + CORNER_RADIUS && column < x + width - CORNER_RADIUS) {
          column = x + width - CORNER_RADIUS;
        }
        if (column >= area.x + area.width) break;
        const dx = Math.max(x - column, column - (x + width - 1), 0);
        const alpha = SHADOW[dy * SHADOW_SIDE + dx]!;
        if (alpha === 0) continue;
        const index = row * screen.stride + column;
        screen.pixels[index] = blend(screen.pixels[index]!, 0, alpha);
      }
    }
  }

  /** The screen's pixels under the window's round corners, before the window is drawn over them. */
  #keepCorners(screen: Layer, body: Rect): Corner[] {
    const { x, y, width, height } = this.frame;
    const kept: Corner[] = [];
    for (const right of [false, true]) {
      for (const bottom of [false, true]) {
        const left = right ? x + width - CORNER_RADIUS : x;
        const top = bottom ? y + height - CORNER_RADIUS : y;
        const part = intersect(rect(left, top, CORNER_RADIUS, CORNER_RADIUS), body);
        if (part === undefined) continue;
        const under = new Layer(part.width, part.height);
        under.put(screen, part, 0, 0);
        kept.push({ part, under, left, top, right, bottom });
      }
    }
    return kept;
  }

  #roundCorners(screen: Layer, corners: readonly Corner[]): void {
    for (const { part, under, left, top, right, bottom } of corners) {
      for (let y = 0; y < part.height; y++) {
        for (let x = 0; x < part.width; x++) {
          const dx = part.x + x - left;
          const dy = part.y + y - top;
          const coverage =
            CORNER[
              (bottom ? CORNER_RADIUS - 1 - dy : dy) * CORNER_RADIUS + (right ? CORNER_RADIUS - 1 - dx : dx)
            ]!;
          if (coverage === 256) continue;
          const index = (part.y + y) * screen.stride + part.x + x;
          screen.pixels[index] = blend(under.pixels[y * under.stride + x]!, screen.pixels[index]!, coverage);
        }
      }
    }
  }
}

interface Corner {
  readonly part: Rect;
  readonly under: Layer;
  readonly left: number;
  readonly top: number;
  readonly right: boolean;
  readonly bottom: boolean;
}

const NOTHING = rect(0, 0, 0, 0);

const SHADOW_SIDE = SHADOW_REACH + 1;
/** Darkness (0 to 256) by the distance from the window's edge in both directions. */
const SHADOW = Uint16Array.from({ length: SHADOW_SIDE * SHADOW_SIDE }, (_, index) => {
  const distance = Math.hypot(index % SHADOW_SIDE, Math.floor(index / SHADOW_SIDE));
  return Math.round(SHADOW_STRENGTH * Math.max(0, 1 - distance / SHADOW_REACH) ** 2);
});
/** How much of each pixel of a round corner at the top left the window covers (0 to 256). */
const CORNER = Uint16Array.from({ length: CORNER_RADIUS * CORNER_RADIUS }, (_, index) => {
  const x = CORNER_RADIUS - 0.5 - (index % CORNER_RADIUS);
  const y = CORNER_RADIUS - 0.5 - Math.floor(index / CORNER_RADIUS);
  return Math.round(256 * Math.max(0, Math.min(1, CORNER_RADIUS + 0.5 - Math.hypot(x, y))));
});
