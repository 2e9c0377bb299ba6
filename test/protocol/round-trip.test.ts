/** What is encoded comes back, whatever its values; what does not fit is refused by its name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeAck,
  decodeBeat,
  decodeChat,
  decodeClock,
  decodeControl,
  decodeInput,
  decodeOverlay,
  encodeAck,
  encodeBeat,
  encodeChat,
  encodeClock,
  encodeControl,
  encodeInput,
  encodeOverlay,
  isBeat,
  MAX_CHAT_UNITS,
  MAX_KEY_CODE_BYTES,
  MAX_STROKE_POINTS,
  MAX_TEXT_BYTES,
  readSliceHeader,
  SLICE_HEADER_BYTES,
  sliceBody,
  stampAckViewer,
  stampClockViewer,
  stampEventViewer,
  tidyChatText,
  writeSliceHeader,
} from '../../engine/protocol/index.js';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const micros = fc.double({ min: 0, max: 1e18, noNaN: true }).map((value) => value + 0);
const level = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const);
const quality = fc.constantFrom('very-low', 'low', 'medium', 'high', 'auto' as const);
const head = { viewer: u32, sequence: u32, createdAt: micros };
const quarter = u16.map((value) => value / 4);
const point = fc.record({ x: quarter, y: quarter });
const utf8Bytes = (text: string) => new TextEncoder().encode(text).length;

describe('round trips', () => {
  it('of slices', () => {
    const header = fc
      .record({
        level,
        first: fc.boolean(),
        last: fc.boolean(),
        approximate: fc.boolean(),
        refinement: fc.boolean(),
        frame: fc.integer({ min: 1, max: 0xffffffff }),
        base: u32,
        viewer: u32,
        width: fc.integer({ min: 1, max: 4096 }),
        height: fc.integer({ min: 1, max: 4096 }),
        drawnAt: micros,
        slice: u16,
      })
      .map((value) => ({ ...value, base: value.base % value.frame }));
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 64 }), (value, body) => {
        const message = new Uint8Array(SLICE_HEADER_BYTES + body.length);
        message.set(body, SLICE_HEADER_BYTES);
        writeSliceHeader(message, value);
        expect(readSliceHeader(message)).toEqual(value);
        expect(sliceBody(message)).toEqual(body);
      }),
    );
  });

  it('of input', () => {
    const event = fc.oneof(
      fc.record({ ...head, kind: fc.constant('pointer' as const), x: u16, y: u16, buttons: u16 }),
      fc.record({ ...head, kind: fc.constant('wheel' as const), x: u16, y: u16, dx: i16, dy: i16 }),
      fc.record({
        ...head,
        kind: fc.constant('key' as const),
        code: fc.stringMatching(/^[A-Za-z0-9]{1,32}$/),
        down: fc.boolean(),
      }),
      fc.record({
        ...head,
        kind: fc.constant('text' as const),
        text: fc
          .string({ unit: 'binary', minLength: 1, maxLength: 64 })
          .filter((text) => utf8Bytes(text) <= MAX_TEXT_BYTES),
      }),
    );
    fc.assert(
      fc.property(event, (value) => {
        expect(decodeInput(encodeInput(value))).toEqual(value);
      }),
    );
  });

  it('of overlays, to a quarter of a pixel', () => {
    const event = fc.oneof(
      fc.record({
        ...head,
        kind: fc.constant('stroke' as const),
        stroke: u32,
        begin: fc.boolean(),
        end: fc.boolean(),
        points: fc.array(point, { minLength: 1, maxLength: MAX_STROKE_POINTS }),
      }),
      fc.record({
        ...head,
        kind: fc.constant('erase' as const),
        scope: fc.constantFrom('all' as const, 'mine' as const),
      }),
      fc.record({
        ...head,
        kind: fc.constant('erase' as const),
        scope: fc.constant('stroke' as const),
        stroke: u32,
      }),
      fc.record({
        ...head,
        kind: fc.constant('laser' as const),
        visible: fc.boolean(),
        x: quarter,
        y: quarter,
      }),
    );
    fc.assert(
      fc.property(event, (value) => {
        expect(decodeOverlay(encodeOverlay(value))).toEqual(value);
      }),
    );
    const far = {
      viewer: 1,
      sequence: 1,
      createdAt: 1,
      kind: 'laser',
      visible: true,
      x: -3,
      y: 1e9,
    } as const;
    expect(decodeOverlay(encodeOverlay(far))).toMatchObject({ x: 0, y: 16_383.75 });
  });

  it('of acks', () => {
    const ack = fc.oneof(
      fc.record({
        kind: fc.constant('frame' as const),
        level,
        queued: fc.integer({ min: 0, max: 255 }),
        frame: u32,
        viewer: u32,
        receivedAt: micros,
        presentedAt: micros,
        decode: u32,
      }),
      fc.record({
        kind: fc.constant('applied' as const),
        channel: fc.constantFrom(2 as const, 3 as const, 6 as const),
        viewer: u32,
        sequence: u32,
        frame: u32,
        appliedAt: micros,
      }),
    );
    fc.assert(
      fc.property(ack, (value) => {
        expect(decodeAck(encodeAck(value))).toEqual(value);
      }),
    );
  });

  it('of chat, whatever was typed', () => {
    const chat = fc.record({
      ...head,
      sentAt: micros,
      earlier: fc.boolean(),
      name: fc.string({ unit: 'grapheme', maxLength: 60 }).filter((name) => utf8Bytes(name) <= 360),
      text: fc
        .string({ unit: 'binary', minLength: 1, maxLength: 200 })
        .map(tidyChatText)
        .filter((text) => text !== ''),
    });
    fc.assert(
      fc.property(chat, (value) => {
        expect(decodeChat(encodeChat(value))).toEqual(value);
      }),
    );
    for (const longest of ['x', '界', '👍'.slice(0, 2)]) {
      const text = longest.repeat(MAX_CHAT_UNITS / longest.length);
      const said = {
        viewer: 1,
        sequence: 1,
        createdAt: 1,
        sentAt: 2,
        earlier: false,
        name: '界'.repeat(120),
        text,
      };
      expect(decodeChat(encodeChat(said))).toEqual(said);
    }
  });

  it('of beats', () => {
    const u32 = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.record({ answer: fc.boolean(), coming: u32, received: u32 }), (value) => {
        expect(decodeBeat(encodeBeat(value))).toEqual(value);
        expect(isBeat(encodeBeat(value))).toBe(true);
      }),
    );
  });

  it('of clocks', () => {
    const clock = fc.record({
      kind: fc.constantFrom('ping' as const, 'pong' as const),
      viewer: u32,
      askedAt: micros,
      answeredAt: micros,
    });
    fc.assert(
      fc.property(clock, (value) => {
        expect(decodeClock(encodeClock(value))).toEqual(value);
      }),
    );
  });

  it('of control messages with every kind of field', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => text.length <= 120);
    const participant = fc.record({
      viewer: u32,
      name,
      quality,
      tool: fc.constantFrom('none' as const, 'whiteboard' as const, 'laser' as const),
      recording: fc.boolean(),
    });
    const message = fc.oneof(
      fc.record({
        type: fc.constant('participants' as const),
        controller: u32,
        list: fc.array(participant, { maxLength: 20 }),
      }),
      fc.record({ type: fc.constant('refresh' as const), viewer: u32, level, base: u32 }),
      fc.record({
        type: fc.constant('host-state' as const),
        state: fc.constantFrom('present' as const, 'away' as const, 'ended' as const),
        name,
        width: u16,
        height: u16,
      }),
    );
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeControl(encodeControl(value))).toEqual(value);
      }),
    );
  });
});

describe('text', () => {
  it('keeps a byte order mark, which is a character like any other here', () => {
    const event = { viewer: 1, sequence: 1, createdAt: 1, kind: 'text', text: '\uFEFFa' } as const;
    expect(decodeInput(encodeInput(event))).toEqual(event);
  });
});

describe('what is typed into the chat', () => {
  it('is sent with line feeds for line ends, without control characters and without space around it', () => {
    expect(tidyChatText('  a\r\nb\rc\td \u001b[31m\u0000\u009b\u007f\n ')).toBe('a\nb\nc\td [31m');
    expect(tidyChatText(' \r\n\u0007 ')).toBe('');
  });
});

describe('stamps of the relay', () => {
  it('change the viewer and nothing else', () => {
    const event = { viewer: 9, sequence: 1, createdAt: 2, kind: 'erase', scope: 'all' } as const;
    const overlay = encodeOverlay(event);
    stampEventViewer(overlay, 0xfffffffe);
    expect(decodeOverlay(overlay)).toEqual({ ...event, viewer: 0xfffffffe });
    const ack = {
      kind: 'frame',
      level: 1,
      queued: 2,
      frame: 3,
      viewer: 9,
      receivedAt: 5,
      presentedAt: 6,
      decode: 7,
    } as const;
    const acked = encodeAck(ack);
    stampAckViewer(acked, 4);
    expect(decodeAck(acked)).toEqual({ ...ack, viewer: 4 });
    const ping = { kind: 'ping', viewer: 9, askedAt: 5, answeredAt: 0 } as const;
    const asked = encodeClock(ping);
    stampClockViewer(asked, 4);
    expect(decodeClock(asked)).toEqual({ ...ping, viewer: 4 });
  });
});

describe('an encoder', () => {
  const at = { viewer: 0, sequence: 1, createdAt: 0 };
  const said = (text: string) => ({ ...at, sentAt: 0, earlier: false, name: '', text });
  it.each([
    ['an empty text', () => encodeInput({ ...at, kind: 'text', text: '' })],
    ['nothing said', () => encodeChat(said(''))],
    ['too much said', () => encodeChat(said('x'.repeat(MAX_CHAT_UNITS + 1)))],
    ['a terminal’s command', () => encodeChat(said('\u001b[2J'))],
    ['a name too long', () => encodeChat({ ...said('a'), name: '界'.repeat(121) })],
    ['a long text', () => encodeInput({ ...at, kind: 'text', text: 'é'.repeat(129) })],
    [
      'a long code',
      () => encodeInput({ ...at, kind: 'key', code: 'A'.repeat(MAX_KEY_CODE_BYTES + 1), down: true }),
    ],
    [
      'no points',
      () => encodeOverlay({ ...at, kind: 'stroke', stroke: 1, begin: true, end: true, points: [] }),
    ],
    [
      'many points',
      () =>
        encodeOverlay({
          ...at,
          kind: 'stroke',
          stroke: 1,
          begin: true,
          end: true,
          points: new Array(MAX_STROKE_POINTS + 1).fill({ x: 0, y: 0 }),
        }),
    ],
  ])('refuses %s', (_, encode) => {
    expect(encode).toThrow(expect.objectContaining({ name: 'SightlineError', code: 'bad-argument' }));
  });

  it('refuses a control message that is too long', () => {
    const reason = '界'.repeat(6_000);
    expect(() => encodeControl({ type: 'refused', code: 'x', reason, retry: false })).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });
});
