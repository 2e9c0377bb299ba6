/** Hostile bytes: every decoder answers with a value or a `SightlineError`, whatever it is given. */
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { SightlineError } from '../../codecs/index.js';
import {
  channelOf,
  DECODERS,
  decodeChat,
  decodeControl,
  MESSAGE_LIMITS,
  MESSAGES,
  readSliceHeader,
  rowOf,
} from '../../engine/protocol/index.js';
import { emptySliceFields, readSliceFields } from '../../engine/room/slice-fields.js';
import { bytesOf, samples } from './samples.js';

/** What reads a message that nobody has looked at yet. */
const readers = { channelOf, rowOf, ...DECODERS };

function valueOrRefusal(decode: (message: Uint8Array) => unknown, message: Uint8Array): unknown {
  try {
    return decode(message);
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    return error.code;
  }
}

describe('a decoder', () => {
  it('is tried for every row of the catalogue', () => {
    expect(new Set(samples.map(({ bytes }) => rowOf(bytes)))).toEqual(new Set(MESSAGES));
    expect(new Set(MESSAGES.map(({ codec }) => codec))).toEqual(new Set(Object.keys(DECODERS)));
  });

  it.each(Object.entries(readers))('%s survives random bytes', (_, decode) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 0, max: 5 }),
        fc.uint8Array({ maxLength: 120 }),
        (channel, type, rest) => {
          valueOrRefusal(decode, Uint8Array.of(channel, type, ...rest));
          valueOrRefusal(decode, rest);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each(samples.map((one) => [one.name, one] as const))('survives changed bytes of %s', (_, sample) => {
    const change = fc.record({
      at: fc.nat({ max: sample.bytes.length - 1 }),
      to: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat({ max: sample.bytes.length }),
        fc.uint8Array({ maxLength: 4 }),
        (changes, cut, tail) => {
          const changed = sample.bytes.slice();
          for (const { at, to } of changes) changed[at] = to;
          valueOrRefusal(sample.decode, changed);
          valueOrRefusal(sample.decode, changed.subarray(0, cut));
          valueOrRefusal(sample.decode, Uint8Array.of(...changed, ...tail));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(samples.map((one) => [one.name, one] as const))(
    'refuses %s cut short or made longer',
    (_, sample) => {
      for (let length = 0; length < sample.bytes.length; length++) {
        expect(() => sample.decode(sample.bytes.subarray(0, length))).toThrow(SightlineError);
      }
      expect(() => sample.decode(Uint8Array.of(...sample.bytes, 0))).toThrow(SightlineError);
    },
  );

  it.each(samples.map((one) => [one.name, one] as const))('refuses %s beyond its limit', (_, sample) => {
    const long = new Uint8Array(MESSAGE_LIMITS[sample.bytes[0] as 0] + 1);
    long.set(sample.bytes);
    expect(() => sample.decode(long)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it('says where a fault is', () => {
    const slice = samples.find((one) => one.name === 'display-slice')!;
    const changed = slice.bytes.slice();
    changed[2] = 9;
    expect(() => slice.decode(changed)).toThrow(
      expect.objectContaining({ code: 'bad-slice', field: 'level', offset: 2 }),
    );
    changed[0] = 9;
    expect(() => slice.decode(changed)).toThrow(
      expect.objectContaining({ code: 'unknown-channel', field: 'channel', offset: 0 }),
    );
  });
});

describe('control messages', () => {
  it.each([
    ['an array that promises millions', '00 dd 01ffffff 01', 'truncated'],
    ['a map that promises millions', '00 df 01ffffff a161 01', 'truncated'],
    ['a string that promises more than there is', '00 81 a161 db 7fffffff 61', 'truncated'],
    ['nesting', `00${'91'.repeat(200)}01`, 'bad-message'],
    ['an extension', '00 d4 72 40', 'bad-message'],
    ['a record definition of the unpacker', '00 d47240 92a161a162 0102', 'bad-message'],
    ['binary data', '00 81 a474797065 c4 01 61', 'bad-message'],
    ['a number for a key', '00 81 01 02', 'bad-message'],
    ['two values', '00 c0 c0', 'bad-message'],
    ['nothing', '00', 'truncated'],
    ['a byte that is not MessagePack', '00 c1', 'bad-message'],
    ['no map', '00 93 01 02 03', 'unknown-type'],
    [
      'a type of the language',
      `00 81 a474797065 ab ${Buffer.from('constructor').toString('hex')}`,
      'unknown-type',
    ],
  ])('are refused when they hold %s', (_, hex, code) => {
    expect(() => decodeControl(bytesOf(hex))).toThrow(expect.objectContaining({ code }));
  });

  it('are checked field by field, and lose what is unknown', () => {
    const pack = (value: unknown) => Uint8Array.of(0, ...new Packr({ useRecords: false }).pack(value));
    expect(decodeControl(pack({ type: 'set-control', wanted: true, more: [1, { a: null }] }))).toEqual({
      type: 'set-control',
      wanted: true,
    });
    expect(() => decodeControl(pack({ type: 'set-control', wanted: 1 }))).toThrow(
      expect.objectContaining({ code: 'bad-message', field: 'wanted' }),
    );
    expect(() =>
      decodeControl(pack({ type: 'viewer-hello', version: 2, token: 'short', name: '', quality: 'low' })),
    ).toThrow(expect.objectContaining({ code: 'bad-message', field: 'token' }));
  });

  it('survive any MessagePack value', () => {
    const packr = new Packr({ useRecords: false });
    fc.assert(
      fc.property(fc.anything({ withBigInt: false }), (value) => {
        const typed =
          typeof value === 'object' && value !== null ? { type: 'participants', ...value } : value;
        valueOrRefusal(decodeControl, Uint8Array.of(0, ...packr.pack(typed)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('chat messages', () => {
  const said = samples.find((one) => one.name === 'chat-earlier')!.bytes;
  const changed = (change: (bytes: Uint8Array, view: DataView) => void) => {
    const bytes = said.slice();
    change(bytes, new DataView(bytes.buffer));
    return bytes;
  };

  it.each([
    ['a type that is unknown', changed((bytes) => bytes.fill(3, 1, 2)), 'unknown-type'],
    ['a name longer than any', changed((_, view) => view.setUint16(28, 361, true)), 'bad-message'],
    ['no text', changed((_, view) => view.setUint16(30, 0, true)), 'bad-message'],
    ['more text than may be', changed((_, view) => view.setUint16(30, 12_001, true)), 'bad-message'],
    ['more text than there is', changed((_, view) => view.setUint16(30, 999, true)), 'bad-message'],
    ['a time that is none', changed((_, view) => view.setFloat64(20, Number.NaN, true)), 'bad-message'],
    ['a name that is not UTF-8', changed((bytes) => bytes.fill(0xff, 33, 34)), 'bad-message'],
    ['a text that is not UTF-8', changed((bytes) => bytes.fill(0xc0, 40, 41)), 'bad-message'],
    ['a control character', changed((bytes) => bytes.fill(0x1b, 40, 41)), 'bad-message'],
    ['more characters than may be', longAscii(4_001), 'bad-message'],
  ])('are refused when they hold %s', (_, message, code) => {
    expect(() => decodeChat(message)).toThrow(expect.objectContaining({ code }));
  });

  /** As many bytes as a long text of another script may have. */
  function longAscii(units: number): Uint8Array {
    const message = new Uint8Array(32 + units).fill(0x61, 32);
    message.set(said.subarray(0, 32));
    const view = new DataView(message.buffer);
    view.setUint16(28, 0, true);
    view.setUint16(30, units, true);
    return message;
  }
});

describe("the relay's reading of a slice", () => {
  const slice = samples.find((one) => one.name === 'display-slice')!;

  it('agrees with the specification on every changed header', () => {
    const fields = emptySliceFields();
    const change = fc.record({ at: fc.nat({ max: 23 }), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 4 }),
        fc.nat({ max: slice.bytes.length + 3 }),
        (changes, length) => {
          const message = new Uint8Array(length);
          message.set(slice.bytes.subarray(0, Math.min(length, slice.bytes.length)));
          for (const { at, to } of changes) if (at > 0 && at < length) message[at] = to;
          let expected: ReturnType<typeof readSliceHeader> | undefined;
          let code: string | undefined;
          try {
            expected = readSliceHeader(message);
          } catch (error) {
            code = (error as SightlineError).code;
          }
          if (length === 0) return;
          if (expected === undefined) {
            expect(() => readSliceFields(message, fields)).toThrow(expect.objectContaining({ code }));
            return;
          }
          readSliceFields(message, fields);
          expect(expected).toMatchObject(fields);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('refuses what is too long', () => {
    const long = new Uint8Array(MESSAGE_LIMITS[1] + 1);
    long.set(slice.bytes);
    expect(() => readSliceFields(long, emptySliceFields())).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });
});
