/** The codecs that ours is measured beside. All are optional: what is not installed is missing, with the reason. */
import { SightlineError } from '../../../codecs/index.js';
import type { PeerFigures } from '../report.js';
import { FFMPEG_PEERS } from './ffmpeg-peers.js';
import type { Peer } from './peer.js';
import type { RawFrames } from './raw-frames.js';
import { VNC_PEERS } from './vnc-peers.js';

export { RawFrames } from './raw-frames.js';

const PEERS: readonly Peer[] = [...VNC_PEERS, ...FFMPEG_PEERS];
export const PEER_NAMES: readonly string[] = PEERS.map(({ name }) => name);

export interface PeersMeasured {
  readonly figures: Readonly<Record<string, PeerFigures>>;
  /** Why a peer has no figures, in words. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Measures the named peers one after the other. Throws the signal's reason only. */
export async function measurePeers(
  names: readonly string[],
  frames: RawFrames,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onPeer?: ((name: string) => void) | undefined;
  } = {},
): Promise<PeersMeasured> {
  const figures: Record<string, PeerFigures> = {};
  const missing: Record<string, string> = {};
  for (const { name, measure } of PEERS.filter((peer) => names.includes(peer.name))) {
    options.signal?.throwIfAborted();
    if (frames.fault !== undefined) {
      missing[name] = frames.fault;
      continue;
    }
    options.onPeer?.(name);
    try {
      figures[name] = await measure(frames, options.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof SightlineError)) throw error;
      missing[name] = error.message;
    }
  }
  return { figures, missing };
}
