/** A whole run: every file at every level, and the peers on the same frames. */
import { SightlineError } from '../../codecs/index.js';
import { describeMachine } from '../machine.js';
import { bestPeers, bestSequence } from './best-of.js';
import { measurePeers, type PeersMeasured, RawFrames } from './peers/index.js';
import type { CodecReport, CodecSettings, PeerReport, SequenceFigures, SequenceReport } from './report.js';
import { measureSequence } from './sequence.js';
import { withVideo } from './videos.js';

export interface Progress {
  readonly file: string;
  /** What is at work: a level's name, or a peer's. */
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
    await withRawFrames(file, settings, signal, async (raw) => {
      const figures: SequenceFigures[] = [];
      let peers: PeersMeasured | undefined;
      const onPeer = (phase: string): void => onProgress?.({ file, phase, frames: 0 });
      for (let turn = 0; turn < settings.runs; turn++) {
        for (const [index, level] of settings.levels.entries()) {
          const { effort, lossy, threads } = settings;
          const isFirst = turn === 0 && index === 0;
          const found = await measureSequence(file, {
            ...{ module, level, effort, lossy, threads, signal },
            maxFrames: settings.frames ?? undefined,
            onFrame(picture, frames) {
              onProgress?.({ file, phase: level, frames });
              if (isFirst) raw?.add(picture);
            },
          });
          figures[index] = bestSequence(figures[index], found);
        }
        if (raw !== undefined) {
          peers = bestPeers(peers, await measurePeers(settings.peers, raw, { signal, onPeer }));
        }
      }
      for (const figure of figures) {
        const sequence = { file, ...figure, ...besidePeers(figure, peers ?? NO_PEERS) };
        sequences.push(sequence);
        onSequence?.(sequence);
      }
    });
  }
  return { machine: describeMachine(), settings, sequences };
}

const NO_PEERS: PeersMeasured = { figures: {}, missing: {} };

/** Gives `use` a place for the file's frames, if there are peers to read them, and clears it away. */
async function withRawFrames(
  file: string,
  { peers }: CodecSettings,
  signal: AbortSignal | undefined,
  use: (raw: RawFrames | undefined) => Promise<void>,
): Promise<void> {
  const raw =
    peers.length === 0
      ? undefined
      : await withVideo(file, signal, async (reader) => new RawFrames(reader, reader.rate));
  try {
    await use(raw);
  } finally {
    raw?.close();
  }
}

function besidePeers(
  ours: SequenceFigures,
  { figures, missing }: PeersMeasured,
): Pick<SequenceReport, 'peers' | 'missingPeers'> {
  const peers: Record<string, PeerReport> = {};
  for (const [name, theirs] of Object.entries(figures)) {
    peers[name] = {
      ...theirs,
      ratio: {
        bytes: ratio(ours.bytesPerFrame, theirs.bytesPerFrame),
        encodeCpu: ratio(ours.encodeCpuMsPerFrame, theirs.encodeCpuMsPerFrame),
        decodeCpu: ratio(ours.decodeCpuMsPerFrame, theirs.decodeCpuMsPerFrame),
      },
    };
  }
  return { peers, missingPeers: missing };
}

function ratio(ours: number, theirs: number): number | null {
  return theirs > 0 ? ours / theirs : null;
}
