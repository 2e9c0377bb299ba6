/** What the codec's benchmark finds: the shape of its JSON. Bytes are bytes, times are milliseconds a frame. */
import type { EffortName, LevelName, ModeTable } from '../../codecs/index.js';
import type { MachineDescription } from '../machine.js';

export interface CodecReport {
  readonly machine: MachineDescription;
  readonly settings: CodecSettings;
  readonly sequences: readonly SequenceReport[];
}

export interface CodecSettings {
  readonly files: readonly string[];
  readonly levels: readonly LevelName[];
  /** Quality of natural tiles, 1 to 100; false: exact. */
  readonly lossy: number | false;
  readonly effort: EffortName;
  /** Threads that code, the main thread among them. */
  readonly threads: number;
  /** Most frames of a file; null: all. */
  readonly frames: number | null;
  readonly peers: readonly string[];
  /** How often everything is measured, in turns; times are the least of them. */
  readonly runs: number;
}

/** One file at one level. Means are over all frames, changed or not, the first included. */
export interface SequenceReport extends SequenceFigures {
  readonly file: string;
  /** Peers measured on the same frames in the same run, at one thread. */
  readonly peers: Readonly<Record<string, PeerReport>>;
  /** Peers that were asked for and could not be measured, each with the reason. */
  readonly missingPeers: Readonly<Record<string, string>>;
}

export interface SequenceFigures {
  readonly width: number;
  readonly height: number;
  readonly level: LevelName;
  readonly lossy: number | false;
  readonly effort: EffortName;
  readonly threads: number;
  readonly frames: number;
  readonly changedFrames: number;
  readonly bytesPerFrame: number;
  readonly maxBytes: number;
  readonly firstBytes: number;
  /** Bytes of the last pass that makes a lossy picture exact, in all; not in the means. 0 when nothing was lossy. */
  readonly restBytes: number;
  /** Comparing, finding moves and coding; user and system time of all threads. */
  readonly encodeCpuMsPerFrame: number;
  /** The part of it that is comparing and finding moves. */
  readonly compareCpuMsPerFrame: number;
  readonly decodeCpuMsPerFrame: number;
  /** From the picture to its last coded byte. */
  readonly wallMsPerFrame: number;
  /** dB against the source; null: no error. */
  readonly psnr: number | null;
  readonly edgePsnr: number | null;
  /** Every decoded picture was exactly what the level promises; lossy: the last one was, after its last pass. */
  readonly verified: boolean;
  readonly wrongFrames: number;
  readonly movesPerFrame: number;
  readonly tilesPerFrame: number;
  /** Sums over all frames; `ms` is wall-clock time of coding, without comparing and finding moves. */
  readonly modes: ModeTable;
}

export interface PeerFigures {
  readonly bytesPerFrame: number;
  readonly encodeCpuMsPerFrame: number;
  readonly decodeCpuMsPerFrame: number;
  /** dB against the source; null: no error. */
  readonly psnr: number | null;
}

export interface PeerReport extends PeerFigures {
  /** Ours divided by the peer's; null where the peer's figure is 0. */
  readonly ratio: {
    readonly bytes: number | null;
    readonly encodeCpu: number | null;
    readonly decodeCpu: number | null;
  };
}
