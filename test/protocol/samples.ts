/** One message of every type, as a value and as the bytes that it must be. The golden files hold the bytes. */
import { readFileSync } from 'node:fs';
import {
  type Ack,
  type ChatMessage,
  type ClockMessage,
  type ControlMessage,
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
  type InputEvent,
  type OverlayEvent,
  readSliceHeader,
  SLICE_HEADER_BYTES,
  type SliceHeader,
  writeSliceHeader,
} from '../../engine/protocol/index.js';

export interface Sample {
  readonly name: string;
  readonly value: unknown;
  readonly bytes: Uint8Array;
  readonly decode: (message: Uint8Array) => unknown;
}

const TOKEN = 'pHk1T0Zz3mYQ8s-2bV_x9A';
const KEY = 'Zq8r2LwXc7uJ5nN0aB-d3E';
const head = { viewer: 1, sequence: 7, createdAt: 2_500_000 };

const controls: ControlMessage[] = [
  {
    type: 'host-hello',
    version: 3,
    token: TOKEN,
    key: KEY,
    name: 'Anna',
    width: 1920,
    height: 1080,
    secret: 'sesame',
    frame: 0,
  },
  {
    type: 'viewer-hello',
    version: 3,
    token: TOKEN,
    name: 'Bruno',
    quality: 'high',
    viewer: 1,
    resumeKey: KEY,
  },
  { type: 'lane-hello', version: 3, token: TOKEN, viewer: 1, laneKey: KEY, lane: 2 },
  {
    type: 'link-hello',
    version: 4,
    oldest: 2,
    features: ['skip-unknown'],
    token: TOKEN,
    party: 0,
    key: KEY,
    purpose: 'bulk',
    number: 1,
  },
  { type: 'host-welcome', version: 3, session: '0123456789ab', resumed: true, frame: 70_000 },
  {
    type: 'viewer-welcome',
    version: 3,
    session: '0123456789ab',
    viewer: 1,
    laneKey: KEY,
    resumeKey: KEY,
  },
  { type: 'lane-welcome', version: 3 },
  { type: 'link-welcome', version: 4, oldest: 2, features: ['skip-unknown'], purpose: 'bulk' },
  { type: 'capabilities', list: ['view', 'chat'] },
  { type: 'consent', list: ['view'] },
  { type: 'refused', code: 'not-found', reason: 'No such session is open.', retry: true },
  { type: 'viewer-level', viewer: 1, level: 3, name: 'Bruno' },
  { type: 'viewer-left', viewer: 1 },
  { type: 'refresh', viewer: 1, level: 3, base: 70_000 },
  { type: 'received', slices: 5 },
  { type: 'answer', group: 0x80000000, viewers: [2, 3] },
  { type: 'host-state', state: 'present', name: 'Anna', width: 1920, height: 1080 },
  {
    type: 'participants',
    controller: 1,
    list: [{ viewer: 1, name: 'Bruno', quality: 'auto', tool: 'laser', recording: true }],
  },
  { type: 'level-state', level: 4, quality: 'auto' },
  { type: 'auto-state', quality: 45, text: 3, reason: 'link' },
  { type: 'set-quality', quality: 'very-low' },
  { type: 'set-control', wanted: true },
  { type: 'set-tool', tool: 'whiteboard' },
  { type: 'set-recording', active: true },
  {
    type: 'wishes',
    revision: 3,
    name: 'Bruno',
    quality: 'auto',
    tool: 'none',
    control: false,
    to: 2,
    recording: true,
    watching: true,
  },
  { type: 'set-name', name: 'Bruno Brun' },
  { type: 'want-refresh' },
  { type: 'lane-lost', lane: 2 },
];

const slice: SliceHeader = {
  level: 3,
  first: true,
  last: true,
  approximate: false,
  refinement: false,
  frame: 2,
  base: 1,
  viewer: 0,
  width: 1920,
  height: 1080,
  drawnAt: 1_000_000,
  slice: 0,
};

const inputs: InputEvent[] = [
  { ...head, kind: 'pointer', x: 640, y: 480, buttons: 1 },
  { ...head, kind: 'wheel', x: 640, y: 480, dx: 0, dy: -120 },
  { ...head, kind: 'key', code: 'KeyA', down: true },
  { ...head, kind: 'text', text: 'é' },
];

const overlays: OverlayEvent[] = [
  {
    ...head,
    kind: 'stroke',
    stroke: 3,
    begin: true,
    end: false,
    points: [
      { x: 1, y: 2 },
      { x: 3.25, y: 4.5 },
    ],
  },
  { ...head, kind: 'erase', scope: 'mine' },
  { ...head, kind: 'erase', scope: 'stroke', stroke: 3 },
  { ...head, kind: 'laser', visible: true, x: 100.5, y: 50 },
];

const acks: Ack[] = [
  {
    kind: 'frame',
    level: 3,
    queued: 1,
    frame: 2,
    viewer: 1,
    receivedAt: 3_000_000,
    presentedAt: 3_004_000,
    decode: 1_500,
  },
  { kind: 'applied', channel: 2, viewer: 1, sequence: 7, frame: 3, appliedAt: 2_600_000 },
];

const clocks: ClockMessage[] = [
  { kind: 'ping', viewer: 1, askedAt: 5_000_000, answeredAt: 0 },
  { kind: 'pong', viewer: 1, askedAt: 5_000_000, answeredAt: 1_234_567 },
];

const chats: ChatMessage[] = [
  { ...head, viewer: 0, sentAt: 0, earlier: false, name: '', text: 'Où est\nle menu ?' },
  { ...head, sentAt: 6_000_000, earlier: true, name: 'Zoë', text: 'https://example.org 👍' },
];

export const samples: Sample[] = [
  ...controls.map((value) => sample(`control-${value.type}`, value, encodeControl, decodeControl)),
  sample('display-slice', slice, sliceWithBody, readSliceHeader),
  ...inputs.map((value) => sample(`input-${value.kind}`, value, encodeInput, decodeInput)),
  ...overlays.map((value) => sample(overlayName(value), value, encodeOverlay, decodeOverlay)),
  ...acks.map((value) => sample(`ack-${value.kind}`, value, encodeAck, decodeAck)),
  ...clocks.map((value) => sample(`clock-${value.kind}`, value, encodeClock, decodeClock)),
  sample('clock-beat', { answer: true, coming: 70_000, received: 4_000_000_000 }, encodeBeat, decodeBeat),
  ...chats.map((value) =>
    sample(value.earlier ? 'chat-earlier' : 'chat-said', value, encodeChat, decodeChat),
  ),
];

function overlayName(event: OverlayEvent): string {
  const isOfOne = event.kind === 'erase' && event.scope === 'stroke';
  return isOfOne ? 'overlay-erase-stroke' : `overlay-${event.kind}`;
}

export function goldenBytes(name: string): Uint8Array {
  const text = readFileSync(new URL(`./golden/${name}.hex`, import.meta.url), 'utf8');
  return bytesOf(text);
}

/** Bytes of hexadecimal text; white space between them is for the reader. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
}

function sliceWithBody(header: SliceHeader): Uint8Array {
  const message = new Uint8Array(SLICE_HEADER_BYTES + 4);
  writeSliceHeader(message, header);
  message.set([1, 2, 3, 4], SLICE_HEADER_BYTES);
  return message;
}

function sample<T>(
  name: string,
  value: T,
  encode: (value: T) => Uint8Array,
  decode: (message: Uint8Array) => T,
): Sample {
  return { name, value, bytes: encode(value), decode };
}
