/** Arrows between rooms point as docs/ARCHITECTURE.md draws them, and no file imports itself by way of others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circles, drawnArrows, ROOT, readImports, roomOf } from './imports.js';

const imports = readImports();
const drawn = drawnArrows(readFileSync(join(ROOT, 'docs', 'ARCHITECTURE.md'), 'utf8'));

describe('the arrows between rooms', () => {
  it('are those that docs/ARCHITECTURE.md draws', () => {
    const others: string[] = [];
    for (const [file, found] of imports) {
      for (const to of found) {
        const [from, room] = [roomOf(file), roomOf(to)];
        if (from !== room && drawn.get(from)?.has(room) !== true) others.push(`${file} -> ${to}`);
      }
    }
    expect(others).toEqual([]);
  });

  it('are all needed, and lead from rooms to rooms that there are', () => {
    const used = new Set<string>();
    for (const [file, found] of imports) for (const to of found) used.add(`${roomOf(file)} -> ${roomOf(to)}`);
    const needless = [...drawn].flatMap(([from, rooms]) =>
      [...rooms].map((room) => `${from} -> ${room}`).filter((arrow) => !used.has(arrow)),
    );
    expect(needless).toEqual([]);
    expect([...drawn.keys()].sort()).toEqual([...new Set([...imports.keys()].map(roomOf))].sort());
  });

  it('never lead up: from codecs to anything, from the engine to the harness or to its own face', () => {
    expect([...drawn.get('codecs')!]).toEqual([]);
    for (const [from, rooms] of drawn) {
      if (!from.startsWith('engine')) continue;
      expect([...rooms].filter((room) => room.startsWith('harness') || room === 'engine/index.ts')).toEqual(
        [],
      );
    }
  });
});

describe('circles', () => {
  it('are found where there are any', () => {
    const loop = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(circles(loop)).toEqual([['a', 'b', 'c']]);
  });

  it('are not in the sources', () => {
    expect(imports.size).toBeGreaterThan(300);
    expect(circles(imports)).toEqual([]);
  });
});
