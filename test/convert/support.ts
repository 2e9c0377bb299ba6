/** Converts scenarios in memory, and shows them as the converter does. */
import { createHash } from 'node:crypto';
import type { Picture } from '../../codecs/index.js';
import { bytesSource, openRecording, type Recording } from '../../codecs/recording/index.js';
import { loadRecordingModule, loadVp8Module } from '../../engine/artifacts.js';
import {
  type ConversionSummary,
  type ConvertOptions,
  convertRecording,
  type ShowOptions,
  showRecording,
  surveyRecording,
  Timeline,
} from '../../engine/convert/index.js';
import { conversionWords, overlayCanvas } from '../../harness/convert/index.js';
import { record } from '../recording/harness.js';
import { kernelModule, type Scenario } from '../recording/scenario.js';
import { MemoryFile } from '../support/sparse-file.js';
import { rgbMd5 } from '../support/video-file.js';

export const modules = {
  decode: kernelModule,
  recording: await loadRecordingModule(),
  vp8: await loadVp8Module(),
};
export const words = conversionWords('en');

export async function recordingOf(scenario: Scenario): Promise<Recording> {
  return openRecording(bytesSource((await record(scenario)).bytes));
}

export interface Converted {
  readonly file: MemoryFile;
  readonly summary: ConversionSummary;
}

export async function convert(
  recording: Recording,
  options: Partial<ConvertOptions> = {},
): Promise<Converted> {
  const file = new MemoryFile();
  const summary = await convertRecording(recording, {
    sink: file,
    container: 'mkv',
    modules,
    makeCanvas: overlayCanvas,
    application: 'Sightline test',
    words,
    ...options,
  });
  return { file, summary };
}

export interface ShownPicture {
  readonly at: number;
  readonly md5: string;
  readonly picture: Picture;
}

/** The pictures of the first track, those left out that are like the one before. */
export async function show(
  recording: Recording,
  options: Partial<ShowOptions> & { readonly fps?: number } = {},
): Promise<ShownPicture[]> {
  const from = options.from ?? 0;
  const to = Math.min(options.to ?? Number.POSITIVE_INFINITY, recording.duration);
  const survey = await surveyRecording(recording, from, to, options);
  const timeline = new Timeline(from, to, options.speed ?? 1, options.fps);
  const shown: ShownPicture[] = [];
  const all = { module: kernelModule, makeCanvas: overlayCanvas, ...options };
  await showRecording(recording, survey, timeline, all, {
    picture: async (at, views) => {
      const { picture } = views[0]!;
      const md5 = rgbMd5(picture);
      if (md5 !== shown.at(-1)?.md5) {
        shown.push({ at, md5, picture: { ...picture, pixels: picture.pixels.slice() } });
      }
    },
  });
  return shown;
}

export function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
