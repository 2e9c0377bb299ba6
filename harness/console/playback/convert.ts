/** Converts a recording to a video in a worker of its own: nothing leaves the machine, and nobody waits for it. */
import { blobSource, openRecording } from '../../../codecs/recording/index.js';
import { convertRecording, type OverlayCanvas } from '../../../engine/convert/index.js';
import { conversionWords } from '../../convert/words.js';
import type { FromPlayer, ToPlayer } from './api.js';
import { openConversionFile } from './conversion-file.js';
import { faultOf } from './describe.js';

type Post = (news: FromPlayer) => void;

/** Progress is told so often, in milliseconds: as a person can follow. */
const TELL_MS = 100;

export async function convert(
  { file, kernels, coders, wishes, locale }: Extract<ToPlayer, { kind: 'convert' }>,
  signal: AbortSignal,
  post: Post,
): Promise<void> {
  const target = await openConversionFile(Date.now());
  let told = Number.NEGATIVE_INFINITY;
  try {
    const [recording, decode, code] = await Promise.all([
      openRecording(blobSource(file)),
      WebAssembly.compileStreaming(fetch(kernels)),
      WebAssembly.compileStreaming(fetch(coders)),
    ]);
    const { fault: _fault, ...summary } = await convertRecording(recording, {
      ...wishes,
      sink: target,
      modules: { decode, recording: code },
      makeCanvas,
      application: 'sightline console',
      words: conversionWords(locale),
      signal,
      onProgress: (progress) => {
        const now = performance.now();
        if (now - told < TELL_MS) return;
        told = now;
        post({ kind: 'converting', progress });
      },
    });
    post({ kind: 'converted', file: await target.finish(), summary });
  } catch (error) {
    await target.discard();
    post({ kind: 'fault', fault: faultOf(error) });
  }
}

function makeCanvas(width: number, height: number): OverlayCanvas {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2d canvas');
  return context;
}
