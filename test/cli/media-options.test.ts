import { describe, expect, it } from 'vitest';
import { decimal, moment, scale } from '../../harness/cli/media-options.js';

describe('options about recordings', () => {
  it.each([
    ['0', 0],
    ['1.5', 1_500_000],
    ['90', 90_000_000],
    ['1:30', 90_000_000],
    ['1:02:03.25', 3_723_250_000],
  ])('takes the moment %s', (value, micros) => {
    expect(moment('--from')(value)).toBe(micros);
  });

  it.each(['', '-1', '1:75', '1:2:3:4', 'soon', '1e3', '1:'])('refuses the moment "%s"', (value) => {
    expect(() => moment('--from')(value)).toThrow('--from takes seconds, m:ss or h:mm:ss');
  });

  it.each([
    ['0.5', 0.5],
    ['50%', 0.5],
    ['8', 8],
    ['640x480', { width: 640, height: 480 }],
  ])('takes the scale %s', (value, expected) => {
    expect(scale(value)).toEqual(expected);
  });

  it.each(['', '0', '20', '0x5', '640x', '-1', '900%', 'half'])('refuses the scale "%s"', (value) => {
    expect(() => scale(value)).toThrow('--scale takes a factor');
  });

  it('takes numbers within bounds only', () => {
    const speed = decimal('--speed', 0.01, 1000);
    expect(speed('2.5')).toBe(2.5);
    for (const value of ['fast', '', '0', '1001', '-1', '1e2', 'NaN']) {
      expect(() => speed(value)).toThrow('--speed takes a number');
    }
  });
});
