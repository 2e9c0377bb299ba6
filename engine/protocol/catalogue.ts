/**
 * Every message, a row each: who says it to whom, by which link, how long and how often it may be, what its sender must
 * be allowed, and what becomes of it. Dispatch, limits, rates, the names of counters, the lists of the tests and the
 * table in docs/PROTOCOL.md are made from it. A message that is not here does not exist; a new one is a row, its codec
 * (`codecs.ts`) and its handlers.
 */
import { Channel } from './limits.js';

/** Who sends or receives. A room's parties are the first four; technicians, customers and observers are its viewers. */
export const ROLES = ['host', 'technician', 'customer', 'observer', 'relay'] as const;
export type Role = (typeof ROLES)[number];

/** What a party may be allowed. The order is fixed: it is that of the lists that are sent and shown. */
export const CAPABILITIES = [
  'view',
  'control',
  'clipboard',
  'draw',
  'point',
  'chat',
  'file-send',
  'file-receive',
  'file-manage',
  'record',
  'screenshot',
  'system',
  'reboot',
  'script',
  'lens',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Which of a party's links a message goes by; without the one, it goes by the main link. */
export const LINK_PURPOSES = ['main', 'quick', 'bulk'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** How the bytes after the channel are read: a name in `codecs.ts`. */
export type CodecName = 'control' | 'slice' | 'input' | 'overlay' | 'ack' | 'clock' | 'beat' | 'chat';

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * How often one party may say something: messages that name the same rate share a bucket. What is beyond it is dropped
 * and counted, or costs the link (`refuse`), or is for the handler to judge (`handler`), which takes the tokens itself.
 */
export interface RateRow extends Rate {
  readonly beyond: 'drop' | 'refuse' | 'handler';
}

export const RATES = {
  // A gaming mouse reports 1000 positions a second: the fastest honest sender. The newest move beyond waits.
  input: { perSecond: 1000, burst: 2000, beyond: 'handler' },
  overlay: { perSecond: 1000, burst: 2000, beyond: 'drop' },
  // A person writes a line in seconds; the rest is for measurements.
  chat: { perSecond: 5, burst: 20, beyond: 'drop' },
  // Repeated acks only: one for each frame sent is always welcome.
  ack: { perSecond: 100, burst: 200, beyond: 'handler' },
  clock: { perSecond: 20, burst: 40, beyond: 'drop' },
  control: { perSecond: 20, burst: 60, beyond: 'refuse' },
  auto: { perSecond: 20, burst: 60, beyond: 'drop' },
} as const satisfies Record<string, RateRow>;
export type RateName = keyof typeof RATES;

/** What must be so in the room besides: its sender has the control and no tool, or that tool. */
export type Condition = 'controls' | 'whiteboard' | 'laser';

export interface MessageRow {
  readonly channel: Channel;
  /** The second byte; of a control message its `type`, which is its name here. */
  readonly type: number | 'map';
  readonly codec: CodecName;
  /** Longest message in bytes. */
  readonly limit: number;
  readonly from: readonly Role[];
  readonly to: readonly Role[];
  /** What a party that says it must be allowed. */
  readonly needs?: Capability;
  readonly while?: Condition;
  readonly link: LinkPurpose;
  readonly rate?: RateName;
  /** Whether a recording holds it. */
  readonly recorded: boolean;
  /** Whether a person has done something that those who wait for it outside of the room are told. */
  readonly event: boolean;
  /** The version that brought it. */
  readonly since: number;
}

const VIEWERS = ['technician', 'customer', 'observer'] as const;
const SPEAKERS = ['host', ...VIEWERS] as const;
const HANDS = ['technician'] as const;
const EVERYONE = [...SPEAKERS, 'relay'] as const;

const SMALL_MAP = 4_096;

/** A control message. */
const map = {
  channel: Channel.Control,
  type: 'map',
  codec: 'control',
  limit: SMALL_MAP,
  link: 'main',
  recorded: false,
  event: false,
  since: 2,
} as const;
/** A viewer's wish: whatever link its events go by. */
const wish = { ...map, from: VIEWERS, to: ['relay'], link: 'quick', rate: 'control' } as const;
const toHost = { ...map, from: ['relay'], to: ['host'] } as const;
const toViewers = { ...map, from: ['relay'], to: VIEWERS } as const;
const hello = { ...map, to: ['relay'] } as const;

const input = {
  channel: Channel.Input,
  codec: 'input',
  limit: 512,
  from: HANDS,
  to: ['host'],
  needs: 'control',
  while: 'controls',
  link: 'quick',
  rate: 'input',
  recorded: true,
  event: true,
  since: 2,
} as const;
const overlay = {
  channel: Channel.Overlay,
  codec: 'overlay',
  limit: 2_048,
  from: ['technician', 'relay'],
  to: SPEAKERS,
  needs: 'draw',
  while: 'whiteboard',
  link: 'quick',
  rate: 'overlay',
  recorded: true,
  event: true,
  since: 2,
} as const;
const quickFigure = { limit: 64, link: 'quick', recorded: false, event: false, since: 2 } as const;
const chat = {
  channel: Channel.Chat,
  codec: 'chat',
  limit: 16_384,
  from: EVERYONE,
  to: EVERYONE,
  needs: 'chat',
  link: 'quick',
  rate: 'chat',
  recorded: true,
  since: 2,
} as const;

export const CATALOGUE = {
  // -- first on every link, and the answers ---------------------------------------------------------------
  'host-hello': { ...hello, from: ['host'] },
  'viewer-hello': { ...hello, from: VIEWERS },
  'lane-hello': { ...hello, from: VIEWERS, link: 'quick' },
  'link-hello': { ...hello, from: SPEAKERS, link: 'quick', since: 4 },
  'host-welcome': toHost,
  'viewer-welcome': toViewers,
  'lane-welcome': { ...toViewers, link: 'quick' },
  'link-welcome': { ...map, from: ['relay'], to: SPEAKERS, link: 'quick', since: 4 },
  refused: { ...map, from: ['relay'], to: SPEAKERS },
  capabilities: { ...map, from: ['relay'], to: SPEAKERS, since: 4 },
  consent: { ...map, from: ['host'], to: ['relay'], rate: 'control', since: 4 },

  // -- relay to host, and host to relay ---------------------------------------------------------------------
  'viewer-level': toHost,
  'viewer-left': toHost,
  refresh: toHost,
  received: { ...toHost, since: 3 },
  answer: { ...map, from: ['host'], to: ['relay'], since: 3 },
  'auto-state': { ...map, from: ['host', 'relay'], to: ['relay', ...VIEWERS], rate: 'auto' },

  // -- relay to viewers ---------------------------------------------------------------------------------------
  'host-state': { ...toViewers, recorded: true },
  participants: { ...map, limit: 16_384, from: ['relay'], to: SPEAKERS, recorded: true },
  'level-state': { ...toViewers, recorded: true },

  // -- viewers' wishes --------------------------------------------------------------------------------------
  'set-quality': wish,
  'set-control': { ...wish, needs: 'control' },
  'set-tool': wish,
  'set-recording': { ...wish, needs: 'record' },
  wishes: { ...wish, since: 3 },
  'set-name': { ...wish, since: 3 },
  'want-refresh': { ...wish, needs: 'view', link: 'main' },
  'lane-lost': { ...wish, link: 'main', since: 3 },

  // -- pictures, and what is done with them ------------------------------------------------------------------
  'display-slice': {
    channel: Channel.Display,
    type: 1,
    codec: 'slice',
    limit: 1_048_576,
    from: ['host', 'relay'],
    to: ['relay', ...VIEWERS],
    needs: 'view',
    link: 'main',
    recorded: true,
    event: false,
    since: 2,
  },
  'input-pointer': { ...input, type: 1 },
  'input-wheel': { ...input, type: 2 },
  'input-key': { ...input, type: 3 },
  'input-text': { ...input, type: 4 },
  'overlay-stroke': { ...overlay, type: 1 },
  'overlay-erase': { ...overlay, type: 2 },
  'overlay-laser': { ...overlay, type: 3, needs: 'point', while: 'laser' },
  'ack-frame': {
    ...quickFigure,
    channel: Channel.Ack,
    type: 1,
    codec: 'ack',
    from: VIEWERS,
    to: ['relay', 'host'],
    needs: 'view',
    link: 'main',
    rate: 'ack',
  },
  'ack-applied': {
    ...quickFigure,
    channel: Channel.Ack,
    type: 2,
    codec: 'ack',
    from: ['host'],
    to: ['relay', ...VIEWERS],
  },
  'clock-ping': {
    ...quickFigure,
    channel: Channel.Clock,
    type: 1,
    codec: 'clock',
    from: VIEWERS,
    to: ['relay', 'host'],
    rate: 'clock',
  },
  'clock-pong': {
    ...quickFigure,
    channel: Channel.Clock,
    type: 2,
    codec: 'clock',
    from: ['host'],
    to: ['relay', ...VIEWERS],
  },
  'clock-beat': {
    ...quickFigure,
    channel: Channel.Clock,
    type: 3,
    codec: 'beat',
    from: EVERYONE,
    to: EVERYONE,
    since: 3,
  },
  'chat-said': { ...chat, type: 1, event: true },
  'chat-earlier': { ...chat, type: 2, event: false },
} as const satisfies Record<string, MessageRow>;

export type MessageName = keyof typeof CATALOGUE;

type Rows = typeof CATALOGUE;
/** The messages that a party of role `R` may be sent. */
export type MessagesTo<R extends Role> = {
  [N in MessageName]: R extends Rows[N]['to'][number] ? N : never;
}[MessageName];
/** The messages that a party of role `R` may say. */
export type MessagesFrom<R extends Role> = {
  [N in MessageName]: R extends Rows[N]['from'][number] ? N : never;
}[MessageName];
/** The messages that a recording holds. */
export type RecordedMessage = {
  [N in MessageName]: true extends Rows[N]['recorded'] ? N : never;
}[MessageName];

/** A row as it is worked with: with its name, and its place, by which counters and buckets find it. */
export interface Message extends MessageRow {
  readonly name: MessageName;
  readonly index: number;
}

/** Every message, in the order of the catalogue. */
export const MESSAGES: readonly Message[] = Object.entries(CATALOGUE).map(([name, row], index) => ({
  ...(row as MessageRow),
  name: name as MessageName,
  index,
}));

const byName = new Map(MESSAGES.map((row) => [row.name, row]));

export function messageNamed(name: MessageName): Message {
  return byName.get(name)!;
}

/** `control` for channel 0, and so on: as labels of figures. */
export const CHANNEL_NAMES = Object.keys(Channel).map((name) => name.toLowerCase()) as Lowercase<
  keyof typeof Channel
>[];

const CHANNELS = Object.values(Channel);

/** Longest message of each channel in bytes, checked before anything else is read: that of its longest row. */
export const MESSAGE_LIMITS = Object.fromEntries(
  CHANNELS.map((channel) => [
    channel,
    Math.max(...MESSAGES.filter((row) => row.channel === channel).map((row) => row.limit)),
  ]),
) as Readonly<Record<Channel, number>>;

/** The longest message of all: what a transport may accept. */
export const MAX_MESSAGE_BYTES = Math.max(...Object.values(MESSAGE_LIMITS));

/** By channel and second byte. */
const byType = CHANNELS.map((channel) => {
  const rows: (Message | undefined)[] = [];
  for (const row of MESSAGES) {
    if (row.channel === channel && typeof row.type === 'number') rows[row.type] = row;
  }
  return rows;
});

/** The row of a message that is no control message, by its first two bytes; undefined when there is none. */
export function messageOfType(channel: number, type: number): Message | undefined {
  return byType[channel]?.[type];
}
