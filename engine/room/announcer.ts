/** What a room says to its parties about each other. */
import { type Capability, type Control, encodeControl } from '../protocol/index.js';
import type { Chat } from './chat.js';
import { capabilitiesLeft } from './gate.js';
import type { Overlays } from './overlays.js';
import type { HostParty } from './party.js';
import type { Post } from './post.js';
import type { Roster } from './roster.js';
import type { SizeNews } from './size-news.js';
import type { HostPresence } from './state.js';
import type { RoomViewer } from './viewer.js';

export interface AnnouncerParts {
  readonly post: Post;
  readonly roster: Roster;
  readonly chat: Chat;
  readonly overlays: Overlays;
  readonly size: SizeNews;
}

export class Announcer {
  /** What the host is called, also while it is away, and whether it is quiet. */
  hostName = '';
  hostIsQuiet = false;
  readonly #parts: AnnouncerParts;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  hostState(state: HostPresence): Control<'host-state'> {
    const { width, height } = this.#parts.size;
    const quiet = this.hostIsQuiet ? { quiet: true } : {};
    return { type: 'host-state', state, name: this.hostName, width, height, ...quiet };
  }

  /** @param since Only those who know that version are told. */
  tellHostState(state: HostPresence, since?: number): void {
    this.#parts.post.toViewers(encodeControl(this.hostState(state)), since);
  }

  tellParticipants(): void {
    const message = encodeControl(this.#parts.roster.participants());
    this.#parts.post.toHost(message);
    this.#parts.post.toViewers(message);
  }

  /** Tells the host which level a viewer watches; who is shown nothing has left, to it. */
  tellLevel(viewer: RoomViewer): void {
    if (!viewer.isShown) return;
    const { level } = viewer.feed;
    const message = { type: 'viewer-level', viewer: viewer.id, level, name: viewer.name } as const;
    this.#parts.post.toHost(encodeControl(message));
  }

  /** Tells the host that a viewer has left. */
  tellLeft(viewer: RoomViewer): void {
    this.#parts.post.toHost(encodeControl({ type: 'viewer-left', viewer: viewer.id }));
  }

  /** What was said before the viewer came, or while it was away. */
  tellChat(viewer: RoomViewer): void {
    const { chat, post } = this.#parts;
    viewer.caughtUp = true;
    for (const message of chat.history) post.send(viewer.linkFor('quick'), message, viewer);
  }

  /** What is drawn, once more: with a link that is lost an erasure may be lost. */
  tellOverlays(viewer: RoomViewer): void {
    const { overlays, post } = this.#parts;
    viewer.positions?.close();
    for (const message of overlays.anew(viewer.id)) post.send(viewer.linkFor('quick'), message, viewer);
  }

  /** What a party may do, as things stand. */
  tellCapabilities(party: HostParty | RoomViewer): void {
    const list: Capability[] = [...capabilitiesLeft(party.capabilities, party.shut)];
    this.#parts.post.say(party, { type: 'capabilities', list });
  }
}
