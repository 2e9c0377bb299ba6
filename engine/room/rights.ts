/**
 * What each party may do: what it was given, as far as the host's customer consents, by channels that are open; and
 * what follows when that changes. Whoever may do something no longer stops doing it.
 */
import type { Capability, Channel, Tool } from '../protocol/index.js';
import type { Announcer } from './announcer.js';
import { capabilitiesLeft } from './gate.js';
import type { Overlays } from './overlays.js';
import type { HostParty, Party } from './party.js';
import type { Post } from './post.js';
import type { Roster } from './roster.js';
import type { RoomViewer } from './viewer.js';

export interface RightsParts {
  readonly post: Post;
  readonly roster: Roster;
  readonly overlays: Overlays;
  readonly announcer: Announcer;
  /** A viewer's recording ends, since it may not. */
  stopRecording(viewer: RoomViewer): void;
}

export class Rights {
  /** Channels by which nobody says anything now. */
  readonly shut = new Set<Channel>();
  readonly #parts: RightsParts;
  /** What each was told last. */
  readonly #told = new WeakMap<Party, string>();

  constructor(parts: RightsParts) {
    this.#parts = parts;
  }

  give(party: HostParty | RoomViewer, set: ReadonlySet<Capability>): void {
    party.given = set;
    this.settle();
  }

  /** The customer at the host consents to no more than that; undefined: to everything. */
  consent(host: HostParty, consent: ReadonlySet<Capability> | undefined): void {
    host.consent = consent;
    this.settle();
  }

  shutChannel(channel: Channel, isShut: boolean): void {
    if (this.shut.has(channel) === isShut) return;
    if (isShut) this.shut.add(channel);
    else this.shut.delete(channel);
    this.settle();
  }

  /** Works out anew what everybody may do: a host has come or gone, or its customer has said something. */
  settle(): void {
    const { post, roster } = this.#parts;
    if (post.host !== undefined) this.#settle(post.host);
    let isNews = false;
    for (const viewer of roster.all()) {
      this.#settle(viewer);
      isNews = this.#restrain(viewer) || isNews;
      this.show(viewer);
    }
    if (isNews) this.#parts.announcer.tellParticipants();
  }

  /** A viewer has come: it learns what it may do. */
  welcome(viewer: RoomViewer): void {
    this.#settle(viewer);
    this.show(viewer);
  }

  /** Whether a viewer is shown the host: both may, and the viewer wants it. Tells the host of a change. */
  show(viewer: RoomViewer): void {
    const { announcer, post, roster } = this.#parts;
    if (!roster.has(viewer)) return;
    const isShown = viewer.watching && this.#maySee(viewer);
    if (isShown === viewer.isShown) return;
    roster.show(viewer, isShown);
    if (isShown) {
      announcer.tellLevel(viewer);
      viewer.feed.open();
      return;
    }
    viewer.feed.shut();
    if (post.host !== undefined) announcer.tellLeft(viewer);
  }

  /** What a party may do as things stand. */
  of(party: Party): ReadonlySet<Capability> {
    return capabilitiesLeft(party.capabilities, this.shut);
  }

  #maySee(viewer: RoomViewer): boolean {
    const { host } = this.#parts.post;
    return this.of(viewer).has('view') && (host === undefined || this.of(host).has('view'));
  }

  /** Ends what the viewer may do no longer. Whether the others must be told. */
  #restrain(viewer: RoomViewer): boolean {
    const { overlays, roster, stopRecording } = this.#parts;
    const may = this.of(viewer);
    let isNews = false;
    if (!may.has('control')) {
      viewer.input.close();
      if (roster.wantsControl(viewer)) {
        roster.changeControl(viewer, false);
        isNews = true;
      }
    }
    if (!mayUse(viewer.tool, may)) {
      overlays.changeTool(viewer, 'none');
      isNews = true;
    }
    if (viewer.recording && !may.has('record')) {
      stopRecording(viewer);
      isNews = true;
    }
    return isNews;
  }

  /** Takes in what has changed for a party, and tells it. */
  #settle(party: HostParty | RoomViewer): void {
    const before = this.#told.get(party);
    const consent = this.#parts.post.host?.consent;
    party.capabilities =
      consent === undefined ? party.given : new Set([...party.given].filter((one) => consent.has(one)));
    const now = [...this.of(party)].join(' ');
    if (now === before) return;
    this.#told.set(party, now);
    this.#parts.announcer.tellCapabilities(party);
  }
}

/** Whether a tool may be taken up. */
export function mayUse(tool: Tool, may: ReadonlySet<Capability>): boolean {
  if (tool === 'none') return true;
  return may.has(tool === 'laser' ? 'point' : 'draw');
}
