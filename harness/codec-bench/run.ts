/** A whole run: every file at every level, and the peers on the same frames. */
import { SightlineError } from '../../codecs/index.js';
import { describeMachine } from '../measure/index.js';
import type { CodecReport, CodecSettings, SequenceReport } from './report.js';
import { measureSequence } from './sequence.js';
import { withVideo } from './videos.js';

export interface Progress {
  readonly file: string;
  /** What is at work: a level's name. */
  readonly phase: string;
  /** Frames done. */
  readonly frames: number;
}

export interface BenchOptions {
  readonly module: WebAssembly.Module;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** A sequence's figures are complete. */
  readonly onSequence?: (sequence: SequenceReport) => void;
}

/** Throws `SightlineError` for the first file that is no video, before anything is measured; the signal's reason. */
export async function benchCodec(settings: CodecSettings, options: BenchOptions): Promise<CodecReport> {
  const { module, signal, onProgress, onSequence } = options;
  for (const file of settings.files) {
    await withVideo(file, signal, async (reader) => {
      if ((await reader.peek()) === undefined)
        throw new SightlineError('bad-recording', `${file} has no frame.`);
    });
  }
  const sequences: SequenceReport[] = [];
  for (const file of settings.files) {
    for (const level of settings.levels) {
      const figures = await measureSequence(file, {
        module,
        level,
        effort: settings.effort,
        lossy: settings.lossy,
        threads: settings.threads,
        maxFrames: settings.frames ?? undefined,
        signal,
        onFrame: (_picture, frames) => onProgress?.({ file, phase: level, frames }),
      });
      const sequence: SequenceReport = { file, ...figures, peers: {}, missingPeers: {} };
      sequences.push(sequence);
      onSequence?.(sequence);
    }
  }
  return { machine: describeMachine(), settings, sequences };
}
