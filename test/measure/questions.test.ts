import { describe, expect, it } from 'vitest';
import { type AnswerRow, ask, DEFAULT_SETTINGS } from '../../harness/measure/index.js';

const SETTINGS = { ...DEFAULT_SETTINGS, width: 640, height: 400, duration: 5, warmup: 1 };

describe('the laboratory, asked', () => {
  it('when a new page can be read, and when it is exact', async () => {
    const told: AnswerRow[] = [];
    const asked = { settings: SETTINGS, levels: ['high', 'auto'], links: ['isdn'] } as const;
    const { rows, columns } = await ask('new-page', asked, (row) => told.push(row));
    expect(told).toEqual(rows);
    expect(rows.map((row) => row.case)).toEqual(['isdn high', 'isdn auto']);
    const [high, auto] = rows.map(({ figures }) => figures as Record<string, number>);
    expect(Object.keys(high!)).toEqual(columns);
    // A level's frames are exact: what can be read is exact.
    expect(high!['legible s']).toBe(high!['exact s']);
    // 62 kbit/s on each of two lines, one behind the other.
    expect(high!['exact s']).toBeGreaterThan((high!['exact kB']! * 8) / 62);
    expect(auto!['legible s']).toBeGreaterThan(0);
    expect(auto!['legible s']).toBeLessThan(high!['legible s']! / 2);
    expect(auto!['exact s']).toBeGreaterThan(auto!['legible s']!);
    expect((await ask('new-page', asked)).rows).toEqual(rows);
  });

  it('what a film and a file cost the laser', async () => {
    const { rows } = await ask('busy-link', { settings: SETTINGS, links: ['dsl'] });
    const laser = Object.fromEntries(rows.map((row) => [row.case, row.figures['laser p99 ms']!]));
    const file = Object.fromEntries(rows.map((row) => [row.case, row.figures['file kB/s']!]));
    const narrow = 'dsl: film, file in a window of 16 kB';
    const plain = 'dsl: film, file copied plainly';
    expect(Object.keys(laser)).toHaveLength(5);
    // A film that fills the line costs the laser next to nothing; a plain copy fills every buffer on the way.
    expect(laser['dsl: film']).toBeLessThan(laser['dsl: nothing else']! + 10);
    expect(laser[plain]).toBeGreaterThan(500);
    expect(laser[narrow]).toBeLessThan(laser[plain]! / 4);
    // ...and the copy gains little by that.
    expect(file[narrow]).toBeGreaterThan(0.7 * file[plain]!);
    expect(file['dsl: film']).toBe(0);
  });

  it('what one slow viewer costs four others', async () => {
    const { rows } = await ask('slow-viewer', { settings: SETTINGS, links: ['lan'] });
    const [alike, slow] = rows.map(({ figures }) => figures as Record<string, number>);
    expect(slow!['click p99 ms']).toBeLessThan(alike!['click p99 ms']! * 1.2);
    expect(slow!.fps).toBeGreaterThan(alike!.fps! * 0.9);
  });
});
