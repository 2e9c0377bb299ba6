/** A panel at the picture's side, which Escape closes. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Say } from '../messages.js';
import { CloseIcon } from './icons.js';

interface PanelProps {
  readonly say: Say;
  readonly title: string;
  readonly children: ComponentChildren;
  onClose(): void;
}

export function Panel({ say, title, children, onClose }: PanelProps) {
  const root = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    root.current?.focus();
  }, []);
  return (
    <aside
      class="panel side"
      aria-label={title}
      tabIndex={-1}
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header>
        <h2>{title}</h2>
        <button type="button" class="button" aria-label={say('close')} title={say('close')} onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      {children}
    </aside>
  );
}
