/** What the row of keys holds, and the keyboard on the screen. */
import type { RefObject } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { systemClock } from '../../../engine/clock.js';
import { type Controller, now } from './controller.js';
import { StickyKeys } from './input/sticky-keys.js';
import { reachesHost } from './state.js';

export interface KeysRowState {
  readonly keys: StickyKeys;
  /** Whether the keyboard on the screen is wanted. */
  readonly typing: boolean;
  showKeyboard(typing: boolean): void;
}

/** `field` takes the keys of the keyboard on the screen. */
export function useKeysRow(
  controller: Controller,
  field: RefObject<HTMLTextAreaElement | null>,
): KeysRowState {
  const [, setChange] = useState(0);
  const [typing, setTyping] = useState(false);
  const keys = useMemo(
    () =>
      new StickyKeys({
        clock: systemClock,
        // Who has lost the control has had everything let go of by the host.
        send: (action, at) => reachesHost(controller.state) && controller.input(action, at),
        changed: () => setChange((change) => change + 1),
      }),
    [controller],
  );
  const isThere = controller.state.keys && reachesHost(controller.state);
  useEffect(() => {
    if (isThere) return;
    keys.releaseAll(now());
    setTyping(false);
  }, [isThere]);

  const showKeyboard = (wanted: boolean) => {
    setTyping(wanted);
    // Inside the tap, or the browser does not show it: it looks at the field when the focus comes.
    const keyboard = field.current!;
    keyboard.inputMode = wanted ? 'text' : 'none';
    keyboard.blur();
    keyboard.focus({ preventScroll: true });
  };
  return { keys, typing, showKeyboard };
}
