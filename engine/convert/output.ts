/** The file that a conversion writes: one face for containers. Times are the video's, in microseconds. */
import {
  AviWriter,
  bitmapInfo,
  type ContainerSink,
  type MkvTrack,
  MkvWriter,
} from '../../codecs/containers/index.js';
import { SightlineError } from '../../codecs/index.js';
import type { RecordingMetadata } from '../../codecs/recording/index.js';
import type { VideoEncoder } from '../../codecs/video/index.js';
import type { Micros } from '../clock.js';
import type { ContainerKind, ConversionWords } from './types.js';

export interface Output {
  /** Whether chapters and captions have a place in it. */
  readonly hasMarks: boolean;
  /** Bytes written so far. */
  readonly bytes: number;
  /** `track` counts video tracks from 0. */
  picture(track: number, at: Micros, bytes: Uint8Array, keyframe: boolean): Promise<void>;
  caption(at: Micros, duration: Micros, text: string): Promise<void>;
  chapter(at: Micros, title: string): void;
  finish(end: Micros): Promise<void>;
}

export interface OutputOptions {
  readonly sink: ContainerSink;
  readonly container: ContainerKind;
  /** One for each video track. */
  readonly coders: readonly VideoEncoder[];
  /** Of an AVI. */
  readonly fps: number;
  readonly application: string;
  readonly metadata: RecordingMetadata;
  readonly words: ConversionWords;
  readonly duration: Micros;
}

/** Matroska's times are exact to half of this (ns); clusters of a second stay within 16 bits. WebM wants milliseconds. */
export const MKV_SCALE = 100_000;
const WEBM_SCALE = 1_000_000;

export function openOutput(options: OutputOptions): Output {
  return options.container === 'avi' ? new AviOutput(options) : new MkvOutput(options);
}

class AviOutput implements Output {
  readonly hasMarks = false;
  readonly #writer: AviWriter;

  constructor({ sink, coders, fps, application }: OutputOptions) {
    const [coder] = coders;
    if (coder === undefined || coders.length > 1) {
      throw new SightlineError('bad-argument', 'An AVI has one video track: use .mkv for more.', {
        field: 'overlays',
      });
    }
    const { size, fourcc, compression = fourcc, bitsPerPixel, extraData } = coder;
    this.#writer = new AviWriter(sink, {
      size,
      compression,
      handler: fourcc,
      bitsPerPixel,
      extraData,
      rate: { frames: Math.round(fps * 1000), seconds: 1000 },
      application,
    });
  }

  get bytes(): number {
    return this.#writer.position;
  }

  picture(_track: number, at: Micros, bytes: Uint8Array, keyframe: boolean): Promise<void> {
    return this.#writer.addFrame(at, bytes, keyframe);
  }

  async caption(): Promise<void> {}

  chapter(): void {}

  finish(end: Micros): Promise<void> {
    return this.#writer.finish(end);
  }
}

class MkvOutput implements Output {
  readonly hasMarks = true;
  readonly #writer: MkvWriter;
  readonly #captionTrack: number;

  constructor({ sink, container, coders, application, metadata, words, duration }: OutputOptions) {
    const isWebm = container === 'webm';
    this.#captionTrack = coders.length + 1;
    const tracks: MkvTrack[] = coders.map((coder, index) => ({
      type: 'video',
      codecId: coder.codecId,
      size: coder.size,
      ...privateOf(coder),
      ...(coder.colour === undefined ? {} : { colour: coder.colour }),
      name: index === 0 ? words.screen : words.screenWithOverlays,
    }));
    tracks.push({ type: 'subtitles', name: words.events, shown: false });
    this.#writer = new MkvWriter(sink, {
      docType: isWebm ? 'webm' : 'matroska',
      tracks,
      timestampScale: isWebm ? WEBM_SCALE : MKV_SCALE,
      application,
      title: metadata.session,
      startedAt: metadata.startedAt,
      tags: tagsOf(metadata),
      duration,
    });
  }

  get bytes(): number {
    return this.#writer.position;
  }

  picture(track: number, at: Micros, bytes: Uint8Array, keyframe: boolean): Promise<void> {
    return this.#writer.addFrame(track + 1, at, bytes, keyframe);
  }

  caption(at: Micros, duration: Micros, text: string): Promise<void> {
    return this.#writer.addSubtitle(this.#captionTrack, at, duration, text);
  }

  chapter(at: Micros, title: string): void {
    this.#writer.addChapter(at, title);
  }

  finish(end: Micros): Promise<void> {
    return this.#writer.finish(end);
  }
}

function privateOf(coder: VideoEncoder): { codecPrivate?: Uint8Array } {
  if (coder.codecId !== 'V_MS/VFW/FOURCC') return {};
  const { size, fourcc, compression = fourcc, bitsPerPixel, extraData } = coder;
  return { codecPrivate: bitmapInfo({ size, compression, bitsPerPixel, extraData }) };
}

/** Matroska's official tag names where there are such. */
function tagsOf({ session, host, program, participants }: RecordingMetadata): Record<string, string> {
  const names = participants.map(({ name }) => name).join(', ');
  return {
    TITLE: session,
    ...(host === '' ? {} : { ARTIST: host }),
    ...(names === '' ? {} : { ACTOR: names }),
    ENCODED_BY: program,
  };
}
