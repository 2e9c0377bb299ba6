/** Rectangle arithmetic and the list of damaged areas. */
import type { Rect } from '../../../codecs/index.js';

export function rect(x: number, y: number, width: number, height: number): Rect {
  return { x, y, width, height };
}

export function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

export function holdsPoint(area: Rect, x: number, y: number): boolean {
  return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}

export function unite(a: Rect, b: Rect): Rect {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

export function grow(area: Rect, by: number): Rect {
  return rect(area.x - by, area.y - by, area.width + 2 * by, area.height + 2 * by);
}

export function area(of: Rect): number {
  return of.width * of.height;
}

/** Above this many rectangles the two that cost least together become one: lists stay short while nobody looks. */
const MAX_RECTS = 24;

/** Areas that changed since somebody last took them. Bounded: it never holds more than `MAX_RECTS`. */
export class DamageList {
  #rects: Rect[] = [];

  get isEmpty(): boolean {
    return this.#rects.length === 0;
  }

  add(added: Rect): void {
    let fresh = added;
    for (let index = 0; index < this.#rects.length; index++) {
      const old = this.#rects[index]!;
      if (contains(old, fresh)) return;
      const both = unite(old, fresh);
      if (area(both) <= area(old) + area(fresh)) {
        this.#rects.splice(index, 1);
        fresh = both;
        index = -1;
      }
    }
    this.#rects.push(fresh);
    if (this.#rects.length > MAX_RECTS) this.#mergeCheapest();
  }

  take(): Rect[] {
    const taken = this.#rects;
    this.#rects = [];
    return taken;
  }

  #mergeCheapest(): void {
    let best = { waste: Number.POSITIVE_INFINITY, first: 0, second: 1 };
    for (let first = 0; first < this.#rects.length; first++) {
      for (let second = first + 1; second < this.#rects.length; second++) {
        const a = this.#rects[first]!;
        const b = this.#rects[second]!;
        const waste = area(unite(a, b)) - area(a) - area(b);
        if (waste < best.waste) best = { waste, first, second };
      }
    }
    const [second] = this.#rects.splice(best.second, 1);
    const [first] = this.#rects.splice(best.first, 1);
    this.add(unite(first!, second!));
  }
}
