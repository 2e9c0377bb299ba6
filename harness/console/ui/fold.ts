/**
 * Fits a bar into one row: words go first, in steps, then whole buttons, into a menu. By measuring what is there, never
 * by the window's width: words are longer in other languages and with larger letters.
 */
import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Steps in which a bar does without words; the style sheet says what each of them is. */
export const TIGHTEST = 5;

/** A bar as the fitting sees it. */
export interface Foldable {
  /** Whether all that is shown has its place. */
  fits(): boolean;
  /** Does without the words of the steps up to `step`; 0: all words. */
  tighten(step: number): void;
  /** Takes exactly these out of the bar. */
  fold(names: readonly string[]): void;
}

/**
 * Fits the bar, and answers what went out of it. `names` are the buttons that may go, in the order in which they
 * do.
 */
export function fitInto(bar: Foldable, names: readonly string[]): readonly string[] {
  bar.fold([]);
  for (let step = 0; step <= TIGHTEST; step++) {
    bar.tighten(step);
    if (bar.fits()) return [];
  }
  for (let count = 1; count < names.length; count++) {
    bar.fold(names.slice(0, count));
    if (bar.fits()) return names.slice(0, count);
  }
  bar.fold(names);
  return names;
}

/**
 * Keeps the bar fitted while its width changes. Children with `data-fold` may go, those with the highest number first.
 * `key`: what else their widths follow. Answers what is out of the bar, by `data-name`.
 */
export function useFolding(bar: RefObject<HTMLElement | null>, key: string): readonly string[] {
  const [folded, setFolded] = useState<readonly string[]>([]);
  useLayoutEffect(() => {
    const element = bar.current!;
    const fold = () => {
      const children = [...element.querySelectorAll<HTMLElement>('[data-fold]')];
      const order = children.toSorted((a, b) => Number(b.dataset.fold) - Number(a.dataset.fold));
      const found = fitInto(
        {
          fits: () => fits(element),
          tighten: (step) => {
            element.dataset.tight = Array.from({ length: step }, (_, index) => index + 1).join(' ');
          },
          fold: (names) => {
            for (const child of children) {
              child.toggleAttribute('data-folded', names.includes(child.dataset.name ?? ''));
            }
          },
        },
        order.map((child) => child.dataset.name ?? ''),
      );
      setFolded((before) => (before.join() === found.join() ? before : found));
    };
    const watch = new ResizeObserver(fold);
    watch.observe(element);
    fold();
    // Letters of a font that comes later have other widths.
    void document.fonts.ready.then(() => element.isConnected && fold());
    return () => watch.disconnect();
  }, [bar, key]);
  return folded;
}

/** Whether the last thing in the bar ends inside it. */
function fits(bar: HTMLElement): boolean {
  const last = [...bar.children].findLast((child) => child.getBoundingClientRect().width > 0);
  if (last === undefined) return true;
  const { paddingRight } = getComputedStyle(bar);
  // Half a pixel: places are fractions where the page is zoomed.
  return (
    last.getBoundingClientRect().right <=
    bar.getBoundingClientRect().right - Number.parseFloat(paddingRight) + 0.5
  );
}
