/** A video, frame by frame, through the codec. */
import { type Picture, SightlineError } from '../../codecs/index.js';
import type { VideoReader } from '../hosts/index.js';
import { type CodecOptions, CodecRun } from './codec-run.js';
import type { SequenceFigures } from './report.js';
import { framesOf, withVideo } from './videos.js';

/** Frames that are coded once before anything is counted, so that the kernels are compiled. */
const WARM_UP_FRAMES = 6;

export interface SequenceOptions extends CodecOptions {
  readonly module: WebAssembly.Module;
  /** Stops after this many frames. */
  readonly maxFrames?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Sees every frame before it is coded; `index` counts from 0. */
  readonly onFrame?: ((picture: Picture, index: number) => void) | undefined;
}

/** Measures one file at one level. Throws what `withVideo` does, and `bad-recording` for a file without a frame. */
export function measureSequence(file: string, options: SequenceOptions): Promise<SequenceFigures> {
  return withVideo(file, options.signal, async (reader) => {
    const { maxFrames = Number.POSITIVE_INFINITY } = options;
    await runCodec(reader, {
      ...options,
      maxFrames: Math.min(WARM_UP_FRAMES, maxFrames),
      onFrame: undefined,
    });
    await reader.rewind();
    const figures = await runCodec(reader, options);
    if (figures.frames === 0) throw new SightlineError('bad-recording', `${file} has no frame.`);
    return figures;
  });
}

async function runCodec(reader: VideoReader, options: SequenceOptions): Promise<SequenceFigures> {
  const { module, level, effort, lossy, threads, maxFrames, signal, onFrame } = options;
  const run = new CodecRun(module, reader, { level, effort, lossy, threads });
  try {
    for await (const index of framesOf(reader, run.picture, maxFrames, signal)) {
      onFrame?.(run.picture, index);
      await run.frame();
    }
    if (lossy !== false) await run.rest();
    return run.figures();
  } finally {
    await run.close();
  }
}
