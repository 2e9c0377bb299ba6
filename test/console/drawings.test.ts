/** What of one's own drawings outlives a page. */
import { describe, expect, it } from 'vitest';
import { DrawingsKeeper, MAX_KEPT_POINTS } from '../../harness/console/session/drawings.js';

function storage(): { getItem(key: string): string | null; setItem(key: string, value: string): void } {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

describe('drawings kept by the browser', () => {
  it('are those of this address', () => {
    const one = storage();
    new DrawingsKeeper('#a', () => one).keep([[1, 2, 3.25, 4]]);
    expect(new DrawingsKeeper('#a', () => one).read()).toEqual([[1, 2, 3.25, 4]]);
    expect(new DrawingsKeeper('#b', () => one).read()).toEqual([]);
  });

  it('are the newest, where there are too many', () => {
    const one = storage();
    const keeper = new DrawingsKeeper('#a', () => one);
    const half = Array.from({ length: MAX_KEPT_POINTS }, () => 7);
    keeper.keep([[1, 1], half, half]);
    expect(keeper.read().map(({ length }) => length)).toEqual([half.length, half.length]);
    keeper.keep([half, half, [2, 2]]);
    expect(keeper.read().map(({ length }) => length)).toEqual([half.length, 2]);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"address":"#a","drawings":[["x",1]]}',
    '{"address":"#a","drawings":[[-1,1]]}',
    '{',
  ])('are none where %j is kept', (text) => {
    expect(new DrawingsKeeper('#a', () => ({ ...storage(), getItem: () => text })).read()).toEqual([]);
  });

  it('are nothing where the browser keeps nothing', () => {
    const keeper = new DrawingsKeeper('#a', () => {
      throw new DOMException('denied', 'SecurityError');
    });
    keeper.keep([[1, 2]]);
    expect(keeper.read()).toEqual([]);
  });
});
