/**
 * Converts a recording to a video file, as a stream: pictures are coded as they are played, nothing is kept but the
 * newest, and the sink is waited for. Runs in Node, a worker and a page.
 */
import { SightlineError } from '../../codecs/index.js';
import type { Recording } from '../../codecs/recording/index.js';
import type { PictureChange, VideoCodec, VideoEncoder } from '../../codecs/video/index.js';
import type { Micros } from '../clock.js';
import type { Played } from '../recording/index.js';
import { type Caption, Captions } from './captions.js';
import { choosePalette } from './choose-palette.js';
import { checkQuality, codecFor, makeCoder, paletteOf } from './coder.js';
import { type Output, openOutput } from './output.js';
import { type Receiver, showRecording } from './show.js';
import { type Survey, sizeOf, surveyRecording } from './survey.js';
import { Timeline } from './timeline.js';
import type { ConversionSummary, ConvertOptions, ShownView } from './types.js';

/** A picture from which decoding may begin comes at least so often, while pictures change: */
const KEYFRAME_INTERVAL: Readonly<Record<VideoCodec, Micros>> = {
  // An exact one is large,
  zmbv: 10_000_000,
  mrle: 10_000_000,
  msvc: 10_000_000,
  // and one of these is small; those who seek in a page wait for what lies between.
  vp8: 5_000_000,
};
/** A chapter begins with such a picture, unless the last one was only so long ago. */
const CHAPTER_KEYFRAME_DISTANCE: Micros = 2_000_000;
/** Without a wish, a video that is faster than the session has no more pictures in a second. */
const FASTEST_RATE = 60;
/** Chapters are at least so far apart, and no more than a menu shows. */
const CHAPTER_DISTANCE: Micros = 1_000_000;
const MOST_CHAPTERS = 500;
const UNCHANGED: PictureChange = { damage: [], moves: [] };

/**
 * Resolves when the sink has everything. @throws SightlineError `bad-argument` for options that do not go together,
 * `bad-recording` when there is nothing to show, `closed` when it was cancelled; or what the sink throws. What was
 * written until then is a file that plays.
 */
export async function convertRecording(
  recording: Recording,
  options: ConvertOptions,
): Promise<ConversionSummary> {
  try {
    return await convert(recording, options);
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    throw new SightlineError('closed', 'The conversion was cancelled.', { cause: error });
  }
}

async function convert(recording: Recording, options: ConvertOptions): Promise<ConversionSummary> {
  checkOptions(options);
  const { container, quality, scale, modules, overlays = 'burn' } = options;
  const from = options.from ?? 0;
  const to = Math.min(options.to ?? Number.POSITIVE_INFINITY, recording.duration);
  const survey = await surveyRecording(recording, from, to, options);
  const isDrawn = survey.hasOverlays && overlays !== 'none';
  const isAsRecorded = !isDrawn && (scale === undefined || scale === 1);
  const palette = isAsRecorded ? paletteOf(survey) : undefined;
  const codec = codecFor(container, options.codec ?? 'auto', palette);
  checkQuality(codec, quality);
  const size = sizeOf(survey.largest, scale);
  const timeline = new Timeline(from, to, options.speed ?? 1, steadyRate(options, survey));
  const show = { ...options, module: modules.decode };
  const colours =
    codec === 'mrle' ? (palette ?? (await choosePalette(recording, survey, timeline, show))) : palette;
  const coders = Array.from({ length: overlays === 'track' ? 2 : 1 }, () =>
    makeCoder(codec, modules, size, colours, quality),
  );
  const end = timeline.at(to);
  const output = openOutput({
    sink: options.sink,
    container,
    coders,
    fps: timeline.fps ?? survey.rate,
    application: options.application,
    metadata: recording.metadata,
    words: options.words,
    duration: end,
  });
  const captions = new Captions(options.words, recording.metadata.startedAt, survey.toldLate);
  const run = new Conversion(options, output, coders, timeline, captions);
  const shown = await showRecording(recording, survey, timeline, show, run);
  // A picture that had to wait for its slot may come when the recording is over.
  const duration = Math.max(end, run.lastAt);
  await output.finish(duration);
  return {
    codec,
    container,
    size: coders[0]!.size,
    frames: run.frames,
    duration,
    bytes: output.bytes,
    fps: timeline.fps,
    chapters: run.chapters,
    captions: run.captions,
    screens: recording.displays.length,
    ...shown,
  };
}

/** Pictures in a second, where they do not have times of their own. */
function steadyRate({ fps, container, speed = 1 }: ConvertOptions, survey: Survey): number | undefined {
  // To a thousandth, as an AVI says it.
  if (fps !== undefined) return Math.round(fps * 1000) / 1000;
  if (container === 'avi') return Math.min(FASTEST_RATE, survey.rate * speed);
  return speed > 1 ? FASTEST_RATE : undefined;
}

class Conversion implements Receiver {
  frames = 0;
  captions = 0;
  chapters = 0;
  /** When the newest picture is shown. */
  lastAt: Micros = 0;
  readonly #options: ConvertOptions;
  readonly #output: Output;
  readonly #coders: readonly VideoEncoder[];
  readonly #timeline: Timeline;
  readonly #captions: Captions;
  readonly #keyframeAt: Micros[];
  #chapterAt = Number.NEGATIVE_INFINITY;

  constructor(
    options: ConvertOptions,
    output: Output,
    coders: readonly VideoEncoder[],
    timeline: Timeline,
    captions: Captions,
  ) {
    this.#options = options;
    this.#output = output;
    this.#coders = coders;
    this.#timeline = timeline;
    this.#captions = captions;
    this.#keyframeAt = coders.map(() => 0);
    this.#chapter(0, options.words.start, 'event');
  }

  async picture(at: Micros, views: readonly ShownView[]): Promise<void> {
    for (const [track, { picture, change }] of views.entries()) {
      const coder = this.#coders[track]!;
      let coded = coder.encode(picture, change, false);
      if (coded.bytes.length === 0) continue;
      const isDue = this.#isKeyframeDue(track, at, coder.codec);
      // Only now it is known that there is something new: a picture like the last is not shown twice.
      if (isDue && !coded.keyframe) coded = coder.encode(picture, UNCHANGED, true);
      if (coded.keyframe) this.#keyframeAt[track] = at;
      await this.#output.picture(track, at, coded.bytes, coded.keyframe);
      this.frames++;
      this.lastAt = at;
    }
  }

  #isKeyframeDue(track: number, at: Micros, codec: VideoCodec): boolean {
    const last = this.#keyframeAt[track]!;
    if (at - last >= KEYFRAME_INTERVAL[codec]) return true;
    return this.#chapterAt > last && at - last >= CHAPTER_KEYFRAME_DISTANCE;
  }

  async played(played: Played): Promise<void> {
    for (const { at: time, text, duration, chapter } of this.#captions.of(played)) {
      const at = this.#timeline.at(time);
      this.#chapter(at, text, chapter);
      if (!this.#output.hasMarks) continue;
      this.captions++;
      await this.#output.caption(at, duration, text);
    }
  }

  progress(done: Micros): void {
    const { frames } = this;
    const total = this.#timeline.to - this.#timeline.from;
    this.#options.onProgress?.({ frames, done, total, bytes: this.#output.bytes });
  }

  #chapter(at: Micros, title: string, kind: Caption['chapter']): void {
    if (kind === 'none') return;
    const isClose = kind === 'event' && at - this.#chapterAt < CHAPTER_DISTANCE;
    if (!this.#output.hasMarks || isClose || this.chapters === MOST_CHAPTERS) return;
    this.#chapterAt = at;
    this.chapters++;
    this.#output.chapter(at, title);
  }
}

function checkOptions({
  from = 0,
  to,
  speed = 1,
  scale = 1,
  fps,
  quality,
  container,
  overlays,
}: ConvertOptions): void {
  check(from >= 0, 'from', 'A conversion begins at 0 or later.');
  check(to === undefined || to > from, 'to', 'A conversion ends later than it begins.');
  check(speed >= 0.01 && speed <= 1000, 'speed', 'A speed is from 0.01 to 1000.');
  if (typeof scale === 'number') check(scale >= 0.01 && scale <= 8, 'scale', 'A scale is from 0.01 to 8.');
  else check(scale.width >= 1 && scale.height >= 1, 'scale', 'A size has at least one pixel.');
  check(fps === undefined || (fps >= 0.1 && fps <= 240), 'fps', 'A rate is from 0.1 to 240.');
  check(quality === undefined || (quality >= 1 && quality <= 100), 'quality', 'A quality is from 1 to 100.');
  const isTwoTracks = container === 'avi' && overlays === 'track';
  check(!isTwoTracks, 'overlays', 'An AVI has one video track: use .mkv, or overlays burnt in or left out.');
}

function check(holds: boolean, field: string, message: string): void {
  if (!holds) throw new SightlineError('bad-argument', message, { field });
}
