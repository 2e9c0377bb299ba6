/** What others wrote, as it is shown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls, escapeLines, withoutControls } from '../../engine/plain-text.js';
import { format, translator } from '../../harness/messages/index.js';

const HOSTILE = 'A\u001b[2J\u001b]0;owned\u0007\nfake line: ok\u202Egnp\u009b31m\u2066x\u2028y\u007f';
/** Everything that a terminal acts on, or that turns text round. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

describe('text of others', () => {
  it('is one line in which everything unsafe is a number', () => {
    expect(escapeControls(HOSTILE)).toBe(
      'A\\u001b[2J\\u001b]0;owned\\u0007 fake line: ok\\u202egnp\\u009b31m\\u2066x y\\u007f',
    );
  });

  it('is without it where nobody would read numbers', () => {
    expect(withoutControls(HOSTILE)).toBe('A[2J]0;owned fake line: okgnp31mx y');
  });

  it('is safe whatever it holds, and left alone where it holds nothing unsafe', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const made of [escapeControls(text), withoutControls(text)]) expect(made).not.toMatch(UNSAFE);
        if (!UNSAFE.test(text)) expect(escapeControls(text)).toBe(text);
      }),
    );
    expect(escapeControls('Zoë 界 🙂 مرحبا – «a»')).toBe('Zoë 界 🙂 مرحبا – «a»');
  });

  it('is the same value in JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (value) => {
        const shown = escapeLines(JSON.stringify(value, undefined, 2));
        expect(JSON.parse(shown)).toEqual(value);
        expect(shown.replaceAll('\n', '')).not.toMatch(UNSAFE);
      }),
    );
  });
});

describe('a name in a sentence', () => {
  it('stays in its place', () => {
    expect(format('{name} is here.', { name: HOSTILE })).toBe(`${escapeControls(HOSTILE)} is here.`);
    const say = translator({ en: { here: '{name} is here.' }, fr: { here: '{name} est là.' } }, 'en');
    expect(say('here', { name: 'Anna\u202e' })).toBe('Anna is here.');
    expect(say('here', { name: 'דנה' })).toBe('\u2068דנה\u2069 is here.');
  });
});
