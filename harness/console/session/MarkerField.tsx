/** Below Marker: a press has held the moment, and a field asks for the marker's name. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { usePopup } from '../ui/popup.js';
import type { Controller } from './controller.js';

/** Longest name, UTF-16 units: a line in a list of chapters. */
const MAX_NAME = 100;

/** In the page while a marker is being named. */
export function MarkerField({ controller }: { readonly controller: Controller }) {
  const { say } = controller;
  const panel = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  /** The button with what has opened below it. */
  const root = useRef<HTMLElement | null>(null);
  /** Where the keyboard was, and goes back to. */
  const before = useRef<Element | null>(null);

  const set = () => controller.nameMarker(field.current!.value);
  const goBack = () => before.current instanceof HTMLElement && before.current.focus();

  // With the layout, not after it: keys that follow at once must find the field.
  useLayoutEffect(() => {
    root.current = panel.current!.parentElement;
    before.current = document.activeElement;
    field.current!.focus();
  }, []);
  // Who turns to something else has set the marker all the same.
  usePopup(root, panel, true, set);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') set();
    else controller.nameMarker(undefined);
    goBack();
  };
  return (
    <div class="panel choices" ref={panel}>
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
  );
}
