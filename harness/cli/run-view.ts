/** What `sightline view` does. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type QualityName, SightlineError } from '../../codecs/index.js';
import { HeadlessViewer } from '../../engine/viewer/headless.js';
import type { ShownFrame } from '../../engine/viewer/index.js';
import { FrameHasher } from '../hashes.js';
import { type RecordedFiles, ViewerRecording } from '../record-viewer.js';
import { messages } from './messages.js';
import { ExitCode, print, printJson, say, sayChanges, untilInterrupted } from './output.js';
import { text } from './text.js';
import { bytesInWords, milliseconds } from './words.js';

export interface ViewFlags {
  readonly ca?: string;
  readonly quality: QualityName;
  readonly name: string;
  readonly md5?: boolean;
  readonly png?: string;
  readonly record?: string;
  readonly recordLimit?: number;
  readonly force?: boolean;
  readonly untilFrame?: number;
  readonly seconds?: number;
  readonly oneLane?: boolean;
  readonly json?: boolean;
}

/** Watches until enough was seen or the session is over; the exit code. */
export async function view(address: string, flags: ViewFlags): Promise<number> {
  const stopped = untilInterrupted();
  const hasher = flags.md5 ? await FrameHasher.create() : undefined;
  const sayState = sayChanges();
  if (flags.record !== undefined && !flags.force && existsSync(flags.record)) {
    throw new SightlineError('refused', text(messages.view.exists, { file: flags.record }));
  }
  let frames = 0;
  let bytes = 0;
  let exact = 0;
  let isExact = false;
  let wasQuiet = false;

  const viewer = await HeadlessViewer.open({
    address,
    ...(flags.ca === undefined ? {} : { ca: flags.ca }),
    name: flags.name,
    quality: flags.quality,
    lane: !flags.oneLane,
    handlers: {
      onState: ({ connection, link }) => {
        if (connection.kind === 'waiting')
          sayState(text(messages.view.waiting, { reason: connection.reason }));
        else if (link === 'quiet') {
          wasQuiet = true;
          sayState(messages.view.quiet);
        } else if (wasQuiet && connection.kind === 'joined') {
          wasQuiet = false;
          sayState(messages.view.heard);
        }
      },
    },
  });
  const recording = new ViewerRecording(viewer.session);
  viewer.onFrame((frame: ShownFrame) => {
    frames++;
    bytes += frame.bytes;
    isExact = frame.exact;
    if (isExact) exact++;
    if (hasher !== undefined) print(hasher.line(frame.frame, frame.drawnAt, viewer.picture, frame.exact));
  });
  try {
    await Promise.race([viewer.untilJoined(), stopped]);
    const { session, viewer: id } = viewer.session.state;
    if (viewer.session.state.connection.kind === 'joined') {
      if (!flags.json) sayState(text(messages.view.connected, { session, viewer: String(id) }));
      if (flags.record !== undefined) {
        await recording.start(flags.record, {
          overwrite: flags.force ?? false,
          ...(flags.recordLimit === undefined ? {} : { maxBytes: flags.recordLimit * 1e6 }),
        });
      }
      await Promise.race([stopped, untilDone(viewer, flags)]);
    }
    const summary = await recording.stop();
    if (frames === 0) throw new SightlineError('timeout', messages.view.nothing);
    if (flags.png !== undefined) await writeFile(flags.png, await viewer.png());
    if (flags.json) {
      const { latency } = viewer.session.statistics();
      printJson({
        session,
        viewer: id,
        frames,
        exactFrames: exact,
        bytes,
        lastFrame: viewer.frame,
        /** Whether the last frame left exactly the host's picture, in the level's colours. */
        exact: isExact,
        latency,
        recording: summary,
      });
    } else {
      say(text(messages.view.frames, { frames, bytes: bytesInWords(bytes) }));
      const display = viewer.session.statistics().latency.display.total;
      say(text(messages.view.latency, { p50: milliseconds(display.p50), p95: milliseconds(display.p95) }));
      if (summary !== undefined) sayRecorded(summary);
    }
    return ExitCode.Success;
  } finally {
    await recording.stop();
    viewer.close();
  }
}

function sayRecorded({ files, parts, error }: RecordedFiles): void {
  const v = messages.view;
  files.forEach((file, index) => {
    say(text(v.recorded, { file }));
    const { fingerprint } = parts[index]!;
    if (fingerprint !== undefined) say(text(messages.verify.fingerprint, { fingerprint }));
  });
  if (error !== undefined) say(text(v.recordingEnded, { reason: error.message }));
}

/** Resolves when enough was seen, or the session is over. */
async function untilDone(viewer: HeadlessViewer, flags: ViewFlags): Promise<void> {
  const { seconds, untilFrame } = flags;
  let isOver = false;
  const timeUp = new Promise<void>((resolve) => {
    if (seconds !== undefined) setTimeout(resolve, seconds * 1000);
  });
  const seen = viewer
    .until(
      () => untilFrame !== undefined && viewer.frame >= untilFrame,
      'the frame',
      Number.POSITIVE_INFINITY,
    )
    .catch((error: unknown) => {
      // The host's end is an end like another; what was seen counts.
      if (!(error instanceof SightlineError) || error.code !== 'closed') throw error;
      if (!isOver) say(messages.view.ended);
    });
  await Promise.race([timeUp, seen]);
  isOver = true;
}
