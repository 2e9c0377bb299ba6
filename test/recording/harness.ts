/** Records scenarios into memory, and plays them back. */
import { FrameDecoder } from '../../codecs/index.js';
import {
  bytesSource,
  openRecording,
  type Recording,
  type RecordingMetadata,
} from '../../codecs/recording/index.js';
import {
  MemorySink,
  type PlayedMessage,
  Recorder,
  type RecorderOptions,
  RecordingPlayer,
  type RecordingSummary,
} from '../../engine/recording/index.js';
import { FakeClock } from '../support/clock.js';
import { hashOf, kernelModule, type Scenario, type TimedMessage, type Truth } from './scenario.js';

export const METADATA = {
  session: 'Printer trouble',
  host: 'Reception',
  program: 'sightline 0.1.0',
  startedAt: 1_700_000_000_000,
};

/** The same, as a writer without a recorder takes it. */
export const WRITER_METADATA: RecordingMetadata = {
  ...METADATA,
  width: 8,
  height: 8,
  level: 3,
  participants: [],
  tracks: [],
};

/** A sink in memory, a virtual clock and a recorder between them. */
export function makeRecorder(options: Partial<RecorderOptions> = {}) {
  const clock = new FakeClock();
  const sink = new MemorySink();
  const recorder = new Recorder({ sink, clock, metadata: METADATA, ...options });
  return { clock, sink, recorder };
}

/** Feeds the messages at their times. */
export async function feed(
  recorder: Recorder,
  clock: FakeClock,
  messages: readonly TimedMessage[],
): Promise<void> {
  for (const { at, message } of messages) {
    if (at > clock.now()) await clock.advance(at - clock.now());
    recorder.message(message, at);
  }
}

export async function record(
  scenario: Scenario,
  options: Partial<RecorderOptions> = {},
): Promise<{ bytes: Uint8Array; summary: RecordingSummary }> {
  const { clock, sink, recorder } = makeRecorder(options);
  await feed(recorder, clock, scenario.messages);
  const summary = await recorder.stop();
  return { bytes: sink.toBytes(), summary };
}

export interface PlayedBack {
  readonly recording: Recording;
  readonly frames: Truth[];
  readonly messages: PlayedMessage[];
  readonly skipped: number;
}

/** Plays all of it; times of frames are those of the recording. */
export async function playBack(bytes: Uint8Array, from = 0): Promise<PlayedBack> {
  const recording = await openRecording(bytesSource(bytes));
  const player = new RecordingPlayer(recording, new FrameDecoder(kernelModule));
  const frames: Truth[] = [];
  const messages: PlayedMessage[] = [];
  for await (const played of player.play({ from })) {
    if (played.kind === 'message') messages.push(played);
    else frames.push({ at: played.time, frame: played.frame, hash: hashOf(player.decoder.picture) });
  }
  return { recording, frames, messages, skipped: player.skipped };
}
