/** What is wider than the page scrolls by itself, with the keyboard too. */
import type { ComponentChildren } from 'preact';

export function Scroll({ children }: { readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too.
    <div class="scroll" tabIndex={0}>
      {children}
    </div>
  );
}
