/** What the page and the worker that reads and plays recordings say to each other. Everything is plain data. */
import type {
  ConversionProgress,
  ConversionSummary,
  ConvertOptions,
} from '../../../../engine/convert/index.js';
import type { RecordingOutline, Snapshot, Span } from '../../../../engine/recording/index.js';
import type { Locale } from '../../../messages/index.js';
import type { PlaybackState } from './playback.js';

/** What a list shows of a recording. Times are microseconds, `startedAt` milliseconds since 1970. */
export interface RecordingSummary {
  readonly session: string;
  readonly host: string;
  readonly program: string;
  readonly startedAt: number;
  readonly duration: number;
  /** Bytes of the file. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
  readonly participants: readonly string[];
  /** Whether it was ended properly. */
  readonly complete: boolean;
  /** Somebody is writing it now. */
  readonly busy: boolean;
}

/** Why a recording cannot be read; `code` is a SightlineError's, or `gone` when the file has changed or vanished. */
export interface ReadFault {
  readonly code: string;
  readonly message: string;
}

/** What a person chooses of a conversion. */
export type ConversionWishes = Pick<
  ConvertOptions,
  'container' | 'overlays' | 'quality' | 'speed' | 'from' | 'to'
>;

export interface OpenOptions {
  readonly file: Blob;
  /** Where the compiled kernels are. */
  readonly kernels: string;
  readonly picture: OffscreenCanvas;
  readonly overlay: OffscreenCanvas;
}

export type ToPlayer =
  /** `handle` is that of a file which the browser keeps: it tells whether somebody still writes. */
  | {
      readonly kind: 'describe';
      readonly id: number;
      readonly file: Blob;
      readonly handle?: FileSystemFileHandle;
    }
  | ({ readonly kind: 'open' } & OpenOptions)
  /** Another worker reads the recording through, beside the one that plays it: its news go on to that one. */
  | { readonly kind: 'survey'; readonly file: Blob; readonly kernels: string }
  | {
      readonly kind: 'surveyed';
      /** Ascending times of all frames. */
      readonly frames: Float64Array;
      readonly idle: readonly Span[];
    }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** Where the compiled coders of videos are: `coders` of all but VP8. */
  | {
      readonly kind: 'convert';
      readonly file: Blob;
      readonly kernels: string;
      readonly coders: string;
      readonly vp8: string;
      readonly wishes: ConversionWishes;
      readonly locale: Locale;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'play' | 'pause' }
  /** `count` grows with every jump that the page asks for. */
  | { readonly kind: 'seek'; readonly time: number; readonly count: number }
  | { readonly kind: 'step'; readonly direction: 1 | -1 }
  | { readonly kind: 'speed'; readonly speed: number }
  | { readonly kind: 'skip-idle'; readonly skip: boolean }
  /** Device pixels per picture pixel; whether the page is seen. */
  | { readonly kind: 'view'; readonly scale: number; readonly visible: boolean }
  | { readonly kind: 'screenshot'; readonly id: number; readonly overlays: boolean }
  | { readonly kind: 'hash'; readonly id: number };

export type FromPlayer =
  | {
      readonly kind: 'described';
      readonly id: number;
      readonly result: { readonly summary: RecordingSummary } | { readonly fault: ReadFault };
    }
  | { readonly kind: 'opened'; readonly summary: RecordingSummary }
  /** `jumps`: the newest jump that the state knows of. */
  | { readonly kind: 'state'; readonly state: PlaybackState; readonly jumps: number }
  | { readonly kind: 'outline'; readonly outline: RecordingOutline }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'converting'; readonly progress: ConversionProgress }
  | {
      readonly kind: 'converted';
      readonly file: Blob;
      readonly summary: Omit<ConversionSummary, 'fault'>;
    }
  | { readonly kind: 'screenshot'; readonly id: number; readonly png: Blob }
  | { readonly kind: 'hash'; readonly id: number; readonly sha256: string; readonly frame: number }
  | { readonly kind: 'fault'; readonly fault: ReadFault };
