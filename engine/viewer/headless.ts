/**
 * A viewer without a screen, for Node: decodes into memory and acknowledges at once. Used by tests, by
 * `sightline view` and by latency measurements.
 */
import { createHash } from 'node:crypto';
import {
  ColourConverter,
  FrameDecoder,
  type Picture,
  type QualityName,
  SightlineError,
} from '../../codecs/index.js';
import { loadKernelModule } from '../artifacts.js';
import { type Clock, type Micros, systemClock } from '../clock.js';
import { pictureToPng } from '../png.js';
import { type Dial, dialWebSocket, type HeartbeatTimes } from '../transport/index.js';
import { parseAddress } from './address.js';
import { decodeThreads } from './decode-threads.js';
import { ViewerSession } from './session.js';
import type { ShownFrame, ViewerHandlers, ViewerState } from './types.js';

export interface HeadlessOptions {
  /** `http://host:port/#TOKEN`; or else `dial` and `token`. */
  readonly address?: string;
  /** Authorities (PEM) that the address's certificate may be of, besides those that Node knows. */
  readonly ca?: string;
  readonly dial?: Dial;
  readonly token?: string;
  /** Whether to open a second link for input, overlays and clock (default) or to use one for all. */
  readonly lane?: boolean;
  readonly name?: string;
  /** `high` by default: what a picture is compared by. */
  readonly quality?: QualityName;
  /** Threads that help to decode large frames; none unless told. */
  readonly threads?: number;
  readonly clock?: Clock;
  /** As for `ViewerSession`. */
  readonly heartbeat?: HeartbeatTimes;
  readonly random?: () => number;
  /**
   * As for `ViewerSession`. A frame is acknowledged before `onFrame` is called; the picture may be read until
   * the handler returns.
   */
  readonly handlers?: ViewerHandlers;
}

/** How long the `until…` methods wait by default. */
const DEFAULT_LIMIT: Micros = 30_000_000;

interface Waiter {
  check(): void;
  fail(error: SightlineError): void;
}

export class HeadlessViewer {
  readonly session: ViewerSession;
  readonly #decoder: FrameDecoder;
  readonly #colours: ColourConverter;
  readonly clock: Clock;
  readonly #waiters = new Set<Waiter>();
  readonly #listeners = new Set<(frame: ShownFrame) => void>();

  private constructor(module: WebAssembly.Module, options: HeadlessOptions) {
    const { clock = systemClock, handlers = {} } = options;
    const { dial, token } = destinationOf(options);
    this.clock = clock;
    this.#decoder = new FrameDecoder(module, decodeThreads(options.threads ?? 0));
    this.#colours = new ColourConverter(module);
    this.session = new ViewerSession({
      dialMain: dial,
      ...(options.lane === false ? {} : { dialLane: dial }),
      clock,
      random: options.random ?? Math.random,
      decoder: this.#decoder,
      token,
      name: options.name ?? 'headless viewer',
      quality: options.quality ?? 'high',
      ...(options.heartbeat === undefined ? {} : { heartbeat: options.heartbeat }),
      handlers: {
        ...handlers,
        onState: (state) => {
          handlers.onState?.(state);
          this.#onState(state);
        },
        onOverlay: (event, at) => {
          handlers.onOverlay?.(event, at);
          this.#recheck();
        },
        onChat: (entry) => {
          handlers.onChat?.(entry);
          this.#recheck();
        },
        onFrame: (frame) => {
          frame.presented();
          handlers.onFrame?.(frame);
          for (const listener of this.#listeners) listener(frame);
          this.#recheck();
        },
      },
    });
  }

  /** Makes a viewer and lets it connect; `untilJoined` and `untilFrame` tell when it has. */
  static async open(options: HeadlessOptions): Promise<HeadlessViewer> {
    const viewer = new HeadlessViewer(await loadKernelModule(), options);
    viewer.session.start();
    return viewer;
  }

  /** What has been decoded: during a frame's handlers, and whenever nothing is under way, a whole frame. */
  get picture(): Picture {
    return this.#decoder.picture;
  }

  /** The frame that the picture holds; 0: none. */
  get frame(): number {
    return this.session.frame;
  }

  /** Calls `listener` for every whole frame, until the answer is called. */
  onFrame(listener: (frame: ShownFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Packed R, G, B rows of the picture: a copy. */
  rgb24(): Uint8Array {
    return this.#colours.toRgb24(this.picture);
  }

  /** MD5 of the picture's RGB24 pixels, as ffmpeg's framemd5 prints it. */
  rgb24Md5(): string {
    return createHash('md5').update(this.rgb24()).digest('hex');
  }

  /** The picture as a PNG file, without overlays. */
  png(): Promise<Buffer> {
    return pictureToPng(this.picture);
  }

  /**
   * Waits until `condition` holds; it is tried after every frame, overlay event, chat message and
   * change of state.
   * Rejects with `SightlineError`: `timeout`, or `closed` when the session is over.
   */
  until(condition: () => boolean, what: string, limit: Micros = DEFAULT_LIMIT): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        this.#waiters.delete(waiter);
        cancel();
        settle();
      };
      const waiter: Waiter = {
        check: () => {
          let holds: boolean;
          try {
            holds = condition();
          } catch (error) {
            finish(() => reject(error));
            return;
          }
          if (holds) finish(resolve);
        },
        fail: (error) => finish(() => reject(error)),
      };
      const cancel = this.clock.after(limit, () => {
        waiter.fail(new SightlineError('timeout', `Waited ${limit / 1e6} s in vain for ${what}.`));
      });
      this.#waiters.add(waiter);
      waiter.check();
      if (this.#waiters.has(waiter)) this.#failIfOver(waiter, this.session.state);
    });
  }

  async untilJoined(limit?: Micros): Promise<void> {
    await this.until(() => this.session.state.connection.kind === 'joined', 'the relay', limit);
  }

  /** Waits until the picture holds frame `number` or a later one; answers which. */
  async untilFrame(number: number, limit?: Micros): Promise<number> {
    await this.until(() => this.frame >= number, `frame ${number}`, limit);
    return this.frame;
  }

  /** Waits for a picture whose RGB24 pixels have that MD5; answers its frame. */
  async untilHash(md5: string, limit?: Micros): Promise<number> {
    let tried = 0;
    const matches = () => {
      if (this.frame === tried || this.frame === 0) return false;
      tried = this.frame;
      return this.rgb24Md5() === md5;
    };
    await this.until(matches, `the picture ${md5}`, limit);
    return this.frame;
  }

  close(): void {
    this.session.close();
    this.#decoder.close();
  }

  #onState(state: ViewerState): void {
    this.#recheck();
    for (const waiter of [...this.#waiters]) this.#failIfOver(waiter, state);
  }

  #failIfOver(waiter: Waiter, { connection }: ViewerState): void {
    if (connection.kind === 'ended') {
      waiter.fail(new SightlineError('closed', connection.reason, { field: connection.code }));
    } else if (connection.kind === 'idle') {
      waiter.fail(new SightlineError('closed', 'The viewer was closed.'));
    }
  }

  #recheck(): void {
    for (const waiter of [...this.#waiters]) waiter.check();
  }
}

function destinationOf({ address, ca, dial, token }: HeadlessOptions): { dial: Dial; token: string } {
  if (address !== undefined) {
    const parsed = parseAddress(address);
    return {
      dial: dial ?? (() => dialWebSocket(parsed.socketUrl, ca === undefined ? {} : { ca })),
      token: parsed.token,
    };
  }
  if (dial === undefined || token === undefined) {
    throw new SightlineError('bad-argument', 'A viewer needs an address, or a dial and a token.', {
      field: 'address',
    });
  }
  return { dial, token };
}
