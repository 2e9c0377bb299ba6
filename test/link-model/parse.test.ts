import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeLink, LINK_NAMES, LINK_PRESETS, parseLink } from '../../engine/link-model/index.js';

describe('links in words', () => {
  it('reads presets, settings, and settings of one direction', () => {
    expect(parseLink('modem')).toEqual(LINK_PRESETS.modem);
    const link = parseLink('rate=2mbit,delay=40ms,jitter=5ms,loss=1%,buffer=64kB,up.rate=256kbit');
    expect(link.down).toEqual({
      bytesPerSecond: 250_000,
      delay: 40_000,
      jitter: 5_000,
      loss: 0.01,
      buffer: 64_000,
    });
    expect(link.up).toEqual({ ...link.down, bytesPerSecond: 32_000 });
  });

  it('changes a preset, and takes none for no link', () => {
    const link = parseLink('DSL, delay=30ms');
    expect(link.down).toEqual({ ...LINK_PRESETS.dsl.down, delay: 30_000 });
    expect(parseLink('none').up.bytesPerSecond).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ['modme', 'There is no link "modme": none, modem'],
    ['', 'There is no link "": none, modem'],
    ['lan,fast', '"fast" is no setting of a link: rate=2mbit'],
    ['left.rate=2mbit', '"left.rate=2mbit" is no setting of a link'],
    [
      'rate=2',
      '"rate=2" is not understood: a number and a unit (bit, kbit, mbit, gbit), such as rate=2mbit.',
    ],
    ['rate=fast', 'is not understood'],
    ['delay=1e9ms', 'is not understood'],
    ['delay=60s', '"delay=60s" is out of range: 0us to 10s.'],
    ['loss=60%', '"loss=60%" is out of range: 0% to 50%.'],
    ['rate=0mbit', '"rate=0mbit" is out of range: 800bit to 100gbit.'],
    ['buffer=1b', 'is out of range: 1.5kb to 100mb.'],
    ['constructor=1ms', 'is no setting of a link'],
    ['constructor', 'There is no link "constructor"'],
  ])('refuses "%s" with what it accepts', (words, message) => {
    expect(() => parseLink(words)).toThrowError(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => parseLink(words)).toThrowError(message);
  });

  it('describes every link so that it can be read again', () => {
    for (const name of LINK_NAMES) {
      const described = parseLink(describeLink(LINK_PRESETS[name]));
      expect(described.down.bytesPerSecond).toBeCloseTo(LINK_PRESETS[name].down.bytesPerSecond);
      expect(described.up.loss).toBeCloseTo(LINK_PRESETS[name].up.loss);
      expect(described.up.buffer).toBe(LINK_PRESETS[name].up.buffer);
    }
    expect(describeLink(parseLink('none'))).toBe('none');
    const part = fc.record({
      side: fc.constantFrom('', 'down.', 'up.'),
      setting: fc.oneof(
        fc.integer({ min: 1, max: 900 }).map((value) => `rate=${value}mbit`),
        fc.integer({ min: 1, max: 900 }).map((value) => `delay=${value}ms`),
        fc.integer({ min: 2, max: 900 }).map((value) => `buffer=${value}kb`),
        fc.integer({ min: 1, max: 40 }).map((value) => `loss=${value}%`),
      ),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const link = parseLink(parts.map(({ side, setting }) => side + setting).join(','));
        expect(parseLink(describeLink(link))).toEqual(link);
      }),
    );
  });
});
