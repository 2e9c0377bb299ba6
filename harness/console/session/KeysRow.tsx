/** Keys that a screen's own keyboard has not, in a row below the picture, and the button that brings that keyboard. */
import { useState } from 'preact/hooks';
import type { Say } from '../messages.js';
import { KeyboardIcon } from '../ui/icons.js';
import { now } from './controller.js';
import { MODIFIER_KEYS, type StickyKeys } from './input/sticky-keys.js';

const NAMES = {
  ControlLeft: 'row.control',
  AltLeft: 'row.alt',
  ShiftLeft: 'row.shift',
  MetaLeft: 'row.windows',
  Escape: 'row.escape',
  Tab: 'row.tab',
  Delete: 'row.delete',
  Insert: 'row.insert',
  Home: 'row.home',
  End: 'row.end',
  PageUp: 'row.page-up',
  PageDown: 'row.page-down',
  ArrowLeft: 'row.left',
  ArrowUp: 'row.up',
  ArrowDown: 'row.down',
  ArrowRight: 'row.right',
} as const;

const BEFORE = ['Escape', 'Tab'] as const;
const AFTER = ['ArrowLeft', 'ArrowUp', 'ArrowDown', 'ArrowRight', 'Delete'] as const;
const MORE = ['Insert', 'Home', 'End', 'PageUp', 'PageDown'] as const;
const ARROWS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowRight: '→',
};
const FUNCTION_KEYS = Array.from({ length: 12 }, (_, index) => `F${index + 1}`);

export interface KeysRowProps {
  readonly say: Say;
  readonly keys: StickyKeys;
  /** Whether the keyboard on the screen is wanted. */
  readonly typing: boolean;
  onTyping(typing: boolean): void;
}

export function KeysRow({ say, keys, typing, onTyping }: KeysRowProps) {
  const [more, setMore] = useState(false);
  const plain = (code: keyof typeof NAMES) => (
    <button
      key={code}
      type="button"
      class="key"
      data-code={code}
      aria-label={ARROWS[code] === undefined ? undefined : say(NAMES[code])}
      onClick={() => keys.tapKey(code, now())}
    >
      {ARROWS[code] ?? say(NAMES[code])}
    </button>
  );
  return (
    <section class="bar" aria-label={say('row')}>
      <div
        class="keys-row"
        id="keys-row"
        role="toolbar"
        aria-label={say('row')}
        // The field that takes the keys keeps the focus, and with it the keyboard on the screen.
        onMouseDown={(event) => event.preventDefault()}
      >
        <button
          type="button"
          class={`key ${typing ? 'on' : ''}`}
          id="screen-keyboard"
          aria-pressed={typing}
          aria-label={say('row.keyboard')}
          title={say('row.keyboard')}
          onClick={() => onTyping(!typing)}
        >
          <KeyboardIcon />
        </button>
        {BEFORE.map(plain)}
        {MODIFIER_KEYS.map((code) => {
          const stickiness = keys.stickinessOf(code);
          return (
            <button
              key={code}
              type="button"
              class={`key ${stickiness === undefined ? '' : 'on'} ${stickiness ?? ''}`}
              data-code={code}
              aria-pressed={stickiness === 'next' ? 'mixed' : stickiness === 'locked'}
              title={say('row.sticky')}
              onClick={() => keys.tapModifier(code, now())}
            >
              {say(NAMES[code])}
            </button>
          );
        })}
        {AFTER.map(plain)}
        <button
          type="button"
          class={`key ${more ? 'on' : ''}`}
          id="more-keys"
          aria-expanded={more}
          aria-label={say('row.more')}
          title={say('row.more')}
          onClick={() => setMore(!more)}
        >
          Fn
        </button>
        {more && (
          <>
            {MORE.map(plain)}
            {FUNCTION_KEYS.map((code) => (
              <button
                key={code}
                type="button"
                class="key"
                data-code={code}
                onClick={() => keys.tapKey(code, now())}
              >
                {code}
              </button>
            ))}
          </>
        )}
      </div>
    </section>
  );
}
