/**
 * Makes a sound recording of what is whole in a damaged one: every message at its time, with new numbers,
 * checkpoints, index, seals and footer. Reads the damaged file three times: to tell what is in its place, to tell
 * what is lost (which the new file says at its beginning), and to copy. Memory does not grow with the recording. Runs in Node, a worker and a page.
 */
import { SightlineError } from '../../codecs/index.js';
import {
  type Block,
  BlockType,
  type ByteSink,
  ChainCheck,
  decodeFooter,
  decodeMetadata,
  displayTracks,
  EndReason,
  MAX_LOST,
  type NewHash,
  openRecording,
  type RandomAccess,
  type Recording,
  type RecordingMetadata,
  RecordingWriter,
  Track,
} from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { decodeControl, decodeOverlay } from '../protocol/index.js';
import { isStateMessage } from './live.js';
import { CHECKPOINT_INTERVAL } from './recorder.js';
import { Shown } from './shown.js';
import { orUndefined, sliceHeaderOf, UselessSlices } from './useless-slices.js';
import { findRuns, type Loss, type Run, wholeBlocks } from './whole-blocks.js';

export interface RepairOptions {
  /** The program that repairs, with its version. */
  readonly program: string;
  /** A SHA-256 that is faster than the portable one. */
  readonly newHash?: NewHash;
}

/** What a repair found and made. JSON-able. */
export interface RepairReport {
  /** Bytes of the damaged file and of the new one. */
  readonly size: number;
  readonly newSize: number;
  /** Fingerprint of the damaged file and of the new one. */
  readonly fingerprint: string;
  readonly newFingerprint: string;
  /** Seals that do not agree with what they sealed, by damage or because somebody changed it. */
  readonly brokenSeals: number;
  /** Messages that the new file holds. */
  readonly messages: number;
  /** Microseconds. */
  readonly duration: Micros;
  /** Bytes that belong to no whole block in its place. */
  readonly lostBytes: number;
  /** Blocks known to be missing. */
  readonly lostBlocks: number;
  /** Slices that were whole, but of frames that are not, or that build on lost ones. */
  readonly lostSlices: number;
  /** What the metadata said, too: names, start. */
  readonly lostMetadata: boolean;
  /** The first 100 stretches. */
  readonly lost: readonly Loss[];
}

/** What the second reading finds. */
interface Survey {
  readonly metadata: RecordingMetadata;
  readonly lostMetadata: boolean;
  /** Offsets of display blocks that no frame needs, in the file's order. */
  readonly useless: readonly number[];
  readonly lost: readonly Loss[];
  readonly lostBytes: number;
  readonly lostBlocks: number;
  readonly fingerprint: string;
  readonly brokenSeals: number;
  /** From the footer, if that is whole. */
  readonly end: { readonly duration: Micros; readonly reason: number } | undefined;
}

const FLUSH_BYTES = 1024 * 1024;

/**
 * `openSink` is asked for the new file's sink when it is known that there is something to save; the sink is closed
 * in the end, also when writing fails. Throws `SightlineError`: `refused` when the recording is sound,
 * `bad-recording` when nothing in it can be saved, `unsupported-version`, and what the sink fails with.
 */
export async function repairRecording(
  source: RandomAccess,
  openSink: () => ByteSink | Promise<ByteSink>,
  options: RepairOptions,
): Promise<RepairReport> {
  const recording = await openIfPossible(source);
  const runs = await findRuns(source);
  const survey = await takeSurvey(source, recording, runs, options.newHash);
  if (isSound(recording, survey)) {
    throw new SightlineError('refused', 'The recording is sound: there is nothing to repair.');
  }
  const writer = new RecordingWriter(await openSink(), metadataOf(survey, source.size, options), {
    pendingLimit: Number.POSITIVE_INFINITY,
    ...(options.newHash === undefined ? {} : { newHash: options.newHash }),
  });
  let messages = 0;
  let reason: EndReason = EndReason.Failed;
  try {
    messages = await copyMessages(source, writer, survey, runs);
    reason = (survey.end?.reason ?? EndReason.Recovered) as EndReason;
  } finally {
    await writer.close(survey.end?.duration, reason);
  }
  const { fingerprint, brokenSeals, lost, lostBytes, lostBlocks, lostMetadata } = survey;
  return {
    size: source.size,
    newSize: writer.writtenBytes,
    fingerprint,
    newFingerprint: writer.fingerprint!,
    brokenSeals,
    messages,
    duration: writer.time,
    lostBytes,
    lostBlocks,
    lostSlices: survey.useless.length,
    lostMetadata,
    lost,
  };
}

/** A file whose first blocks are damaged cannot be opened, but much of it may be whole. */
async function openIfPossible(source: RandomAccess): Promise<Recording | undefined> {
  try {
    return await openRecording(source);
  } catch (error) {
    if (!(error instanceof SightlineError) || error.code === 'unsupported-version') throw error;
    return undefined;
  }
}

function isSound(recording: Recording | undefined, survey: Survey): boolean {
  const { lostBytes, lostBlocks, end, useless } = survey;
  return (
    recording?.complete === true &&
    end !== undefined &&
    lostBytes === 0 &&
    lostBlocks === 0 &&
    useless.length === 0
  );
}

function metadataOf(survey: Survey, size: number, { program }: RepairOptions): RecordingMetadata {
  const { metadata, fingerprint, brokenSeals, lostBytes, lostBlocks, lost } = survey;
  return {
    ...metadata,
    repaired: {
      program,
      size,
      fingerprint,
      brokenSeals,
      lostBytes,
      lostBlocks,
      lost: lost.map(({ from, to, fromTime, toTime }) => ({ from, to, fromTime, toTime })),
    },
  };
}

async function takeSurvey(
  source: RandomAccess,
  recording: Recording | undefined,
  runs: readonly Run[],
  newHash: NewHash | undefined,
): Promise<Survey> {
  const lost: Loss[] = [];
  let lostBytes = 0;
  let lostBlocks = 0;
  const chain = new ChainCheck(source, newHash);
  let metadata = recording?.metadata;
  const frames = new UselessSlices(metadata);
  let brokenSeals = 0;
  let end: Survey['end'];
  const onLoss = (loss: Loss) => {
    lostBytes += loss.to - loss.from;
    lostBlocks += loss.blocks;
    if (lost.length < MAX_LOST) lost.push(loss);
  };
  for await (const block of wholeBlocks(source, runs, onLoss)) {
    end = undefined;
    switch (block.type) {
      case BlockType.Metadata:
        metadata ??= readMetadata(block);
        frames.know(metadata);
        break;
      case BlockType.Message:
        frames.take(block);
        break;
      case BlockType.Seal:
        if ((await chain.seal(block)) !== undefined) brokenSeals++;
        break;
      case BlockType.Footer:
        end = readFooter(block);
        break;
      default:
        break;
    }
  }
  frames.end();
  const found = metadata ?? frames.metadata();
  if (found === undefined || frames.messages === 0) {
    throw new SightlineError(
      'bad-recording',
      'Nothing in the file can be saved: it holds no whole message.',
      {
        offset: 0,
      },
    );
  }
  return {
    metadata: found,
    lostMetadata: metadata === undefined,
    useless: frames.useless,
    lost,
    lostBytes,
    lostBlocks,
    fingerprint: await chain.fingerprint(),
    brokenSeals,
    end,
  };
}

/** Writes what is of use; answers the number of messages. */
async function copyMessages(
  source: RandomAccess,
  writer: RecordingWriter,
  { metadata, useless }: Survey,
  runs: readonly Run[],
): Promise<number> {
  const displays = displayTracks(metadata);
  const shown = new Shown();
  let next = 0;
  let messages = 0;
  let checkpointAt = 0;
  for await (const block of wholeBlocks(source, runs, () => {})) {
    if (block.type !== BlockType.Message) continue;
    if (block.offset === useless[next]) {
      next++;
      continue;
    }
    messages++;
    const isWhole = copyMessage(block, writer, shown, displays.includes(block.track));
    if (isWhole || writer.time - checkpointAt >= CHECKPOINT_INTERVAL) {
      const checkpoint = shown.checkpoint(writer.position);
      if (checkpoint !== undefined) {
        writer.checkpoint(writer.time, checkpoint);
        checkpointAt = writer.time;
      }
    }
    if (writer.pendingBytes >= FLUSH_BYTES) await writer.flush();
  }
  return messages;
}

/** Answers whether the message made a whole picture complete. */
function copyMessage(block: Block, writer: RecordingWriter, shown: Shown, isDisplay: boolean): boolean {
  const { track, time, payload } = block;
  const header = isDisplay ? sliceHeaderOf(payload) : undefined;
  const place = header === undefined ? 'misfit' : shown.place(track, header);
  const range = writer.append(track, time, payload);
  if (header !== undefined) return shown.paint(track, header, place, range.offset) && header.base === 0;
  try {
    if (track === Track.Overlay) shown.overlay(decodeOverlay(payload), range);
    if (track === Track.Chat) shown.chat(range);
    if (track === Track.State) {
      const control = decodeControl(payload);
      if (isStateMessage(control)) shown.state(control, range);
    }
  } catch (error) {
    // Its bytes are as they were recorded; players pass over what they cannot read.
    if (!(error instanceof SightlineError)) throw error;
  }
  return false;
}

function readMetadata(block: Block): RecordingMetadata | undefined {
  return orUndefined(() => decodeMetadata(block.payload));
}

function readFooter(block: Block): Survey['end'] {
  return orUndefined(() => decodeFooter(block.payload, block.offset));
}
