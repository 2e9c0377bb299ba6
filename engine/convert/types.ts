/** What a conversion is asked for, and what it answers. */
import type { ContainerSink } from '../../codecs/containers/index.js';
import type { Picture, QualityName, SightlineError, Size } from '../../codecs/index.js';
import type { PictureChange, VideoCodec } from '../../codecs/video/index.js';
import type { Micros } from '../clock.js';
import type { RepaintContext } from '../overlay/index.js';

export const CONTAINERS = ['avi', 'mkv', 'webm'] as const;
export type ContainerKind = (typeof CONTAINERS)[number];

export const OVERLAY_MODES = ['burn', 'none', 'track'] as const;
/** Drawn into the picture; left out; or a video track with them beside one without. */
export type OverlayMode = (typeof OVERLAY_MODES)[number];

export const CODEC_CHOICES = ['auto', 'zmbv', 'msvc', 'mrle', 'vp8'] as const;
export type CodecChoice = (typeof CODEC_CHOICES)[number];

/** Of the recording's pixels: a factor, or a size that the picture is fitted into. */
export type Scale = number | Size;

/** What overlays are drawn on: a 2D context of a canvas of its own. */
export interface OverlayCanvas extends RepaintContext {
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

/** How a recording is shown. */
export interface ShowOptions {
  /** The compiled kernels that decode. */
  readonly module: WebAssembly.Module;
  /** Makes a canvas, transparent, of that size: needed where overlays are drawn. */
  readonly makeCanvas: (width: number, height: number) => OverlayCanvas;
  /** Of the recording, microseconds: from here (0) */
  readonly from?: Micros;
  /** to here (its end). */
  readonly to?: Micros;
  /** Times as fast; 1 unless said otherwise. */
  readonly speed?: number;
  readonly scale?: Scale;
  readonly overlays?: OverlayMode;
  /** Which screen, from 1; the first unless told. Overlays belong to the first, others are shown without. */
  readonly screen?: number;
  /** Ends it: the promise rejects with `closed`. */
  readonly signal?: AbortSignal;
}

/** One picture of one track, valid until the receiver's promise settles. */
export interface ShownView {
  readonly picture: Picture;
  readonly change: PictureChange;
}

/** How far a conversion has come. */
export interface ConversionProgress {
  /** Pictures coded so far. */
  readonly frames: number;
  /** Recorded time that is done, and all of it, microseconds. */
  readonly done: Micros;
  readonly total: Micros;
  /** Bytes written. */
  readonly bytes: number;
}

export interface ConvertOptions extends Omit<ShowOptions, 'module'> {
  readonly sink: ContainerSink;
  readonly container: ContainerKind;
  readonly codec?: CodecChoice;
  /** 1 (small) to 100; of codecs that lose something. */
  readonly quality?: number;
  /** Pictures in a second: an AVI's rate, and the most in other containers. */
  readonly fps?: number;
  readonly modules: ConversionModules;
  /** Name and version of the program. */
  readonly application: string;
  /** What stands in subtitles and chapters. */
  readonly words: ConversionWords;
  readonly onProgress?: (progress: ConversionProgress) => void;
}

/** The compiled kernels. */
export interface ConversionModules {
  readonly decode: WebAssembly.Module;
  readonly recording: WebAssembly.Module;
  /** For VP8 alone: a page loads it when it is wanted. */
  readonly vp8?: WebAssembly.Module;
}

export interface ConversionSummary {
  readonly codec: VideoCodec;
  readonly container: ContainerKind;
  readonly size: Size;
  /** Pictures in the file, of all its video tracks. */
  readonly frames: number;
  /** Of the file, microseconds. */
  readonly duration: Micros;
  readonly bytes: number;
  /** An AVI's rate; undefined where pictures have their own times. */
  readonly fps: number | undefined;
  readonly chapters: number;
  readonly captions: number;
  /** Screens in the recording, of which one is in the file. */
  readonly screens: number;
  /** Slices that could not be used, because the recording is damaged. */
  readonly skipped: number;
  /** Why the newest of them could not. */
  readonly fault: SightlineError | undefined;
}

/** Sentences in the reader's language. */
export interface ConversionWords {
  readonly start: string;
  joined(name: string): string;
  left(name: string): string;
  controls(name: string): string;
  readonly nobodyControls: string;
  records(name: string): string;
  /** Everyone was told that this person records. */
  told(name: string): string;
  /** Somebody was asked for consent to `text`, and has given it or not. */
  consents(name: string, text: string): string;
  refuses(name: string, text: string): string;
  recordingEnded(reason: string): string;
  readonly hostAway: string;
  readonly hostBack: string;
  readonly hostEnded: string;
  says(name: string, text: string): string;
  /** A marker that nobody named. */
  marker(number: number): string;
  level(level: QualityName): string;
  size(width: number, height: number): string;
  /** Names of tracks. */
  readonly screen: string;
  readonly screenWithOverlays: string;
  readonly events: string;
}
