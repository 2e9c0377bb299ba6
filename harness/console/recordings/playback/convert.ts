/** Converts a recording to a video in a worker of its own: nothing leaves the machine, and nobody waits for it. */
import { blobSource, openRecording } from '../../../../codecs/recording/index.js';
import {
  type ConversionModules,
  convertRecording,
  type OverlayCanvas,
} from '../../../../engine/convert/index.js';
import { conversionWords } from '../../../convert/words.js';
import type { FromPlayer, ToPlayer } from './api.js';
import { openConversionFile } from './conversion-file.js';
import { faultOf } from './describe.js';

type Post = (news: FromPlayer) => void;

/** Progress is told so often, in milliseconds: as a person can follow. */
const TELL_MS = 100;

export async function convert(
  { file, kernels, coders, vp8, wishes, locale }: Extract<ToPlayer, { kind: 'convert' }>,
  signal: AbortSignal,
  post: Post,
): Promise<void> {
  const target = await openConversionFile(Date.now());
  let told = Number.NEGATIVE_INFINITY;
  try {
    const [recording, modules] = await Promise.all([
      openRecording(blobSource(file)),
      compile(kernels, coders, wishes.container === 'webm' ? vp8 : undefined),
    ]);
    const { fault: _fault, ...summary } = await convertRecording(recording, {
      ...wishes,
      sink: target,
      modules,
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

/** The kernels by their addresses; VP8's are needed for WebM alone. */
async function compile(kernels: string, coders: string, vp8: string | undefined): Promise<ConversionModules> {
  const load = (address: string) => WebAssembly.compileStreaming(fetch(address));
  const [decode, recording] = await Promise.all([load(kernels), load(coders)]);
  return { decode, recording, ...(vp8 === undefined ? {} : { vp8: await load(vp8) }) };
}

function makeCanvas(width: number, height: number): OverlayCanvas {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2d canvas');
  return context;
}
