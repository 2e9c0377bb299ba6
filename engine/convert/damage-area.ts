/** What has changed of a picture since it was last taken: a box per tile, so bounded, whatever comes together. */
import { addRect, boxRect, type Rect, type Size, tileColumns, tileRows } from '../../codecs/index.js';

export class DamageArea {
  readonly #size: Size;
  readonly #columns: number;
  readonly #boxes: Uint32Array;
  #isWhole = false;

  constructor(size: Size) {
    this.#size = size;
    this.#columns = tileColumns(size.width);
    this.#boxes = new Uint32Array(this.#columns * tileRows(size.height));
  }

  /** Joins a rectangle; what lies outside the picture is left out. */
  add(rect: Rect): void {
    const { width, height } = this.#size;
    const x = Math.max(0, rect.x);
    const y = Math.max(0, rect.y);
    const right = Math.min(width, rect.x + rect.width);
    const bottom = Math.min(height, rect.y + rect.height);
    if (!(right > x && bottom > y)) return;
    if (x === 0 && y === 0 && right === width && bottom === height) this.#isWhole = true;
    if (!this.#isWhole) addRect(this.#boxes, { x, y, width: right - x, height: bottom - y }, this.#size);
  }

  addAll(): void {
    this.#isWhole = true;
  }

  /** The rectangles, few and large where tiles lie side by side; nothing is left. */
  take(): Rect[] {
    const rects = this.#isWhole ? [{ x: 0, y: 0, ...this.#size }] : this.#runs();
    this.#isWhole = false;
    this.#boxes.fill(0);
    return rects;
  }

  #runs(): Rect[] {
    const done: Rect[] = [];
    /** Runs that the row above ended with. */
    let above: Rect[] = [];
    for (let first = 0; first < this.#boxes.length; first += this.#columns) {
      const row = this.#row(first);
      above = row.map((run) => {
        const over = above.find(
          ({ x, width, y, height }) => x === run.x && width === run.width && y + height === run.y,
        );
        if (over === undefined) return run;
        done.splice(done.indexOf(over), 1);
        return { ...over, height: over.height + run.height };
      });
      done.push(...above);
    }
    return done;
  }

  /** Boxes of one row of tiles, those joined that touch and are as high. */
  #row(first: number): Rect[] {
    const runs: Rect[] = [];
    for (let tile = first; tile < first + this.#columns; tile++) {
      const box = boxRect(tile, this.#boxes[tile]!, this.#columns);
      if (box === undefined) continue;
      const last = runs.at(-1);
      const isNext =
        last !== undefined && last.x + last.width === box.x && last.y === box.y && last.height === box.height;
      if (isNext) runs[runs.length - 1] = { ...last, width: last.width + box.width };
      else runs.push(box);
    }
    return runs;
  }
}
