/** Who comes into a room: what is known of it, and the party that it becomes. */
import { AckWindow, RELAY_WINDOW } from '../flow/index.js';
import {
  agreedVersion,
  type Capability,
  type Channel,
  type Control,
  encodeControl,
  hasFeature,
  messageNamed,
  type Spoken,
} from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import { Buckets } from './buckets.js';
import { Feed } from './feed.js';
import { refusalOf } from './gate.js';
import { InputPace } from './input-pace.js';
import { levelFor } from './levels.js';
import { HostParty, type PartyOptions, type PartyRole } from './party.js';
import type { Post, PostContext } from './post.js';
import type { KeptSeat } from './seats.js';
import { hashOf } from './secrets.js';
import { TokenBucket } from './token-bucket.js';
import { RoomViewer } from './viewer.js';

const MOVE = messageNamed('input-pointer');

/** What somebody may come in with, as its ticket says, and what it says of itself. */
export type Claims = HostClaims | ViewerClaims;

export interface HostClaims {
  readonly role: 'host';
  readonly capabilities: ReadonlySet<Capability>;
  readonly hello: Control<'host-hello'>;
  /** The room was open before. */
  readonly resumed: boolean;
}

export interface ViewerClaims {
  readonly role: Exclude<PartyRole, 'host'>;
  readonly capabilities: ReadonlySet<Capability>;
  readonly hello: Control<'viewer-hello'>;
}

/** The hello of a party's further link. */
export type FurtherHello = Control<'lane-hello'> | Control<'link-hello'>;

/** What makes parties; `shut` is the room's set. */
export interface EntranceParts {
  readonly context: PostContext;
  readonly post: Post;
  readonly shut: ReadonlySet<Channel>;
}

/** A further link as both of its hellos ask for it: party 0 is the host. */
export function furtherLink(hello: FurtherHello) {
  return hello.type === 'lane-hello'
    ? ({ party: hello.viewer, key: hello.laneKey, purpose: 'quick', number: hello.lane ?? 0 } as const)
    : ({ party: hello.party, key: hello.key, purpose: hello.purpose, number: hello.number } as const);
}

/** A host that has shown its right. */
export function makeHost(parts: EntranceParts, claims: HostClaims, main: Link, linkKey: string): HostParty {
  return new HostParty(partyOf(parts, 0, claims, main, linkKey));
}

/** A viewer, with its place in the fan-out; `seat` is the one that was kept for it. */
export function makeViewer(
  parts: EntranceParts,
  id: number,
  claims: ViewerClaims,
  main: Link,
  keys: { readonly link: string; readonly resume: string },
  seat: KeptSeat | undefined,
): RoomViewer {
  const { clock, counters, limits } = parts.context;
  const { post } = parts;
  const { quality } = claims.hello;
  const party = partyOf(parts, id, { ...claims, ...kept(seat) }, main, keys.link);
  const now = clock.now();
  const feed = new Feed(
    levelFor(quality),
    new AckWindow(RELAY_WINDOW),
    new TokenBucket(limits.refreshRate, now),
    {
      now: () => clock.now(),
      after: (delay, run) => clock.after(delay, run),
      cut: () => {
        counters.cuts++;
      },
      overdue: () => {
        counters.overdueRefreshes++;
      },
      askRefresh: (base, again) => {
        counters.refreshes++;
        if (again) counters.repeatedRefreshes++;
        const asked = { type: 'refresh', viewer: id, level: feed.level, base } as const;
        post.toHost(encodeControl(again ? { ...asked, again } : asked));
      },
    },
  );
  // Until it is known that it may see, it is shown nothing.
  feed.shut();
  const input = new InputPace(id, party.buckets.of('input', now), clock, counters, {
    mayAct: () => refusalOf(viewer, MOVE) === undefined,
    toHost: (message) => {
      post.toHost(message);
      return post.host !== undefined;
    },
  });
  // Its welcome, and the new key in it, may be lost with the link.
  const { resumeKey } = claims.hello;
  const shown = seat === undefined || resumeKey === undefined ? [] : [hashOf(resumeKey)];
  const resumeHashes = [hashOf(keys.resume), ...shown];
  const viewer: RoomViewer = new RoomViewer({ ...party, quality, resumeHashes, feed, input });
  return viewer;
}

function kept(seat: KeptSeat | undefined): Partial<Pick<PartyOptions, 'role' | 'capabilities'>> {
  return seat === undefined ? {} : { role: seat.role, capabilities: seat.given };
}

function partyOf(
  { context, shut }: EntranceParts,
  id: number,
  claims: { role: PartyRole; capabilities: ReadonlySet<Capability>; hello: Spoken & { name: string } },
  main: Link,
  linkKey: string,
): PartyOptions {
  const { role, capabilities, hello } = claims;
  return {
    id,
    role,
    name: hello.name,
    version: versionOf(hello),
    skipsUnknown: hasFeature(hello, 'skip-unknown'),
    capabilities,
    shut,
    main,
    linkKeyHash: hashOf(linkKey),
    buckets: new Buckets(context.limits.rates),
  };
}

/** The version that is spoken with whom this hello is of: whoever lets links in has found that there is one. */
export function versionOf(hello: Spoken): number {
  return agreedVersion(hello)!;
}
