/** What the session's worker and the one that writes a recording say to each other. */
import type { RecordingMetadata } from '../../../../codecs/recording/index.js';
import type { Micros } from '../../../../engine/clock.js';

export interface RecorderStart {
  /** The compiled kernels, for checksums. */
  readonly kernels: WebAssembly.Module;
  /** What the recording should be called, without suffix. */
  readonly name: string;
  readonly metadata: Pick<RecordingMetadata, 'session' | 'host' | 'program' | 'startedAt'>;
  readonly viewer: number;
  /** How things stand, and what is drawn. */
  readonly before: readonly Uint8Array[];
}

export type ToRecorder =
  | ({ readonly kind: 'start' } & RecorderStart)
  /** What the session received or sent at `at`; the bytes are the receiver's own. */
  | { readonly kind: 'message'; readonly message: Uint8Array; readonly at: Micros }
  | { readonly kind: 'marker'; readonly text: string; readonly at: Micros }
  | { readonly kind: 'stop' };

export type FromRecorder =
  /** How far it has come; `taken` counts the bytes of all messages so far. */
  | {
      readonly kind: 'progress';
      readonly bytes: number;
      readonly duration: Micros;
      readonly taken: number;
    }
  /** A whole picture is wanted. */
  | { readonly kind: 'refresh' }
  | ({ readonly kind: 'ended' } & RecordedFile);

/** A recording that has ended. */
export interface RecordedFile {
  /** Without suffix. */
  readonly name: string;
  /** The browser keeps it beyond this page. */
  readonly kept: boolean;
  readonly bytes: number;
  readonly duration: Micros;
  /** Absent when nothing was written. */
  readonly file?: Blob;
  /** Why it ended before it was stopped. */
  readonly error?: { readonly code: string; readonly message: string };
}
