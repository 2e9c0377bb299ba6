/** Names beside what somebody draws or points at, for a moment: whose hand it is. */
import type { Rect } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import type { OverlayScale, RepaintContext } from './draw.js';
import { LASER_RADIUS, overlayColour } from './look.js';
import type { OverlayModel } from './model.js';

/** A name stands so long behind the last movement, */
const HOLD: Micros = 1_200_000;
/** and goes in this time. */
const FADE: Micros = 400_000;
/** Letters of a name; the rest is cut. */
const MAX_LETTERS = 24;
/** Of the letters, in pixels of the picture and at least, at most in those of the canvas. */
const SIZE = 14;
const MIN_SIZE = 12;
const MAX_SIZE = 28;

/** What names need besides. */
export interface TagContext extends RepaintContext {
  font: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
}

interface Tag {
  readonly name: string;
  readonly viewer: number;
  /** In pixels of the picture. */
  readonly x: number;
  readonly y: number;
  readonly at: Micros;
}

/** Draws names over a canvas that `repaintOverlay` keeps up to date, before which `clear` is called. */
export class NameTags {
  readonly #model: OverlayModel;
  readonly #nameOf: (viewer: number) => string | undefined;
  /** Where names stand on the canvas, in pixels of the picture. */
  #areas: Rect[] = [];

  /** `nameOf` answers undefined for those whose names are not shown. */
  constructor(model: OverlayModel, nameOf: (viewer: number) => string | undefined) {
    this.#model = model;
    this.#nameOf = nameOf;
  }

  /** What lies under the names is to be painted anew. */
  clear(): void {
    for (const area of this.#areas) this.#model.markDirty(area);
    this.#areas = [];
  }

  draw(context: TagContext, now: Micros, scale: OverlayScale, size: { width: number; height: number }): void {
    const { x, y } = typeof scale === 'number' ? { x: scale, y: scale } : scale;
    const letters = Math.max(MIN_SIZE, Math.min(MAX_SIZE, SIZE * Math.sqrt(x * y)));
    context.save();
    context.font = `600 ${letters}px system-ui, sans-serif`;
    for (const tag of this.#tags(now)) {
      const width = context.measureText(tag.name).width + letters;
      const height = letters * 1.5;
      const away = LASER_RADIUS * Math.sqrt(x * y) + 2;
      // Right and below, as a mouse pointer's own words; inside the picture all the same.
      const left = Math.max(0, Math.min(tag.x * x + away, size.width - width));
      const top = Math.max(0, Math.min(tag.y * y + away, size.height - height));
      const colour = overlayColour(tag.viewer);
      context.globalAlpha = 1 - Math.min(1, Math.max(0, (now - tag.at - HOLD) / FADE));
      context.fillStyle = colour;
      context.fillRect(left, top, width, height);
      context.fillStyle = inkOn(colour);
      context.fillText(tag.name, left + letters / 2, top + letters * 1.1);
      this.#areas.push({
        x: Math.floor(left / x) - 1,
        y: Math.floor(top / y) - 1,
        width: Math.ceil(width / x) + 3,
        height: Math.ceil(height / y) + 3,
      });
    }
    context.restore();
  }

  /** When names next look different though no event comes; undefined: never. */
  nextChange(now: Micros): Micros | undefined {
    let next: Micros | undefined;
    for (const { at } of this.#tags(now)) {
      const change = Math.max(now, at + HOLD);
      next = next === undefined ? change : Math.min(next, change);
    }
    return next;
  }

  /** One for each author: where they were last. */
  #tags(now: Micros): Iterable<Tag> {
    const newest = new Map<number, Tag>();
    const offer = (viewer: number, x: number, y: number, at: Micros) => {
      if (now - at >= HOLD + FADE || at < (newest.get(viewer)?.at ?? at)) return;
      const name = this.#nameOf(viewer);
      if (name !== undefined && name !== '') newest.set(viewer, { name: cut(name), viewer, x, y, at });
    };
    for (const { viewer, points, drawnAt } of this.#model.strokes) {
      if (points.length > 0) offer(viewer, points.at(-2)!, points.at(-1)!, drawnAt);
    }
    for (const { viewer, x, y, movedAt } of this.#model.lasers) offer(viewer, x, y, movedAt);
    return newest.values();
  }
}

function cut(name: string): string {
  const letters = [...name];
  return letters.length <= MAX_LETTERS ? name : `${letters.slice(0, MAX_LETTERS - 1).join('')}…`;
}

/** White, or black where that is read more easily. */
function inkOn(css: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => (Number.parseInt(css.slice(at, at + 2), 16) / 255) ** 2.2);
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}
