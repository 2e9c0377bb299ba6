/**
 * The chat's log: what was said, and what happened around it, in the order in which this page learnt of it. Pure: no
 * DOM, no clock.
 */
import type { ChatEntry } from '../../../engine/chat/index.js';
import type { ViewerState } from '../../../engine/viewer/index.js';
import type { Say } from '../messages.js';

/** Things that happen, by their key in the catalogue; `name` is who did it, where somebody did. */
export type ChatEvent =
  | { readonly what: PersonEvent; readonly name: string }
  | {
      readonly what:
        | 'say.link.open'
        | 'say.link.lost'
        | 'say.host.away'
        | 'say.host.present'
        | 'say.host.ended';
    };

type PersonEvent =
  | 'chat.joined'
  | 'chat.left'
  | 'chat.controls'
  | 'chat.controls.not'
  | 'chat.records'
  | 'chat.records.not';

/** `at`: when, milliseconds since 1970 by this machine's clock. `key` is the line's own for good. */
export type ChatLine = { readonly key: string; readonly at: number } & (
  | { readonly kind: 'said'; readonly entry: ChatEntry }
  | { readonly kind: 'event'; readonly event: ChatEvent }
);

export interface ChatState {
  readonly open: boolean;
  /** Whether the page itself is seen: a browser has many. */
  readonly pageSeen: boolean;
  readonly lines: readonly ChatLine[];
  /** What others have said since the chat was seen last. */
  readonly unread: number;
  /** Events so far: they number the next. */
  readonly events: number;
}

export const NO_CHAT: ChatState = { open: false, pageSeen: true, lines: [], unread: 0, events: 0 };

/** Lines that are kept; the oldest go first. */
const MAX_LINES = 500;

/** The chat after something was said, or its state has changed. */
export function heard(chat: ChatState, entry: ChatEntry, now: number): ChatState {
  // What was said before we came is told by the relay's clock, which may be ahead of ours.
  const at = entry.earlier && entry.sentAt > 0 ? Math.min(now, entry.sentAt / 1000) : now;
  const line: ChatLine = { key: `said ${entry.id}`, at, kind: 'said', entry };
  const others = chat.lines.filter(({ key }) => key !== line.key);
  const isNew = others.length === chat.lines.length;
  const counts = isNew && !isSeen(chat) && !entry.own && !entry.earlier;
  return { ...chat, lines: withLine(others, line), unread: chat.unread + (counts ? 1 : 0) };
}

/** The chat after it, or the page, was opened or left. */
export function shown(chat: ChatState, change: Partial<Pick<ChatState, 'open' | 'pageSeen'>>): ChatState {
  const next = { ...chat, ...change };
  return isSeen(next) ? { ...next, unread: 0 } : next;
}

/** The chat after the session has changed. */
export function afterViewer(
  chat: ChatState,
  before: ViewerState,
  after: ViewerState,
  now: number,
): ChatState {
  let { lines, events } = chat;
  for (const event of eventsBetween(before, after)) {
    lines = withLine(lines, { key: `event ${++events}`, at: now, kind: 'event', event });
  }
  return events === chat.events ? chat : { ...chat, lines, events };
}

/** What happened from one state of the session to the next. */
export function eventsBetween(before: ViewerState, after: ViewerState): ChatEvent[] {
  return [...connectionEvents(before, after), ...peopleEvents(before, after)];
}

/** Who wrote it, in words. */
export function authorOf(say: Say, viewer: ViewerState, { own, name, viewer: author }: ChatEntry): string {
  if (own) return say('chat.you');
  if (name !== '') return name;
  return author === 0 && viewer.hostName !== '' ? viewer.hostName : say('chat.nobody');
}

export function eventInWords(say: Say, event: ChatEvent): string {
  return 'name' in event ? say(event.what, { name: event.name }) : say(event.what);
}

function isSeen({ open, pageSeen }: ChatState): boolean {
  return open && pageSeen;
}

function connectionEvents(before: ViewerState, after: ViewerState): ChatEvent[] {
  const wasJoined = before.connection.kind === 'joined';
  const isJoined = after.connection.kind === 'joined';
  const events: ChatEvent[] = [];
  if (isJoined && !wasJoined) events.push({ what: 'say.link.open' });
  if (wasJoined && !isJoined && after.connection.kind !== 'ended' && after.connection.kind !== 'idle') {
    events.push({ what: 'say.link.lost' });
  }
  if (after.host === before.host || after.host === 'unknown') return events;
  if (after.host !== 'present') events.push({ what: `say.host.${after.host}` });
  else if (before.host === 'away') events.push({ what: 'say.host.present' });
  return events;
}

function peopleEvents(before: ViewerState, after: ViewerState): ChatEvent[] {
  // The first list of a connection tells who is here, not who has come.
  if (before.participants.length === 0 || after.participants.length === 0) return [];
  const was = new Map(before.participants.map((one) => [one.viewer, one]));
  const is = new Map(after.participants.map((one) => [one.viewer, one]));
  const nameOf = (viewer: number) => (is.get(viewer) ?? was.get(viewer))?.name ?? '';
  const events: ChatEvent[] = [];
  for (const { viewer, name } of was.values()) if (!is.has(viewer)) events.push({ what: 'chat.left', name });
  for (const { viewer, name, recording } of is.values()) {
    const known = was.get(viewer);
    if (known === undefined) events.push({ what: 'chat.joined', name });
    else if (known.recording !== recording) {
      events.push({ what: recording ? 'chat.records' : 'chat.records.not', name });
    }
  }
  if (before.controller === after.controller) return events;
  if (after.controller !== 0) events.push({ what: 'chat.controls', name: nameOf(after.controller) });
  else if (is.has(before.controller)) {
    events.push({ what: 'chat.controls.not', name: nameOf(before.controller) });
  }
  return events;
}

/** By time; what is under way stands at the end. */
function withLine(lines: readonly ChatLine[], line: ChatLine): readonly ChatLine[] {
  const place = placeOf(line);
  const at = lines.findLastIndex((other) => placeOf(other) <= place) + 1;
  return lines.toSpliced(at, 0, line).slice(-MAX_LINES);
}

function placeOf(line: ChatLine): number {
  return line.kind === 'said' && line.entry.state === 'sending' ? Number.POSITIVE_INFINITY : line.at;
}
