/** docs/PROTOCOL.md against the code: its tables, and its worked session run by a real relay. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Channel, CloseCode, MESSAGE_LIMITS, PROTOCOL_VERSION } from '../../engine/protocol/index.js';
import { samples } from './samples.js';
import { stepText, workedSession } from './worked-session.js';

/** With single spaces: how its tables are padded does not count. */
const document = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8').replace(/ +/g, ' ');

describe('docs/PROTOCOL.md', () => {
  it('describes this version', () => {
    expect(document).toContain(`\nVersion ${PROTOCOL_VERSION}. `);
  });

  it('has the channels and their limits', () => {
    const rows = [...document.matchAll(/^\| (\w+) \| (\d) \| (\d+) \| /gm)].map((row) => [
      row[1],
      Number(row[2]),
      Number(row[3]),
    ]);
    expect(rows).toEqual(
      Object.entries(Channel).map(([name, value]) => [name.toLowerCase(), value, MESSAGE_LIMITS[value]]),
    );
  });

  it('has every close code', () => {
    const rows = [...document.matchAll(/^\| (\d{4}) \| (\w+) \| /gm)].map((row) => [row[2], Number(row[1])]);
    expect(Object.fromEntries(rows)).toEqual(CloseCode);
    expect(rows).toHaveLength(Object.keys(CloseCode).length);
  });

  it('names every control message', () => {
    for (const { name } of samples.filter((one) => one.name.startsWith('control-'))) {
      expect(document).toContain(`| \`${name.slice('control-'.length)}\` |`);
    }
  });

  it('shows a session byte for byte', () => {
    const shown = /<!-- worked session[^\n]*\n```text\n([^`]*)```/.exec(document)?.[1];
    expect(shown?.trim().split('\n\n')).toEqual(workedSession().map(stepText));
  });
});
