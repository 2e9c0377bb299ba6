/** Which recorded slices nothing can be made of: what a repair leaves out, beside what is damaged. */
import { SightlineError } from '../../codecs/index.js';
import { type Block, displayTracks, type RecordingMetadata, Track } from '../../codecs/recording/index.js';
import { readSliceHeader, type SliceHeader } from '../protocol/index.js';
import { FrameChain } from './frame-chain.js';
import { STANDARD_TRACKS } from './tracks.js';

/** Slices without a frame that are remembered between the two readings: 8 MB. */
const MAX_USELESS = 1_000_000;

/** Finds the slices whose frame is not whole, or builds on one that is lost: nothing can be made of them. */
export class UselessSlices {
  readonly useless: number[] = [];
  #displays: readonly number[] = [Track.Display];
  readonly #tracks = new Map<number, { readonly chain: FrameChain; open: number[] }>();
  #first: SliceHeader | undefined;
  messages = 0;

  constructor(metadata: RecordingMetadata | undefined) {
    this.know(metadata);
  }

  /** Without metadata there is one screen. */
  know(metadata: RecordingMetadata | undefined): void {
    if (metadata !== undefined) this.#displays = displayTracks(metadata);
  }

  take(block: Block): void {
    this.messages++;
    if (!this.#displays.includes(block.track)) return;
    let track = this.#tracks.get(block.track);
    if (track === undefined) {
      track = { chain: new FrameChain(), open: [] };
      this.#tracks.set(block.track, track);
    }
    const header = sliceHeaderOf(block.payload);
    const place = header === undefined ? 'misfit' : track.chain.place(header);
    if (header === undefined || place === 'misfit') {
      track.chain.abandon();
      this.#drop([...track.open, block.offset]);
      track.open = [];
      return;
    }
    this.#first ??= header;
    if (place !== 'more') {
      this.#drop(track.open);
      track.open = [];
    }
    track.open.push(block.offset);
    if (!header.last) return;
    track.chain.complete();
    track.open = [];
  }

  end(): void {
    for (const { open } of this.#tracks.values()) this.#drop(open);
    this.useless.sort((a, b) => a - b);
  }

  /** What a recording without its metadata tells of itself. */
  metadata(): RecordingMetadata | undefined {
    if (this.#first === undefined) return undefined;
    const { width, height, level } = this.#first;
    return {
      session: '',
      host: '',
      width,
      height,
      level,
      program: '',
      startedAt: 0,
      participants: [],
      tracks: [...STANDARD_TRACKS],
    };
  }

  #drop(offsets: readonly number[]): void {
    this.useless.push(...offsets);
    if (this.useless.length > MAX_USELESS) {
      throw new SightlineError('too-large', 'The recording holds too many slices without a frame.', {
        field: 'repair',
      });
    }
  }
}

/** Undefined when the message is not a slice. */
export function sliceHeaderOf(message: Uint8Array): SliceHeader | undefined {
  return orUndefined(() => readSliceHeader(message));
}

/** What `read` answers; undefined when what it reads is malformed. */
export function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SightlineError) return undefined;
    throw error;
  }
}
