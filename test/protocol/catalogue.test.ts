/** The catalogue against what is made from it: samples, codecs, limits, the table in docs/PROTOCOL.md. */
import { readFileSync } from 'node:fs';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import * as catalogue from '../../engine/protocol/catalogue.js';
import { DECODERS, dispatch, PROTOCOL_VERSION, rowOf } from '../../engine/protocol/index.js';
import { withTable } from '../../scripts/protocol-table.mjs';
import { samples } from './samples.js';

const { CAPABILITIES, CATALOGUE, MESSAGE_LIMITS, MESSAGES } = catalogue;

describe('the catalogue', () => {
  it('has a sample of every row, and every sample a row', () => {
    const shown = new Set(samples.map(({ bytes }) => rowOf(bytes).name));
    expect([...shown].sort()).toEqual(MESSAGES.map(({ name }) => name).sort());
  });

  it.each(MESSAGES.map((row) => [row.name, row] as const))('reads %s by its row', (name, row) => {
    for (const { bytes, value } of samples.filter((one) => rowOf(one.bytes) === row)) {
      expect(DECODERS[row.codec](bytes)).toEqual(value);
      expect(bytes[0]).toBe(row.channel);
      if (row.type !== 'map') expect(bytes[1]).toBe(row.type);
      const taken: unknown[] = [];
      const handlers = { [name]: (said: unknown) => taken.push(said) };
      dispatch(bytes, undefined, handlers as never, undefined);
      expect(taken).toEqual([row.codec === 'slice' ? bytes : value]);
    }
  });

  it('gives every row a limit within its channel, a sender, a receiver and a version', () => {
    for (const row of MESSAGES) {
      expect(row.limit).toBeLessThanOrEqual(MESSAGE_LIMITS[row.channel]);
      expect(row.from.length * row.to.length).toBeGreaterThan(0);
      expect(row.since).toBeLessThanOrEqual(PROTOCOL_VERSION);
      expect(row.needs === undefined || CAPABILITIES.includes(row.needs)).toBe(true);
    }
  });

  it('asks for no capability of what nobody but the relay says', () => {
    for (const row of MESSAGES) {
      if (row.from.every((role) => role === 'relay')) expect(row.needs ?? row.rate).toBeUndefined();
    }
  });

  it('names the messages on the way as their bytes say', () => {
    expect(rowOf(Uint8Array.of(2, 3))).toMatchObject({ name: 'input-key', needs: 'control' });
    expect(() => rowOf(Uint8Array.of(2, 9))).toThrow(expect.objectContaining({ code: 'unknown-type' }));
    expect(() => rowOf(Uint8Array.of(200, 1))).toThrow(expect.objectContaining({ code: 'unknown-channel' }));
    expect(() => rowOf(Uint8Array.of(2))).toThrow(expect.objectContaining({ code: 'truncated' }));
  });

  it('gives no message to whom has no handler for it', () => {
    const wishes = samples.find((one) => one.name === 'control-wishes')!.bytes;
    const take = () => dispatch(wishes, undefined, {} as never, undefined);
    expect(take).toThrow(expect.objectContaining({ code: 'bad-message', field: 'type' }));
  });

  it('refuses what is longer than its row allows, though its channel allows more', () => {
    const value = { type: 'set-name', name: 'Bruno', more: 'x'.repeat(CATALOGUE['set-name'].limit) };
    const fit = Uint8Array.of(0, ...new Packr({ useRecords: false }).pack(value));
    expect(fit.length).toBeLessThan(MESSAGE_LIMITS[0]);
    expect(() => dispatch(fit, undefined, {} as never, undefined)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  it('is the table in docs/PROTOCOL.md', () => {
    const document = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
    expect(document).toBe(withTable(document, catalogue));
  });
});
