/** What a Matroska or WebM file is told about itself, and whether it can be so. */
import { SightlineError } from '../errors.js';
import { isValidSize, type Size } from '../geometry.js';

/** Colour of a video whose codec does not code RGB (numbers of ITU-T H.273; range 1 limited, 2 full). */
export interface MkvColour {
  readonly matrix: number;
  readonly range: 1 | 2;
  readonly transfer: number;
  readonly primaries: number;
}

export interface MkvVideoTrack {
  readonly type: 'video';
  readonly codecId: string;
  readonly size: Size;
  /** For `V_MS/VFW/FOURCC` a BITMAPINFOHEADER (`bitmapInfo`) and what follows it. */
  readonly codecPrivate?: Uint8Array;
  readonly colour?: MkvColour;
  readonly name?: string;
  /** Whether a player shows it unasked; the first video track is, others are not. */
  readonly shown?: boolean;
}

/** Lines of text with times: in Matroska SubRip's text without its numbers (S_TEXT/UTF8), in WebM WebVTT. */
export interface MkvSubtitleTrack {
  readonly type: 'subtitles';
  readonly name?: string;
  /** Of ISO 639-2, "und" when it is not known. */
  readonly language?: string;
  readonly shown?: boolean;
}

export type MkvTrack = MkvVideoTrack | MkvSubtitleTrack;

export interface MkvOptions {
  readonly docType?: 'matroska' | 'webm';
  /** In the order of their numbers, from 1. The first is video. */
  readonly tracks: readonly MkvTrack[];
  /** Nanoseconds in a unit of time: 1,000,000 unless said otherwise, at least 1,000. */
  readonly timestampScale?: number;
  /** Name and version of the program. */
  readonly application: string;
  readonly title?: string;
  /** When the recording began: milliseconds since 1970. */
  readonly startedAt?: number;
  /** Sixteen bytes that tell this file from all others. */
  readonly uid?: Uint8Array;
  readonly tags?: Readonly<Record<string, string>>;
  /** Length in microseconds, if it is known from the start: a sink that cannot seek has it only so. */
  readonly duration?: number;
}

export const MILLISECOND = 1_000_000;
const MIN_SCALE = 1_000;
const MAX_SCALE = 1_000_000_000;
const MAX_TRACKS = 126;
/** Codecs that WebM allows (https://www.webmproject.org/docs/container/). */
const WEBM_CODECS = new Set(['V_VP8', 'V_VP9', 'V_AV1']);

/** Refuses what a file cannot be, with the option's name. */
export function checkOptions(options: MkvOptions): void {
  const { tracks, docType = 'matroska', timestampScale = MILLISECOND } = options;
  if (tracks.length === 0 || tracks.length > MAX_TRACKS || tracks[0]!.type !== 'video') {
    refuse('tracks', `A file has 1 to ${MAX_TRACKS} tracks, and the first is video.`);
  }
  if (!Number.isInteger(timestampScale) || timestampScale < MIN_SCALE || timestampScale > MAX_SCALE) {
    refuse('timestampScale', `timestampScale is a whole number from ${MIN_SCALE} to ${MAX_SCALE}.`);
  }
  if (options.uid !== undefined && options.uid.length !== 16) refuse('uid', 'A file has an id of 16 bytes.');
  for (const track of tracks) {
    if (track.type === 'video' && !isValidSize(track.size.width, track.size.height)) {
      refuse('size', `A picture of ${track.size.width} x ${track.size.height} is out of bounds.`);
    }
    if (docType === 'webm' && track.type === 'video' && !WEBM_CODECS.has(track.codecId)) {
      refuse('tracks', `WebM does not carry ${track.codecId}: use Matroska, or VP8.`);
    }
  }
}

function refuse(field: string, message: string): never {
  throw new SightlineError('bad-argument', message, { field });
}
