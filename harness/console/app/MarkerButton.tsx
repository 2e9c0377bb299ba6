/** Beside Record: a press holds the moment, and a field asks for the marker's name. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Controller } from './controller.js';
import { MarkerIcon } from './icons.js';

/** Longest name, UTF-16 units: a line in a list of chapters. */
const MAX_NAME = 100;

interface MarkerButtonProps {
  readonly controller: Controller;
  /** A marker is being named. */
  readonly open: boolean;
}

export function MarkerButton({ controller, open }: MarkerButtonProps) {
  const { say } = controller;
  const root = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  /** Where the keyboard was, and goes back to. */
  const before = useRef<Element | null>(null);

  const set = () => controller.nameMarker(field.current!.value);
  const goBack = () => before.current instanceof HTMLElement && before.current.focus();

  // With the layout, not after it: keys that follow at once must find the field.
  useLayoutEffect(() => {
    if (!open) return;
    before.current = document.activeElement;
    field.current!.focus();
    // Who turns to something else has set the marker all the same.
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) set();
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') set();
    else controller.nameMarker(undefined);
    goBack();
  };
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        id="marker"
        class="button"
        title={say('marker.set')}
        aria-label={say('marker.set')}
        aria-expanded={open}
        onClick={() => (open ? set() : controller.beginMarker())}
      >
        <MarkerIcon />
        <span class="text">{say('marker')}</span>
      </button>
      {open && (
        <div class="panel choices">
          <input
            type="text"
            id="marker-name"
            ref={field}
            maxLength={MAX_NAME}
            placeholder={say('marker.text')}
            aria-label={say('marker.name')}
            title={say('marker.text')}
            onKeyDown={onKeyDown}
          />
        </div>
      )}
    </div>
  );
}
