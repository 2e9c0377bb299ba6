/** A viewer as its room sees it: its wishes, its place in the fan-out, and what it does to the host. */
import type { QualityName } from '../../codecs/index.js';
import type { Condition, Participant, Tool } from '../protocol/index.js';
import type { Thinner } from '../transport/thinner.js';
import type { Feed } from './feed.js';
import { FrameCheck } from './frame-check.js';
import type { Refusal } from './gate.js';
import type { InputPace } from './input-pace.js';
import { Party, type PartyOptions } from './party.js';
import { matchesAny } from './secrets.js';
import type { ViewerState } from './state.js';

export interface RoomViewerOptions extends PartyOptions {
  readonly quality: QualityName;
  /** Of the keys with which it can come back. */
  readonly resumeHashes: readonly Buffer[];
  readonly feed: Feed;
  readonly input: InputPace;
}

export class RoomViewer extends Party {
  /** The newest key's first; with it the one that the viewer came back with, until it is known to have the new one. */
  resumeHashes: readonly Buffer[];
  readonly feed: Feed;
  /** What the host addresses to this viewer. */
  readonly addressed = new FrameCheck();
  readonly input: InputPace;
  /** What others do, on its way to this viewer. */
  positions: Thinner | undefined;
  quality: QualityName;
  tool: Tool = 'none';
  /** Whether the control is its own: the roster says so. */
  controls = false;
  recording = false;
  /** Whether it wants pictures, and whether it is sent them. */
  watching = true;
  isShown = false;
  /** The newest of its wishes that was acted on. */
  wishes = 0;
  /** Whether it was told what had been said before it came. */
  caughtUp = false;

  constructor(options: RoomViewerOptions) {
    super(options);
    this.quality = options.quality;
    this.resumeHashes = options.resumeHashes;
    this.feed = options.feed;
    this.input = options.input;
  }

  /** Whether the key shows that who joins is this viewer again. */
  isResumedBy(key: string): boolean {
    return matchesAny(key, this.resumeHashes);
  }

  /** It has said something: its welcome has come. */
  heard(): void {
    if (this.resumeHashes.length > 1) this.resumeHashes = this.resumeHashes.slice(0, 1);
  }

  override hindrance(condition: Condition): Exclude<Refusal, 'rate'> | undefined {
    if (condition !== 'controls') return this.tool === condition ? undefined : 'tool-off';
    if (this.tool !== 'none') return 'tool-on';
    return this.controls ? undefined : 'not-controller';
  }

  override get bytesInFlight(): number {
    return this.feed.bytesInFlight;
  }

  /** It has nothing to do with the host any more. */
  stop(): void {
    this.feed.close();
    this.positions?.close();
    this.input.close();
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
      lane: this.links.quick !== undefined,
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
