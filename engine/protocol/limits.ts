/** Versions, channels and size limits of the wire. `docs/PROTOCOL.md` is the specification. */

/** What this program speaks; said in the first message of every link. */
export const PROTOCOL_VERSION = 4;

/** The oldest version that is still understood, and answered in. */
export const OLDEST_VERSION = 2;

/** The version that brought links for further purposes, and told parties what they may do. */
export const CAPABILITIES_SINCE = 4;

/** The version that brought `wishes`. */
export const WISHES_SINCE = 3;

/** The first byte of every message. */
export const Channel = {
  Control: 0,
  Display: 1,
  Input: 2,
  Overlay: 3,
  Ack: 4,
  Clock: 5,
  Chat: 6,
} as const;
export type Channel = (typeof Channel)[keyof typeof Channel];

/** Whiteboard and laser coordinates are in quarters of a pixel, so that strokes stay smooth. */
export const OVERLAY_SUBPIXELS = 4;

/** Authors of drawings are told apart by so many colours. */
export const AUTHOR_COLOURS = 8;

/**
 * Which of the colours a viewer's drawings and laser have: it follows from its number, so that host, viewers and
 * recordings agree without a word. The relay gives out numbers so that those who are there differ.
 */
export function authorColour(viewer: number): number {
  return (viewer + AUTHOR_COLOURS - 1) % AUTHOR_COLOURS;
}

/** Viewer id 0 stands for "everybody" or "nobody", as each field says. */
export const NO_VIEWER = 0;

/** Numbers from here on are no viewer's: a slice is for the group of viewers that an `answer` message has named. */
export const FIRST_GROUP = 0x80000000;

/** Most viewers of a session: as many as one control message can list. */
export const MAX_PARTICIPANTS = 64;

/** Reasons for which the relay closes a link, as WebSocket close codes. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  Malformed: 4400,
  Unauthorised: 4401,
  NotFound: 4404,
  Timeout: 4408,
  Conflict: 4409,
  TooLarge: 4413,
  UnsupportedVersion: 4426,
  TooMany: 4429,
  /** The session has ended; do not reconnect. */
  SessionEnded: 4410,
  /** The party accepts more than it reads: cut to protect the others. */
  TooSlow: 4508,
} as const;

/** `session-ended` for 4410, and so on; the number where it has no name. */
export function closeCodeName(code: number): string {
  const name = Object.entries(CloseCode).find(([, value]) => value === code)?.[0];
  return name === undefined ? String(code) : name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}
