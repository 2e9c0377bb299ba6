/** What a host session is made of, and what it tells. */
import type { ColourLevel, Picture, SightlineError, StreamLevel } from '../../codecs/index.js';
import type { ChatEntry } from '../chat/index.js';
import type { Clock, Micros } from '../clock.js';
import type { FrameSource, PipelineStats, StartCoderThreads } from '../display/index.js';
import type { AutoDecision, AutoRecord } from '../flow/index.js';
import type { HostTrace } from '../trace.js';
import type { Dial } from '../transport/link.js';
import type { HeartbeatTimes } from '../transport/live-link.js';
import type { Unreached } from '../transport/reconnect.js';
import type { AutoControl } from './auto-level.js';

export type HostState =
  | Unreached
  /** `quiet`: nothing has come from the relay for some seconds. */
  | {
      readonly kind: 'connected';
      readonly session: string;
      readonly resumed: boolean;
      readonly link: 'alive' | 'quiet';
    };

/** A frame as it is committed, before anything of it is coded. */
export interface CommittedFrame {
  readonly frame: number;
  readonly drawnAt: Micros;
  /** Nothing is new: the auto stream's viewers get more of the picture that was committed before. */
  readonly again: boolean;
  /** What a viewer of `level` will hold: valid during the call. */
  picture(level: ColourLevel): Picture;
}

export interface HostSessionOptions {
  readonly source: FrameSource;
  readonly dial: Dial;
  readonly clock: Clock;
  /** In the viewers' address: 22 to 64 characters of base64url. */
  readonly token: string;
  /** Known to this host alone; resumes the session. The same form. */
  readonly key: string;
  readonly name: string;
  /** The relay's own secret, where it asks hosts for one. */
  readonly secret?: string;
  /** Opens the room `token` in the place of a secret; used once, with the first hello. */
  readonly ticket?: string;
  /** Threads that help to code; 0: none. In Node one less than the machine's cores, at most 3, unless told; in a page none. */
  readonly threads?: number;
  /** Starts them. Needed in a page, where there are any; piscina's in Node unless given. */
  readonly startThreads?: StartCoderThreads;
  /** Most frames captured in a second; no limit unless told. */
  readonly maxFps?: number;
  /** Captures a frame only when every level in use can take it, so that none is left out. */
  readonly everyFrame?: boolean;
  /** Viewers that must be there before the source is started, 1 unless told; 0: it plays to nobody, too. */
  readonly waitForViewers?: number;
  /** Decides how the auto stream is coded; the engine's own controller unless given. */
  readonly autoControl?: () => AutoControl;
  /** The compiled kernels, or what loads them. Needed in a page; loaded from the build in Node unless given. */
  readonly module?: WebAssembly.Module | (() => Promise<WebAssembly.Module>);
  /** Spreads reconnects, 0 to 1; `Math.random` unless given. */
  readonly random?: () => number;
  /** When the link is taken for quiet or dead; `HEARTBEAT` unless given. The relay's must be of the same order. */
  readonly heartbeat?: HeartbeatTimes;
  readonly onState?: (state: HostState) => void;
  readonly onFrame?: (frame: CommittedFrame) => void;
  /** The way of each packet and event through this host, for measurements. */
  readonly onTrace?: (trace: HostTrace) => void;
  /** What the auto stream's controller decided and learnt, as it does: a log that can be replayed. */
  readonly onAutoRecord?: (record: AutoRecord) => void;
  /** The source has no more frames, and every viewer has what there was. */
  readonly onEnded?: () => void;
  /** Somebody has said something, this host included, or what it said was delivered or was not. */
  readonly onChat?: (entry: ChatEntry) => void;
  /** Something from the relay or the source was not as it must be. The session goes on. */
  readonly onFault?: (error: SightlineError) => void;
}

/** One stream's flow. */
export interface LevelFlow {
  readonly level: StreamLevel;
  readonly viewers: number;
  readonly inFlight: number;
  readonly bytesInFlight: number;
  /** Bytes per second that the fastest viewer's link has shown. */
  readonly rate: number;
  readonly delay: Micros;
}

/** What the feeder counts (feeder.ts). */
export interface FeederStats {
  readonly frame: number;
  readonly viewers: number;
  readonly captures: number;
  /** Captures in which nothing had changed. */
  readonly emptyCaptures: number;
  /** Time in the source's `capture`, microseconds in all. */
  readonly capture: Micros;
  /** Answers to viewers who asked to be brought up to date; of these whole pictures, and what several viewers shared. */
  readonly refreshes: number;
  readonly wholePictures: number;
  readonly sharedPictures: number;
  /** Answers that could not be coded or sent to their end. */
  readonly failedRefreshes: number;
  /** Answers under way now, and bytes of theirs that are coded and have not come to the relay. */
  readonly refreshing: number;
  readonly refreshBytes: number;
  readonly flow: readonly LevelFlow[];
  /** Undefined before the start. */
  readonly pipeline: PipelineStats | undefined;
  /** The newest decision on the auto stream; undefined while nobody watches it. */
  readonly auto: AutoDecision | undefined;
}

export interface HostStats extends FeederStats {
  readonly inputs: number;
  readonly overlays: number;
  /** What technicians have said. */
  readonly chats: number;
  /** What the customer or the relay does not allow. */
  readonly refused: number;
  /** Messages of kinds that this host does not know, from a relay that was told so. */
  readonly unknown: number;
  readonly faults: number;
  readonly reconnects: number;
}
