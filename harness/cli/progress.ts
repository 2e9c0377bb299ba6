/** Bars of progress for a person at a terminal. What stands in them is cleaned as every other line. */
import { MultiBar, type Options, Presets, SingleBar } from 'cli-progress';
import { escapeControls } from '../../engine/plain-text.js';
import { watchedTerminal } from './output.js';

/** Values of the format's `{name}`s. */
export type BarTexts = Readonly<Record<string, string | number>>;

/** How a bar is drawn: solid blocks, or a row of squares. */
export type BarLook = 'solid' | 'squares';

const PRESETS = { solid: Presets.shades_classic, squares: Presets.rect } as const;

export class Bar {
  readonly #bar: SingleBar;

  /** `bar` writes to the watched terminal. */
  constructor(bar: SingleBar) {
    this.#bar = bar;
  }

  start(total: number, done: number, texts: BarTexts = {}): void {
    this.#bar.start(total, done, cleaned(texts));
  }

  update(done: number, texts: BarTexts = {}): void {
    this.#bar.update(done, cleaned(texts));
  }

  setTotal(total: number): void {
    this.#bar.setTotal(total);
  }

  stop(): void {
    this.#bar.stop();
  }
}

/** One bar, not started yet; undefined where nobody watches. */
export function openBar(
  format: string,
  look: BarLook = 'solid',
  options: Pick<Options, 'hideCursor' | 'clearOnComplete'> = {},
): Bar | undefined {
  const stream = watchedTerminal();
  if (stream === undefined) return undefined;
  return new Bar(new SingleBar({ ...options, format: escapeControls(format), stream }, PRESETS[look]));
}

/** Bars below each other, which begin with `total` 1 and nothing done. */
export class BarStack {
  readonly #bars: MultiBar;

  private constructor(format: string, stream: NodeJS.WritableStream) {
    this.#bars = new MultiBar(
      { format: escapeControls(format), hideCursor: true, clearOnComplete: false, stream },
      PRESETS.squares,
    );
  }

  /** Undefined where nobody watches. */
  static open(format: string): BarStack | undefined {
    const stream = watchedTerminal();
    return stream === undefined ? undefined : new BarStack(format, stream);
  }

  add(texts: BarTexts): Bar {
    return new Bar(this.#bars.create(1, 0, cleaned(texts)));
  }

  stop(): void {
    this.#bars.stop();
  }
}

function cleaned(texts: BarTexts): BarTexts {
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [
      name,
      typeof value === 'string' ? escapeControls(value) : value,
    ]),
  );
}
