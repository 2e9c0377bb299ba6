/** What the row of keys holds, and the keyboard on the screen. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { systemClock } from '../../../engine/clock.js';
import { StickyKeys } from '../input/sticky-keys.js';
import { type Controller, now } from './controller.js';
import { reachesHost } from './state.js';

export interface KeysRowState {
  readonly keys: StickyKeys;
  /** Whether the keyboard on the screen is wanted. */
  readonly typing: boolean;
  showKeyboard(typing: boolean): void;
}

export function useKeysRow(controller: Controller): KeysRowState {
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
    const field = document.querySelector<HTMLTextAreaElement>('#keyboard')!;
    field.inputMode = wanted ? 'text' : 'none';
    field.blur();
    field.focus({ preventScroll: true });
  };
  return { keys, typing, showKeyboard };
}
