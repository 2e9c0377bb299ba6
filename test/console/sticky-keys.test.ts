/** The row of keys: modifiers that hold by themselves, and never longer than they should. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { InputAction } from '../../engine/protocol/index.js';
import { LOCK_TIME, MODIFIER_KEYS, StickyKeys } from '../../harness/console/session/input/sticky-keys.js';
import { FakeClock } from '../support/clock.js';

let clock: FakeClock;
let sent: string[];
let keys: StickyKeys;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  keys = new StickyKeys({ clock, send: (action) => sent.push(wordsOf(action)), changed: () => undefined });
});

function wordsOf(action: InputAction): string {
  if (action.kind === 'key') return `${action.code}${action.down ? '+' : '-'}`;
  return action.kind === 'text'
    ? `"${action.text}"`
    : action.kind === 'pointer'
      ? `b${action.buttons}`
      : 'wheel';
}

const text = (typed: string) => keys.pass({ kind: 'text', text: typed }, 0);
const pointer = (buttons: number) => keys.pass({ kind: 'pointer', x: 1, y: 1, buttons }, 0);

describe('a modifier that is tapped', () => {
  it('holds for the next key, whether of the row or typed', () => {
    keys.tapModifier('ControlLeft', 0);
    expect(keys.stickinessOf('ControlLeft')).toBe('next');
    keys.tapKey('Escape', 0);
    expect(sent).toEqual(['ControlLeft+', 'Escape+', 'Escape-', 'ControlLeft-']);
    keys.tapModifier('ControlLeft', 0);
    keys.tapModifier('ShiftLeft', 0);
    text('t');
    text('x');
    expect(sent.slice(4)).toEqual([
      'ControlLeft+',
      'ShiftLeft+',
      'KeyT+',
      'KeyT-',
      'ShiftLeft-',
      'ControlLeft-',
      '"x"',
    ]);
  });

  it('holds for the next click, and all of a drag', () => {
    keys.tapModifier('ShiftLeft', 0);
    pointer(0);
    pointer(1);
    pointer(1);
    pointer(0);
    pointer(0);
    expect(sent).toEqual(['ShiftLeft+', 'b0', 'b1', 'b1', 'b0', 'ShiftLeft-', 'b0']);
  });

  it('makes capitals where it is Shift alone', () => {
    keys.tapModifier('ShiftLeft', 0);
    text('é');
    expect(sent).toEqual(['ShiftLeft+', '"É"', 'ShiftLeft-']);
  });

  it('is locked by a second tap, and let go of by a later one', async () => {
    keys.tapModifier('AltLeft', 0);
    keys.tapModifier('AltLeft', 0);
    expect(keys.stickinessOf('AltLeft')).toBe('locked');
    keys.tapKey('Tab', 0);
    keys.tapKey('Tab', 0);
    keys.tapModifier('AltLeft', 0);
    expect(sent).toEqual(['AltLeft+', 'Tab+', 'Tab-', 'Tab+', 'Tab-', 'AltLeft-']);
    keys.tapModifier('MetaLeft', 0);
    await clock.advance(LOCK_TIME + 1);
    keys.tapModifier('MetaLeft', 0);
    expect(sent.slice(6)).toEqual(['MetaLeft+', 'MetaLeft-']);
    expect(keys.stickinessOf('MetaLeft')).toBeUndefined();
  });

  it('does not outlive the row, whatever was tapped', () => {
    const tap = fc.oneof(
      fc.constantFrom(...MODIFIER_KEYS).map((key) => () => keys.tapModifier(key, 0)),
      fc.constantFrom('Escape', 'F4').map((code) => () => keys.tapKey(code, 0)),
      fc.constantFrom('a', '€', '!').map((typed) => () => text(typed)),
      fc.constantFrom(0, 1, 2).map((buttons) => () => pointer(buttons)),
      fc.constant(() => keys.releaseAll(0)),
    );
    fc.assert(
      fc.property(fc.array(tap), (taps) => {
        sent.length = 0;
        for (const one of taps) one();
        keys.releaseAll(0);
        const down = new Set<string>();
        for (const what of sent) {
          if (what.endsWith('+')) down.add(what.slice(0, -1));
          if (what.endsWith('-')) expect(down.delete(what.slice(0, -1))).toBe(true);
        }
        expect([...down]).toEqual([]);
      }),
    );
  });
});
