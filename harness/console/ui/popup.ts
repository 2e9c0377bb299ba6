/** What opens below a button: it stays in the window, and goes when something else is turned to. */
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Space that is left between a popup and the window's edge, in CSS pixels. */
const EDGE = 6;

/** While `open`: calls `close` on a press or focus outside `root`, and keeps the panel in the window. */
export function usePopup(
  root: RefObject<HTMLElement | null>,
  panel: RefObject<HTMLElement | null>,
  open: boolean,
  close: () => void,
): void {
  useLayoutEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close();
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  useLayoutEffect(() => {
    if (!open) return;
    const keep = () => keepInWindow(panel.current!);
    keep();
    window.addEventListener('resize', keep);
    return () => window.removeEventListener('resize', keep);
  }, [open]);
}

function keepInWindow(panel: HTMLElement): void {
  panel.style.translate = 'none';
  const { left, right, top } = panel.getBoundingClientRect();
  const over = Math.max(0, right - (window.innerWidth - EDGE));
  panel.style.translate = `${Math.max(EDGE - left, -over)}px`;
  panel.style.maxHeight = `${window.innerHeight - top - EDGE}px`;
}
