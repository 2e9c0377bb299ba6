/** The screens of a recording: each has its own track, its own frames and its own picture. */
import type { SightlineError } from '../../codecs/index.js';
import type { PictureDecoder } from '../viewer/types.js';
import { type AssembledFrame, FrameAssembler } from './frame-assembler.js';

/**
 * One decoder decodes the first screen; a function is asked for one for each screen that has pictures, and those for
 * which it has none are not decoded.
 */
export type Decoders = PictureDecoder | ((track: number) => PictureDecoder | undefined);

export interface Display {
  readonly track: number;
  readonly frames: FrameAssembler;
  readonly decoder: PictureDecoder | undefined;
  shown: AssembledFrame | undefined;
}

export class Displays {
  readonly #tracks: readonly number[];
  readonly #decoders: Decoders | undefined;
  readonly #used = new Map<number, Display>();

  /** Without decoders frames of every screen are checked and counted, not decoded. */
  constructor(tracks: readonly number[], decoders: Decoders | undefined) {
    this.#tracks = tracks;
    this.#decoders = decoders;
  }

  /** The screen of a track; undefined when it is none, or not among those that are decoded. */
  of(track: number): Display | undefined {
    const known = this.#used.get(track);
    if (known !== undefined || !this.#tracks.includes(track)) return known;
    const decoders = this.#decoders;
    if (typeof decoders === 'object' && track !== this.#tracks[0]) return undefined;
    const decoder = typeof decoders === 'function' ? decoders(track) : decoders;
    if (typeof decoders === 'function' && decoder === undefined) return undefined;
    const display = { track, decoder, frames: new FrameAssembler(decoder), shown: undefined };
    this.#used.set(track, display);
    return display;
  }

  /** Those that have had something to show. */
  used(): Iterable<Display> {
    return this.#used.values();
  }

  get skipped(): number {
    let sum = 0;
    for (const { frames } of this.#used.values()) sum += frames.skipped;
    return sum;
  }

  /** Why some slice could not. */
  get fault(): SightlineError | undefined {
    for (const { frames } of this.#used.values()) if (frames.fault !== undefined) return frames.fault;
    return undefined;
  }

  reset(): void {
    for (const display of this.#used.values()) {
      display.frames.reset();
      display.shown = undefined;
    }
  }
}
