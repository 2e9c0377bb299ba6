/** Converts one recording file to one video file. Node only. */
import { createCanvas } from '../../engine/canvas.js';
import {
  type ConversionModules,
  type ConversionProgress,
  type ConversionSummary,
  type ConvertOptions,
  convertRecording,
  type OverlayCanvas,
  openRecordingFile,
} from '../../engine/index.js';
import type { Locale } from '../messages/index.js';
import { productVersion } from '../product-version.js';
import { TargetFile } from './target.js';
import { conversionWords } from './words.js';

/** What crosses to a thread. */
export interface ConversionJob
  extends Pick<
    ConvertOptions,
    'container' | 'codec' | 'quality' | 'from' | 'to' | 'speed' | 'scale' | 'overlays' | 'screen' | 'fps'
  > {
  readonly input: string;
  readonly output: string;
  /** Replace a file that exists. */
  readonly force: boolean;
  /** Leave what was written when it is cancelled or fails. */
  readonly keepPartial: boolean;
  readonly locale: Locale;
}

/** @throws SightlineError as `convertRecording` and `TargetFile.create` do; nothing is left then, unless wanted. */
export async function convertFile(
  job: ConversionJob,
  modules: ConversionModules,
  signal?: AbortSignal,
  onProgress?: (progress: ConversionProgress) => void,
): Promise<ConversionSummary> {
  const { input, output, force, keepPartial, locale, ...wishes } = job;
  const { recording, close } = await openRecordingFile(input);
  try {
    const target = await TargetFile.create(output, input, force);
    try {
      const summary = await convertRecording(recording, {
        ...wishes,
        sink: target,
        modules,
        makeCanvas: overlayCanvas,
        application: `sightline ${productVersion()}`,
        words: conversionWords(locale),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      await target.keep();
      return summary;
    } catch (error) {
      await (keepPartial ? target.keep() : target.discard());
      throw error;
    }
  } finally {
    await close();
  }
}

export function overlayCanvas(width: number, height: number): OverlayCanvas {
  return createCanvas(width, height).getContext('2d');
}
