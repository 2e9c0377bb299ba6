import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeOf,
  codeOfInputType,
  type KeyPress,
  meaningOf,
  splitText,
} from '../../harness/console/session/input/keys.js';
import { PIXELS_PER_LINE, WheelAccumulator } from '../../harness/console/session/input/wheel.js';

function press(key: string, code: string, extra: Partial<KeyPress> & { altGraph?: boolean } = {}): KeyPress {
  const { altGraph = false, ...rest } = extra;
  return {
    key,
    code,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    shiftKey: false,
    isComposing: false,
    getModifierState: (name) => name === 'AltGraph' && altGraph,
    ...rest,
  };
}

describe('what a key press means', () => {
  it.each([
    ['a letter', press('a', 'KeyQ')],
    ['a capital', press('A', 'KeyA', { shiftKey: true })],
    ['a character outside the basic plane', press('😀', 'KeyA')],
    ['a space', press(' ', 'Space')],
    [
      'AltGr, which Windows reports as Ctrl+Alt',
      press('€', 'KeyE', { ctrlKey: true, altKey: true, altGraph: true }),
    ],
    ['a dead key: its text follows', press('Dead', 'BracketLeft')],
    ['an input method at work', press('a', 'KeyA', { isComposing: true })],
    ['a key that an input method took', press('Process', 'KeyA')],
  ])('%s is text', (_, event) => {
    expect(meaningOf(event)).toBe('text');
  });

  it.each([
    ['Enter', press('Enter', 'Enter')],
    ['a modifier', press('Shift', 'ShiftLeft', { shiftKey: true })],
    ['a shortcut', press('c', 'KeyC', { ctrlKey: true })],
    ['a menu letter', press('f', 'KeyF', { altKey: true })],
    ['a command', press('v', 'KeyV', { metaKey: true })],
    ['a function key', press('F5', 'F5')],
    ['a key that the browser cannot name', press('Unidentified', 'F13')],
    ['Backspace of a virtual keyboard, which has no code', press('Backspace', '')],
  ])('%s is a key', (_, event) => {
    expect(meaningOf(event)).toBe('key');
    expect(codeOf(event)).toMatch(/^[A-Za-z0-9]+$/);
  });

  it('is nothing where there is neither text nor a code', () => {
    expect(meaningOf(press('Hyper', ''))).toBe('ignore');
    expect(meaningOf(press('F1', 'Not a code'))).toBe('ignore');
  });

  it('is the key that a virtual keyboard names by what it does', () => {
    expect(codeOfInputType('deleteContentBackward')).toBe('Backspace');
    expect(codeOfInputType('insertParagraph')).toBe('Enter');
    expect(codeOfInputType('insertText')).toBeUndefined();
  });
});

describe('long text', () => {
  it('is cut into pieces that fit a message, between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const pieces = splitText(text, 256);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          const bytes = new TextEncoder().encode(piece).length;
          expect(bytes >= 1 && bytes <= 256).toBe(true);
        }
      }),
    );
  });
});

describe('the wheel', () => {
  it('counts in pixels whatever the browser counts in', () => {
    const wheel = new WheelAccumulator();
    expect(wheel.add({ deltaX: 0, deltaY: 120, deltaMode: 0 }, 1080)).toEqual({ dx: 0, dy: 120 });
    expect(wheel.add({ deltaX: 0, deltaY: -3, deltaMode: 1 }, 1080)).toEqual({
      dx: 0,
      dy: -3 * PIXELS_PER_LINE,
    });
    expect(wheel.add({ deltaX: 1, deltaY: 0, deltaMode: 2 }, 1080)).toEqual({ dx: 1080, dy: 0 });
  });

  it('loses no fraction and never leaves the range of the wire', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -90, max: 90, noNaN: true }), { maxLength: 200 }), (turns) => {
        const wheel = new WheelAccumulator();
        let sent = 0;
        for (const deltaY of turns) sent += wheel.add({ deltaX: 0, deltaY, deltaMode: 0 }, 1080)?.dy ?? 0;
        const wanted = turns.reduce((sum, turn) => sum + turn, 0);
        expect(Math.abs(sent - wanted)).toBeLessThan(1.001);
      }),
    );
    const wheel = new WheelAccumulator();
    expect(wheel.add({ deltaX: 0, deltaY: 1e9, deltaMode: 2 }, 8192)).toEqual({ dx: 0, dy: 32767 });
    expect(wheel.add({ deltaX: Number.NaN, deltaY: Number.NaN, deltaMode: 0 }, 1)).toBeUndefined();
  });
});
