/**
 * Slices in, whole frames out. Every slice is checked against what the picture holds before it is decoded;
 * a frame that cannot be applied leaves the picture stale until one comes that covers all of it (base 0),
 * which is asked for once.
 */
import { coloursOf, type Rect, SightlineError, type StreamLevel } from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';
import { isAddressed, readSliceHeader, type SliceHeader, sliceBody } from '../protocol/index.js';
import type { PictureDecoder } from './types.js';

/** Wait before asking again when the answer itself was faulty; doubles each time up to the longest. */
const FIRST_RETRY: Micros = 250_000;
const LONGEST_RETRY: Micros = 8_000_000;

export interface CompleteFrame {
  /** Of its first slice. */
  readonly header: SliceHeader;
  readonly exact: boolean;
  readonly addressed: boolean;
  readonly damage: readonly Rect[];
  readonly receivedAt: Micros;
  /** The last slice came. */
  readonly completedAt: Micros;
  readonly decodedAt: Micros;
  /** What decoding held up the thread that receives, all slices together. */
  readonly decode: Micros;
  readonly bytes: number;
  readonly slices: number;
}

export interface FrameEvents {
  onResize(width: number, height: number): void;
  onFrame(frame: CompleteFrame): void;
  onProblem(error: SightlineError): void;
  /** The whole picture is needed. */
  onWantRefresh(): void;
}

interface Assembly {
  readonly header: SliceHeader;
  readonly damage: Rect[];
  readonly receivedAt: Micros;
  completedAt: Micros;
  slices: number;
  bytes: number;
  decode: Micros;
}

export class FrameReceiver {
  readonly #decoder: PictureDecoder;
  readonly #clock: Clock;
  readonly #events: FrameEvents;
  #held = 0;
  #level: StreamLevel | undefined;
  #width = 0;
  #height = 0;
  #stale = false;
  #assembly: Assembly | undefined;
  #asked = false;
  #faultyAnswers = 0;
  #cancelRetry = () => {};

  constructor(decoder: PictureDecoder, clock: Clock, events: FrameEvents) {
    this.#decoder = decoder;
    this.#clock = clock;
    this.#events = events;
  }

  /** The frame that the picture holds; 0: none, or not one whole frame. */
  get held(): number {
    return this.#held;
  }

  get stale(): boolean {
    return this.#stale;
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  /** A new connection: only a frame that covers the whole picture may come next. The old picture stays to be seen. */
  reset(): void {
    this.#assembly = undefined;
    this.#held = 0;
    this.#stale = false;
    this.#forgetAsking();
  }

  /** Asks for the whole picture unless it is on its way already. */
  wantRefresh(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#events.onWantRefresh();
  }

  /** One message of the display channel. */
  receive(message: Uint8Array): void {
    let header: SliceHeader;
    try {
      header = readSliceHeader(message);
    } catch (error) {
      this.#fault(asError(error), this.#assembly?.header.base === 0);
      return;
    }
    // What builds on a picture that we do not have is of no use; a whole picture was asked for.
    if (this.#stale && header.base !== 0) return;
    if (this.#stale && this.#assembly === undefined && !header.first) return;
    try {
      const assembly = this.#place(header);
      const started = this.#clock.now();
      assembly.completedAt = started;
      const touched = this.#decoder.decode(sliceBody(message), coloursOf(header.level), header);
      this.#clock.spend?.({ kind: 'decode', pixels: areaOf(touched), bytes: message.byteLength });
      assembly.decode += this.#clock.now() - started;
      assembly.bytes += message.byteLength;
      assembly.slices++;
      if (header.base !== 0) assembly.damage.push(...touched);
      if (header.last) this.#complete(assembly, !header.approximate);
    } catch (error) {
      this.#fault(asError(error), header.base === 0);
    }
  }

  /** The frame under assembly that this slice belongs to; throws when it fits nowhere. */
  #place(header: SliceHeader): Assembly {
    if (!header.first) {
      const assembly = this.#assembly;
      if (assembly === undefined || !continues(assembly, header)) {
        throw misfit('slice', `Slice ${header.slice} of frame ${header.frame} is out of order.`);
      }
      return assembly;
    }
    if (header.slice !== 0) throw misfit('slice', `Frame ${header.frame} starts with slice ${header.slice}.`);
    if (header.base === 0) this.#startOver(header);
    else this.#checkBase(header);
    const receivedAt = this.#clock.now();
    this.#assembly = {
      header,
      damage: [],
      receivedAt,
      completedAt: receivedAt,
      slices: 0,
      bytes: 0,
      decode: 0,
    };
    return this.#assembly;
  }

  #checkBase(header: SliceHeader): void {
    if (this.#assembly !== undefined) {
      throw misfit('frame', `Frame ${this.#assembly.header.frame} was left half done.`);
    }
    if (header.base !== this.#held) {
      throw misfit(
        'base',
        `Frame ${header.frame} builds on frame ${header.base}; frame ${this.#held} is held.`,
      );
    }
    if (header.level !== this.#level) {
      throw misfit('level', `Frame ${header.frame} changes the stream without covering the picture.`);
    }
    if (header.width !== this.#width || header.height !== this.#height) {
      throw misfit('size', `Frame ${header.frame} changes the size without covering the picture.`);
    }
  }

  #startOver(header: SliceHeader): void {
    this.#held = 0;
    if (header.width === this.#width && header.height === this.#height) return;
    // Unknown until the decoder has taken the size: a refusal must not leave the old size believed.
    this.#width = 0;
    this.#height = 0;
    this.#decoder.resize(header.width, header.height);
    this.#width = header.width;
    this.#height = header.height;
    this.#events.onResize(header.width, header.height);
  }

  #complete(assembly: Assembly, exact: boolean): void {
    const { header, receivedAt, completedAt, decode, bytes, slices } = assembly;
    this.#assembly = undefined;
    this.#held = header.frame;
    this.#level = header.level;
    this.#stale = false;
    this.#forgetAsking();
    const damage =
      header.base === 0 ? [{ x: 0, y: 0, width: header.width, height: header.height }] : assembly.damage;
    this.#events.onFrame({
      header,
      exact,
      addressed: isAddressed(header),
      damage,
      receivedAt,
      completedAt,
      decodedAt: this.#clock.now(),
      decode,
      bytes,
      slices,
    });
  }

  /** `answer`: the fault is in a frame that covers the whole picture, such as the answer to a request. */
  #fault(error: SightlineError, answer: boolean): void {
    this.#assembly = undefined;
    this.#held = 0;
    this.#stale = true;
    this.#events.onProblem(error);
    if (!this.#asked) this.wantRefresh();
    else if (answer) this.#askLater();
  }

  /** A source of nothing but faulty pictures must not be asked in a tight circle. */
  #askLater(): void {
    this.#cancelRetry();
    const delay = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(this.#faultyAnswers++, 20));
    this.#cancelRetry = this.#clock.after(delay, () => {
      if (this.#stale) this.#events.onWantRefresh();
    });
  }

  #forgetAsking(): void {
    this.#asked = false;
    this.#faultyAnswers = 0;
    this.#cancelRetry();
  }
}

function continues(assembly: Assembly, header: SliceHeader): boolean {
  const first = assembly.header;
  return (
    header.slice === assembly.slices &&
    header.frame === first.frame &&
    header.base === first.base &&
    header.level === first.level &&
    header.viewer === first.viewer &&
    header.width === first.width &&
    header.height === first.height
  );
}

function areaOf(rects: readonly Rect[]): number {
  return rects.reduce((sum, { width, height }) => sum + width * height, 0);
}

function misfit(field: string, message: string): SightlineError {
  return new SightlineError('bad-slice', message, { field });
}

function asError(error: unknown): SightlineError {
  return error instanceof SightlineError
    ? error
    : new SightlineError('internal', 'A slice could not be decoded.', { cause: error });
}
