/**
 * What a viewer would show at the end of what is written so far, as places in the file: from this come checkpoints.
 */
import type { CheckpointPicture, FileRange } from '../../codecs/recording/index.js';
import type { OverlayEvent, SliceHeader } from '../protocol/index.js';
import { FrameChain, type SlicePlace } from './frame-chain.js';
import { LiveMessages, liveRanges, type StateMessage } from './live.js';

/**
 * Most ranges of a checkpoint: twice what a recorder's own tidying leaves (see `OverlayTrack`). Where a recording
 * of another program has more, players go on from an earlier checkpoint.
 */
const MAX_RANGES = 4096;

interface Screen {
  readonly chain: FrameChain;
  /** Offset of the first block of its newest whole picture. */
  start: number;
}

export class Shown {
  readonly #screens = new Map<number, Screen>();
  readonly #live = new LiveMessages<FileRange>();

  /** Where a slice belongs; ask it before the slice is written, and `paint` when it was. */
  place(track: number, header: SliceHeader): SlicePlace {
    return this.#screen(track).chain.place(header);
  }

  /** Nothing can follow on this track but a whole picture. */
  lose(track: number): void {
    this.#screen(track).chain.lose();
  }

  /** A slice that belongs was written at `offset`; answers whether its frame is complete. */
  paint(track: number, header: SliceHeader, place: SlicePlace, offset: number): boolean {
    const screen = this.#screen(track);
    if (place === 'whole') screen.start = offset;
    if (header.last) screen.chain.complete();
    return header.last;
  }

  /** Offset of the first block of a screen's newest whole picture. */
  pictureStart(track: number): number {
    return this.#screen(track).start;
  }

  /** Messages that draw the present strokes. */
  get strokeMessages(): number {
    return this.#live.strokeMessages;
  }

  overlay(event: OverlayEvent, place: FileRange): void {
    this.#live.overlay(event, place);
  }

  chat(place: FileRange): void {
    this.#live.chat(place);
  }

  state(message: StateMessage, place: FileRange): void {
    this.#live.state(message, place);
  }

  /**
   * What rebuilds it all, when the file ends at `end`; undefined while a frame is half done, when nothing is shown, and
   * when it lies in too many places.
   */
  checkpoint(end: number): { pictures: CheckpointPicture[]; live: FileRange[] } | undefined {
    const pictures: CheckpointPicture[] = [];
    for (const [track, { chain, start }] of this.#screens) {
      if (chain.open) return undefined;
      const { held: frame, level, width, height } = chain;
      if (frame !== 0) pictures.push({ track, start, level, width, height, frame });
    }
    if (pictures.length === 0) return undefined;
    const first = Math.min(...pictures.map(({ start }) => start));
    const live = liveRanges(this.#live.values(), first, end);
    return live.length > MAX_RANGES ? undefined : { pictures, live };
  }

  #screen(track: number): Screen {
    let screen = this.#screens.get(track);
    if (screen === undefined) {
      screen = { chain: new FrameChain(), start: 0 };
      this.#screens.set(track, screen);
    }
    return screen;
  }
}
