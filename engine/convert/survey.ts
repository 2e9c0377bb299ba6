/** What is to be known of a recording before its first picture is written: from headers, without decoding. */
import { SightlineError, type Size, type StreamLevel } from '../../codecs/index.js';
import { type Recording, Track } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { overlayColour } from '../overlay/index.js';
import { EVENT_HEADER_BYTES, eventViewerOf, NO_VIEWER, readSliceHeader } from '../protocol/index.js';
import { type MarkerEvent, type SaidEvent, SessionEvents } from '../recording/index.js';
import type { Scale } from './types.js';

export type LateEvent = SaidEvent | MarkerEvent;

export interface Survey {
  /** The display track that is shown. */
  readonly track: number;
  /** Smallest size that holds all pictures: the largest width and the largest height. */
  readonly largest: Size;
  readonly levels: ReadonlySet<StreamLevel>;
  readonly frames: number;
  /** Frames in a second where most follow one another quickly. */
  readonly rate: number;
  /** Never on a screen that is not the first. */
  readonly hasOverlays: boolean;
  /** CSS colours of those who drew and pointed. */
  readonly colours: ReadonlySet<string>;
  /**
   * What the recording tells later than it happened, in order: what was said while the recorder's connection was lost,
   * and markers, which wait for their text.
   */
  readonly toldLate: readonly LateEvent[];
}

/** What is kept of what is told late: the relay tells no more than 200 messages after a loss. */
const MAX_LATE = 1000;
/** Rates that players and people know; a recording's is the nearest. */
const RATES = [1, 2, 5, 8, 10, 12, 15, 20, 24, 25, 30, 50, 60] as const;
/** Of the times between frames, the share that is shorter than the rate's. */
const QUICK_SHARE = 0.1;
/** Intervals are counted by the millisecond, up to a second. */
const LONGEST_INTERVAL = 1000;

export interface SurveyOptions {
  /** From 1. */
  readonly screen?: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads all of it up to `to`. What comes before `from` counts only as far as it is still shown then.
 * @throws SightlineError `bad-argument` for a screen that is not there, `bad-recording` when there is no picture.
 */
export async function surveyRecording(
  recording: Recording,
  from: Micros,
  to: Micros,
  { screen = 1, signal }: SurveyOptions = {},
): Promise<Survey> {
  const shown = trackOf(recording, screen);
  let width = 0;
  let height = 0;
  let levels = new Set<StreamLevel>();
  let frames = 0;
  let hasOverlays = false;
  const colours = new Set<string>();
  let last: Micros | undefined;
  const events = new SessionEvents(recording.metadata.startedAt);
  const toldLate: LateEvent[] = [];
  const intervals = new Uint32Array(LONGEST_INTERVAL + 1);
  for await (const { track, time, payload } of recording.messages()) {
    if (time > to) break;
    signal?.throwIfAborted();
    if (track === Track.Overlay && screen === 1) {
      hasOverlays = true;
      const author = payload.length < EVENT_HEADER_BYTES ? NO_VIEWER : eventViewerOf(payload);
      if (author !== NO_VIEWER) colours.add(overlayColour(author));
    }
    if ((track === Track.Chat || track === Track.Notice) && toldLate.length < MAX_LATE) {
      for (const event of events.of(track, payload, time)) {
        const canBeLate = event.kind === 'chat' || event.kind === 'marker';
        if (canBeLate && event.late && event.at >= from) toldLate.push(event);
      }
    }
    if (track !== shown) continue;
    const header = headerOf(payload);
    if (header === undefined || !header.last) continue;
    if (time <= from) {
      width = header.width;
      height = header.height;
      levels = new Set([header.level]);
      frames = 1;
      continue;
    }
    width = Math.max(width, header.width);
    height = Math.max(height, header.height);
    levels.add(header.level);
    frames++;
    if (last !== undefined) {
      const slot = Math.min(LONGEST_INTERVAL, Math.round((time - last) / 1000));
      intervals[slot] = intervals[slot]! + 1;
    }
    last = time;
  }
  if (frames === 0) {
    throw new SightlineError('bad-recording', 'There is no picture in that part of the recording.', {
      field: 'display',
    });
  }
  toldLate.sort((a, b) => a.at - b.at);
  const rate = rateOf(intervals);
  return { track: shown, largest: { width, height }, levels, frames, rate, hasOverlays, colours, toldLate };
}

/**
 * When the first picture of a screen is whole: its parts come one after the other, and a video, or a page, shows it from
 * the start all the same. Undefined when there is none.
 * @throws SightlineError `bad-argument` for a screen that is not there.
 */
export async function firstPictureAt(
  recording: Recording,
  { screen = 1, signal }: SurveyOptions = {},
): Promise<Micros | undefined> {
  const shown = trackOf(recording, screen);
  for await (const { track, time, payload } of recording.messages()) {
    signal?.throwIfAborted();
    if (track === shown && headerOf(payload)?.last === true) return time;
  }
  return undefined;
}

function trackOf({ displays }: Recording, screen: number): number {
  const track = displays[screen - 1];
  if (track !== undefined) return track;
  const there = displays.length === 1 ? 'one screen' : `screens 1 to ${displays.length}`;
  throw new SightlineError('bad-argument', `There is no screen ${screen}: the recording has ${there}.`, {
    field: 'screen',
  });
}

/** What each picture is scaled by. */
export function factorOf(largest: Size, scale: Scale = 1): number {
  if (typeof scale === 'number') return scale;
  return Math.min(scale.width / largest.width, scale.height / largest.height);
}

/** The size of the video. */
export function sizeOf(largest: Size, scale?: Scale): Size {
  const factor = factorOf(largest, scale);
  const side = (pixels: number) => Math.max(1, Math.round(pixels * factor));
  return { width: side(largest.width), height: side(largest.height) };
}

function headerOf(message: Uint8Array): ReturnType<typeof readSliceHeader> | undefined {
  try {
    return readSliceHeader(message);
  } catch (error) {
    if (error instanceof SightlineError) return undefined;
    throw error;
  }
}

function rateOf(intervals: Uint32Array): number {
  const total = intervals.reduce((sum, count) => sum + count, 0);
  if (total === 0) return RATES[0];
  let seen = 0;
  let interval = 0;
  while (seen <= total * QUICK_SHARE) seen += intervals[interval++]!;
  const rate = 1000 / Math.max(1, interval - 1);
  const distance = (candidate: number) => Math.abs(Math.log(candidate / rate));
  return RATES.reduce<number>((best, next) => (distance(next) < distance(best) ? next : best), RATES[0]);
}
