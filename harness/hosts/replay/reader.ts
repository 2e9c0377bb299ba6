/** What the replay host plays: frames in their order, each with its time. */
import type { Picture, Rect } from '../../../codecs/index.js';
import type { Micros } from '../../../engine/index.js';

/** A part of a recording that could not be played, since it is damaged. */
export interface SkippedPart {
  /** Time of the frame before it, microseconds. */
  readonly after: Micros;
  /** Bytes that are damaged, and blocks known to be missing. */
  readonly bytes: number;
  readonly blocks: number;
}

export interface ReplayReader {
  /** Size of the frame that `peek` has announced last. */
  readonly width: number;
  readonly height: number;
  /**
   * When the next frame is shown, from the beginning; undefined: there is none. May be called again before the frame
   * is taken. Throws `SightlineError` for a file that goes wrong.
   */
  peek(): Promise<Micros | undefined>;
  /**
   * Takes the announced frame: writes it into `picture`, which holds the last one taken (anything at all when
   * `fresh`), and answers what has changed. Undefined: the reader was closed meanwhile.
   */
  read(picture: Picture, fresh: boolean): Promise<readonly Rect[] | undefined>;
  /** Starts again with the first frame. */
  rewind(): Promise<void>;
  /** Frees everything; waits until child processes have gone. */
  close(): Promise<void>;
}
