/** A viewer as the relay sees it: two links, wishes, limits and its place in the fan-out. */
import type { QualityName } from '../../codecs/index.js';
import type { Micros } from '../clock.js';
import { withoutControls } from '../plain-text.js';
import type { Capability, Channel, Participant, RateName, Role, Tool } from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import type { Thinner } from '../transport/thinner.js';
import type { Buckets } from './buckets.js';
import type { Feed } from './feed.js';
import { FrameCheck } from './frame-check.js';
import { type GateParty, VIEWER_CAPABILITIES } from './gate.js';
import type { InputPace } from './input-pace.js';
import type { ViewerState } from './state.js';

const NOTHING: ReadonlySet<never> = new Set();

/** Longest name in UTF-16 units that is passed on: 64 participants then fit into one control message. */
const MAX_NAME_UNITS = 48;

export class RoomViewer implements GateParty {
  readonly id: number;
  #name: string;
  /** Of the protocol, as it said in its hello: what it knows. */
  readonly version: number;
  readonly laneKeyHash: Buffer;
  readonly resumeHash: Buffer;
  readonly main: Link;
  readonly feed: Feed;
  /** What the host addresses to this viewer. */
  readonly addressed = new FrameCheck();
  readonly input: InputPace;
  /** What others do, on its way to this viewer. */
  positions: Thinner | undefined;
  /** The second link, once it is there. */
  lane: Link | undefined;
  /** Which of the viewer's lanes that is, as the viewer counts them. */
  laneNumber = 0;
  quality: QualityName;
  tool: Tool = 'none';
  recording = false;
  /** Whether it is sent pictures. */
  watching = true;
  /** The newest of its wishes that was acted on. */
  wishes = 0;
  /** Whether it was told what had been said before it came. */
  caughtUp = false;

  readonly role: Role = 'technician';
  readonly capabilities: ReadonlySet<Capability> = VIEWER_CAPABILITIES;
  readonly shut: ReadonlySet<Channel> = NOTHING;
  /** Whether the control is its own: the roster says so. */
  controls = false;
  readonly #buckets: Buckets;

  constructor(options: {
    id: number;
    name: string;
    version: number;
    quality: QualityName;
    laneKeyHash: Buffer;
    resumeHash: Buffer;
    main: Link;
    feed: Feed;
    input: InputPace;
    buckets: Buckets;
  }) {
    this.id = options.id;
    this.#name = cleanName(options.name);
    this.version = options.version;
    this.quality = options.quality;
    this.laneKeyHash = options.laneKeyHash;
    this.resumeHash = options.resumeHash;
    this.main = options.main;
    this.feed = options.feed;
    this.input = options.input;
    this.#buckets = options.buckets;
  }

  takes(rate: RateName, now: Micros): boolean {
    return this.#buckets.take(rate, now);
  }

  /** What the others see. */
  get name(): string {
    return this.#name;
  }

  rename(name: string): void {
    this.#name = cleanName(name);
  }

  /** Where small messages go that must not wait behind display data. */
  get quick(): Link {
    return this.lane ?? this.main;
  }

  get bufferedBytes(): number {
    return this.main.bufferedBytes + (this.lane?.bufferedBytes ?? 0);
  }

  state(): ViewerState {
    const { feed } = this;
    return {
      viewer: this.id,
      name: this.name,
      quality: this.quality,
      level: feed.level,
      tool: this.tool,
      recording: this.recording,
      watching: this.watching,
      wishes: this.wishes,
      lane: this.lane !== undefined,
      live: feed.live,
      refreshing: feed.refreshing,
      repeats: feed.repeats,
      holds: feed.holds,
      inFlight: feed.inFlight,
      bytesInFlight: feed.bytesInFlight,
      bufferedBytes: this.bufferedBytes,
    };
  }

  toParticipant(): Participant {
    return {
      viewer: this.id,
      name: this.name,
      quality: this.quality,
      tool: this.tool,
      recording: this.recording,
      ...(this.watching ? {} : { watching: false }),
      ...(this.wishes === 0 ? {} : { wishes: this.wishes }),
    };
  }
}

/** A name as it is passed on: without what a terminal or a page could stumble over, and no character of it halved. */
export function cleanName(name: string): string {
  const cut = withoutControls(name).trim().slice(0, MAX_NAME_UNITS);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
