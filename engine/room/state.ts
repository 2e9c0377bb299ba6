/** What the relay shows of itself: for /healthz, /metrics, tests. Holds no token and no key. */
import type { QualityName, StreamLevel } from '../../codecs/index.js';
import type { Tool } from '../protocol/index.js';

export type HostPresence = 'present' | 'away' | 'ended';

export interface ViewerState {
  readonly viewer: number;
  readonly name: string;
  readonly quality: QualityName;
  readonly level: StreamLevel;
  readonly tool: Tool;
  readonly recording: boolean;
  /** Whether it is sent pictures. */
  readonly watching: boolean;
  /** The newest revision of its wishes that was acted on. */
  readonly wishes: number;
  /** Whether its second link is there. */
  readonly lane: boolean;
  /** In the fan-out. */
  readonly live: boolean;
  /** The host was asked to bring it up to date and has not finished. */
  readonly refreshing: boolean;
  /** How often the host had to be asked again. */
  readonly repeats: number;
  /** The last frame that it was sent whole; 0: none that counts. */
  readonly holds: number;
  readonly inFlight: number;
  readonly bytesInFlight: number;
  readonly bufferedBytes: number;
}

export interface SessionState {
  readonly name: string;
  readonly host: 'present' | 'away';
  readonly hostBufferedBytes: number;
  readonly controller: number;
  /** Who waits for the control, the next one first. */
  readonly waiting: readonly number[];
  readonly strokeBytes: number;
  readonly chatBytes: number;
  readonly viewers: readonly ViewerState[];
}

export interface RelayState {
  readonly sessions: readonly SessionState[];
  /** Links that have not said hello yet. */
  readonly pendingLinks: number;
}
