/**
 * The control channel: who is here, who controls, what is wanted. One channel byte, then a MessagePack map
 * (plain maps, no record extension, so that any language can read it) with a `type`. Every message is checked
 * against its schema; unknown fields are dropped.
 */
import { Packr } from 'msgpackr';
import * as v from 'valibot';
import { checkPlainMessagePack, SightlineError } from '../../codecs/index.js';
import { channelOf } from './binary.js';
import { CAPABILITIES, MESSAGE_LIMITS } from './catalogue.js';
import { Channel, FIRST_GROUP, MAX_PARTICIPANTS } from './limits.js';

const u16 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));
const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
/** A stream: a colour level's, or 4, the auto stream. */
const level = v.picklist([0, 1, 2, 3, 4] as const);
/** What a person reads: a name, a reason. */
const label = v.pipe(v.string(), v.maxLength(120));
/** Random tokens and keys: base64url of 16 bytes or more. */
const token = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22,64}$/));
const quality = v.picklist(['very-low', 'low', 'medium', 'high', 'auto'] as const);
const tool = v.picklist(['none', 'whiteboard', 'laser'] as const);

/** Since version 4, and only optional keys: an older party skips them. Agreed on as in `agreement.ts`. */
const spoken = {
  oldest: v.optional(u32),
  features: v.optional(v.pipe(v.array(label), v.maxLength(16))),
};
/** What somebody may do; an unknown one, of a later version, is left out. */
const capabilities = v.pipe(
  v.array(label),
  v.maxLength(64),
  v.transform((list) => CAPABILITIES.filter((one) => list.includes(one))),
);

const participant = v.object({
  viewer: u32,
  name: label,
  quality,
  tool,
  recording: v.boolean(),
  /** Its place among those who wait for the control, from 1; absent: it does not wait. Since version 3. */
  waiting: v.optional(u32),
  /** Only false is said: the page is hidden, and gets no pictures. Since version 3. */
  watching: v.optional(v.boolean()),
  /** The newest revision of its `wishes` that was acted on. Since version 3. */
  wishes: v.optional(u32),
});

const messages = {
  // -- to the relay, first on every link ---------------------------------------------------------------
  /** A host opens the session `token`, or resumes it with the same `key` within the grace period. */
  'host-hello': v.object({
    type: v.literal('host-hello'),
    version: u32,
    token,
    key: token,
    name: label,
    width: u16,
    height: u16,
    /** The relay's own secret, where it asks hosts for one. */
    secret: v.optional(v.pipe(v.string(), v.maxLength(256))),
    /** For the room `token`; in the place of a secret. */
    ticket: v.optional(token),
    /** The last frame number of this host's stream, so that a resumed session goes on counting; 0 at first. */
    frame: u32,
    ...spoken,
  }),
  /** A viewer joins with the token of its address, or with a ticket for the room `token`. */
  'viewer-hello': v.object({
    type: v.literal('viewer-hello'),
    version: u32,
    token,
    ticket: v.optional(token),
    name: label,
    quality,
    /** Who it was and the key that shows it, when its links were lost; since version 3. */
    viewer: v.optional(u32),
    resumeKey: v.optional(token),
    ...spoken,
  }),
  /** A viewer's second link, for what must never wait: input, overlays, clock. */
  'lane-hello': v.object({
    type: v.literal('lane-hello'),
    version: u32,
    token,
    viewer: u32,
    laneKey: token,
    /** Counts the lanes of one join, since version 3: `lane-lost` names one. */
    lane: v.optional(u32),
  }),
  /** A party's further link, of any purpose. Since version 4. */
  'link-hello': v.object({
    type: v.literal('link-hello'),
    version: u32,
    token,
    /** The viewer's number; 0: the host. */
    party: u32,
    /** What the welcome gave it for this. */
    key: token,
    purpose: v.picklist(['quick', 'bulk'] as const),
    /** Counts the links of that purpose of one join: `lane-lost` names one. */
    number: u32,
    ...spoken,
  }),

  // -- from the relay, first on every link ---------------------------------------------------------------
  'host-welcome': v.object({
    type: v.literal('host-welcome'),
    version: u32,
    session: label,
    resumed: v.boolean(),
    /** The newest frame number of the session: a host goes on after it; since version 3. */
    frame: v.optional(u32),
    /** Opens the host's further links; since version 4. */
    linkKey: v.optional(token),
    ...spoken,
  }),
  'viewer-welcome': v.object({
    type: v.literal('viewer-welcome'),
    version: u32,
    session: label,
    viewer: u32,
    /** Opens this viewer's further links. */
    laneKey: token,
    /** Joins as the same viewer again after a loss; since version 3. */
    resumeKey: v.optional(token),
    ...spoken,
  }),
  'lane-welcome': v.object({ type: v.literal('lane-welcome'), version: u32 }),
  'link-welcome': v.object({
    type: v.literal('link-welcome'),
    version: u32,
    purpose: v.picklist(['quick', 'bulk'] as const),
    ...spoken,
  }),
  /** The relay closes the link after this; `retry` says whether trying again can help. */
  refused: v.object({
    type: v.literal('refused'),
    code: label,
    reason: v.pipe(v.string(), v.maxLength(400)),
    retry: v.boolean(),
  }),

  /** Relay to any party, after its welcome and at each change: what it may do here. Since version 4. */
  capabilities: v.object({ type: v.literal('capabilities'), list: capabilities }),
  /** Host to relay: what its customer consents to, of what the host was told it may do. Since version 4. */
  consent: v.object({ type: v.literal('consent'), list: capabilities }),

  // -- relay to host ---------------------------------------------------------------------------------------
  /** A viewer watches `level` from now on (it joined, or it changed). A `refresh` for it follows. */
  'viewer-level': v.object({ type: v.literal('viewer-level'), viewer: u32, level, name: label }),
  'viewer-left': v.object({ type: v.literal('viewer-left'), viewer: u32 }),
  /** Bring this viewer from `base` (0: nothing) to the newest frame of `level`. */
  refresh: v.object({
    type: v.literal('refresh'),
    viewer: u32,
    level,
    base: u32,
    /** The host was asked before, and need not begin anew if it is at it. */
    again: v.optional(v.boolean()),
  }),
  /** So many addressed slices of this link have come. */
  received: v.object({ type: v.literal('received'), slices: u32 }),

  // -- relay to viewers (and, where marked, to the host) -----------------------------------------------------
  'host-state': v.object({
    type: v.literal('host-state'),
    state: v.picklist(['present', 'away', 'ended'] as const),
    name: label,
    width: u16,
    height: u16,
    /** Nothing has come from the host for some seconds; since version 3. */
    quiet: v.optional(v.boolean()),
  }),
  /** Also to the host. Everyone in the session, and who controls (0: nobody). */
  participants: v.object({
    type: v.literal('participants'),
    controller: u32,
    list: v.pipe(v.array(participant), v.maxLength(MAX_PARTICIPANTS)),
  }),
  /** The colour level that a viewer's wish comes to. */
  'level-state': v.object({ type: v.literal('level-state'), level, quality }),

  /** Host to relay: slices with the number `group` in the place of a viewer's are for these viewers. */
  answer: v.object({
    type: v.literal('answer'),
    group: v.pipe(v.number(), v.integer(), v.minValue(FIRST_GROUP), v.maxValue(0xffffffff)),
    viewers: v.pipe(v.array(u32), v.minLength(1), v.maxLength(MAX_PARTICIPANTS)),
  }),
  /** Host to relay, and on to the viewers of the auto stream: how that is coded now. */
  'auto-state': v.object({
    type: v.literal('auto-state'),
    /** Of photographs and film, 1 to 100; 0: exact. */
    quality: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
    /** Colours left to text. */
    text: v.picklist([0, 1, 2, 3] as const),
    /** The controller's reason, a word. */
    reason: v.pipe(v.string(), v.regex(/^[a-z-]{1,24}$/)),
  }),

  // -- viewer to relay ---------------------------------------------------------------------------------------
  'set-quality': v.object({ type: v.literal('set-quality'), quality }),
  /** Asks for, or gives up, the control of the host. One viewer has it at a time. */
  'set-control': v.object({ type: v.literal('set-control'), wanted: v.boolean() }),
  /** While a tool is on, this viewer's input does not reach the host. */
  'set-tool': v.object({ type: v.literal('set-tool'), tool }),
  /** Says that this viewer records; everyone, the host first, is told. */
  'set-recording': v.object({ type: v.literal('set-recording'), active: v.boolean() }),
  /**
   * Everything that this viewer wishes for, as state: sent at each change, and again until `participants` shows it. Of
   * two, the higher revision counts, whichever came last. Since version 3.
   */
  wishes: v.object({
    type: v.literal('wishes'),
    revision: u32,
    name: label,
    quality,
    tool,
    /** To control the host, or to wait for that. */
    control: v.boolean(),
    /** Who gets the control that is given up; absent: who has waited longest. */
    to: v.optional(u32),
    recording: v.boolean(),
    /** False: send no pictures. */
    watching: v.boolean(),
  }),
  /** What the others see of this viewer from now on. From version 3 on. */
  'set-name': v.object({ type: v.literal('set-name'), name: label }),
  /** Wants the whole picture again: a recording starts, or a frame could not be applied. */
  'want-refresh': v.object({ type: v.literal('want-refresh') }),
  /** By the main link, since version 3: what still comes by that lane is late and does not count. */
  'lane-lost': v.object({ type: v.literal('lane-lost'), lane: u32 }),
};

type Schemas = typeof messages;
export type ControlType = keyof Schemas;
export type ControlMessage = { [T in ControlType]: v.InferOutput<Schemas[T]> }[ControlType];
/** The control message of one type. */
export type Control<T extends ControlType> = Extract<ControlMessage, { type: T }>;
/** The relay's answers to those. */
export type WelcomeType = 'host-welcome' | 'viewer-welcome' | 'lane-welcome' | 'link-welcome';
/** The first message of every link. */
export const HELLO_TYPES = ['host-hello', 'viewer-hello', 'lane-hello', 'link-hello'] as const;
export type HelloType = (typeof HELLO_TYPES)[number];

/** Whether a message is one that a link begins with. */
export function isHello(message: { readonly type: string }): message is Control<HelloType> {
  return (HELLO_TYPES as readonly string[]).includes(message.type);
}
export type Participant = v.InferOutput<typeof participant>;
export type Tool = v.InferOutput<typeof tool>;

const packr = new Packr({ useRecords: false, mapsAsObjects: true, variableMapSize: true });

export function encodeControl(message: ControlMessage): Uint8Array {
  const packed = packr.pack(message);
  const bytes = new Uint8Array(packed.length + 1);
  bytes[0] = Channel.Control;
  bytes.set(packed, 1);
  if (bytes.length > MESSAGE_LIMITS[Channel.Control]) {
    throw new SightlineError('too-large', `A ${message.type} message has ${bytes.length} bytes.`, {
      field: message.type,
    });
  }
  return bytes;
}

/** Throws `SightlineError`: not on the control channel, not MessagePack, unknown type, or a field that is wrong. */
export function decodeControl(message: Uint8Array): ControlMessage {
  if (channelOf(message) !== Channel.Control) {
    throw new SightlineError('bad-message', 'Not a control message.', { offset: 0, field: 'channel' });
  }
  checkPlainMessagePack(message, 1);
  let value: unknown;
  try {
    value = packr.unpack(message.subarray(1));
  } catch (cause) {
    throw new SightlineError('bad-message', 'A control message is not MessagePack.', { offset: 1, cause });
  }
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(messages, type)) {
    throw new SightlineError('unknown-type', `Control type ${String(type).slice(0, 40)} is unknown.`, {
      offset: 1,
      field: 'type',
    });
  }
  const result = v.safeParse(messages[type as ControlType], value);
  if (!result.success) {
    const issue = result.issues[0];
    const field = v.getDotPath(issue) ?? 'type';
    throw new SightlineError('bad-message', `${type}.${field}: ${issue.message}`, { field });
  }
  return result.output;
}
