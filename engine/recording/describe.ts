/** What a recording holds, in figures: JSON-able. */
import { type QualityName, STREAM_NAMES } from '../../codecs/index.js';
import {
  BlockType,
  hashBytes,
  type NewHash,
  type Recording,
  type RecordingMetadata,
} from '../../codecs/recording/index.js';
import { Displays } from './displays.js';
import { type Attendance, History, type Marker, type TimedNotice } from './history.js';

/** Names of `EndReason`, indexed by its value. */
export const END_REASON_NAMES = ['stopped', 'too-slow', 'limit', 'failed', 'recovered'] as const;

export interface TrackDescription {
  readonly track: number;
  readonly kind: string;
  readonly messages: number;
  readonly bytes: number;
  /** Times of its first and last message, microseconds. */
  readonly first: number;
  readonly last: number;
}

export interface RecordingDescription {
  readonly metadata: RecordingMetadata;
  /** Bytes of the file. */
  readonly size: number;
  /** SHA-256 by which any later change can be found; undefined when it was not ended. `verify` checks it. */
  readonly fingerprint?: string;
  /** Ended properly, with index and footer. */
  readonly complete: boolean;
  readonly endReason: (typeof END_REASON_NAMES)[number] | 'unfinished';
  /** Microseconds. */
  readonly duration: number;
  readonly blocks: number;
  /** Places where blocks are damaged or missing: `verify` tells more. */
  readonly damaged: number;
  readonly checkpoints: number;
  readonly frames: number;
  /** Frames that cover the whole picture. */
  readonly wholeFrames: number;
  readonly framesPerSecond: number;
  readonly kilobitsPerSecond: number;
  readonly levels: readonly QualityName[];
  readonly sizes: readonly string[];
  readonly tracks: readonly TrackDescription[];
  /** Who was there, from when, until when; the first 1000. */
  readonly attendance: readonly Attendance[];
  /** What was told and agreed, with times; the first 1000. */
  readonly notices: readonly TimedNotice[];
  /** What people marked, in the order of the file; the first 1000. */
  readonly markers: readonly Marker[];
}

export async function inspectRecording(
  recording: Recording,
  newHash?: NewHash,
): Promise<RecordingDescription> {
  const { metadata, duration, source, footer } = recording;
  const displays = new Displays(recording.displays, undefined);
  const history = new History();
  const tracks = new Map<number, { messages: number; bytes: number; first: number; last: number }>();
  const levels = new Set<QualityName>();
  const sizes = new Set<string>();
  // The metadata is a block, too.
  let blocks = 1;
  let damaged = 0;
  let frames = 0;
  let wholeFrames = 0;
  const onDamage = () => {
    damaged++;
  };
  for await (const block of recording.blocks({ onDamage })) {
    blocks++;
    if (block.type !== BlockType.Message) continue;
    const track = tracks.get(block.track) ?? { messages: 0, bytes: 0, first: block.time, last: 0 };
    track.messages++;
    track.bytes += block.length;
    track.last = block.time;
    tracks.set(block.track, track);
    history.take(block);
    const frame = displays.of(block.track)?.frames.push(block.payload);
    if (frame === undefined) continue;
    frames++;
    if (frame.base === 0) wholeFrames++;
    levels.add(STREAM_NAMES[frame.level]);
    sizes.add(`${frame.width}x${frame.height}`);
  }
  const seconds = duration / 1e6;
  const kindOf = new Map(metadata.tracks.map(({ track, kind }) => [track, kind]));
  return {
    metadata,
    size: source.size,
    ...(footer === undefined
      ? {}
      : { fingerprint: await hashBytes(source, footer.seal, source.size, newHash) }),
    complete: recording.complete,
    endReason: footer === undefined ? 'unfinished' : (END_REASON_NAMES[footer.reason] ?? 'failed'),
    duration,
    blocks,
    damaged,
    checkpoints: recording.checkpoints.length,
    frames,
    wholeFrames,
    framesPerSecond: seconds > 0 ? frames / seconds : 0,
    kilobitsPerSecond: seconds > 0 ? (source.size * 8) / 1000 / seconds : 0,
    levels: [...levels],
    sizes: [...sizes],
    tracks: [...tracks]
      .sort(([a], [b]) => a - b)
      .map(([track, figures]) => ({ track, kind: kindOf.get(track) ?? 'unknown', ...figures })),
    attendance: history.attendance,
    notices: history.notices,
    markers: history.markers,
  };
}
