/** What a peer is: another codec, measured on the same frames at one thread. */
import type { PeerFigures } from '../report.js';
import type { RawFrames } from './raw-frames.js';

export interface Peer {
  readonly name: string;
  /** Throws `SightlineError` when it cannot be measured here: the sentence says why. */
  measure(frames: RawFrames, signal?: AbortSignal): Promise<PeerFigures>;
}
