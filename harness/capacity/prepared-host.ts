/**
 * A host that codes nothing: it sends frames of a given size at a given rate, for viewers that do not decode. What it
 * costs beside the relay is next to nothing, so that the relay is what is loaded. To the relay it is a host like any
 * other: it answers requests for pictures, keeps a window, and tells the time.
 */
import {
  AUTO_STREAM,
  levelOfName,
  type QualityName,
  SightlineError,
  type StreamLevel,
} from '../../codecs/index.js';
import {
  Channel,
  type Clock,
  channelOf,
  decodeAck,
  decodeClock,
  decodeControl,
  dialWebSocket,
  encodeClock,
  encodeControl,
  type Link,
  LiveLink,
  type Micros,
  NO_VIEWER,
  PROTOCOL_VERSION,
  SLICE_HEADER_BYTES,
  writeSliceHeader,
} from '../../engine/index.js';

export interface PreparedHostOptions {
  readonly clock: Clock;
  /** `ws://host:port/ws` */
  readonly relay: string;
  readonly token: string;
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly level: QualityName;
  readonly fps: number;
  /** Of each frame, all its messages. */
  readonly frameBytes: number;
}

/** Frames on their way: what a window on a quick link lets through. */
const WINDOW = 4;
/** A frame of a moving screen is cut into pieces of about this size. */
const SLICE_BYTES = 16 * 1024;

export class PreparedHost {
  readonly #options: PreparedHostOptions;
  readonly #link: Link;
  readonly #level: StreamLevel;
  readonly #viewers = new Set<number>();
  #newest = 0;
  /** The newest frame that some viewer has acknowledged. */
  #acked = 0;
  /** When the oldest picture that no frame has shown was drawn. */
  #drawnAt: Micros | undefined;
  #cancelTick = () => {};

  /** Resolves when the relay has the session; rejects with `SightlineError`. */
  static async open(options: PreparedHostOptions): Promise<PreparedHost> {
    const link = await dialWebSocket(options.relay);
    return new Promise((resolve, reject) => {
      const refuse = (reason: string) => reject(new SightlineError('refused', reason, { field: 'relay' }));
      link.onClose = (_code, reason) => refuse(reason);
      link.onMessage = (message) => {
        const answer = decodeControl(message);
        if (answer.type === 'host-welcome') resolve(new PreparedHost(options, link));
        else refuse(`The relay answered with ${answer.type}.`);
      };
      const { token, key, width, height } = options;
      const version = PROTOCOL_VERSION;
      link.send(
        encodeControl({ type: 'host-hello', version, token, key, name: 'load', width, height, frame: 0 }),
      );
    });
  }

  private constructor(options: PreparedHostOptions, link: Link) {
    this.#options = options;
    this.#link = new LiveLink(link, { clock: options.clock });
    this.#level = levelOfName(options.level) ?? AUTO_STREAM;
    this.#link.onMessage = (message) => this.#receive(message);
    this.#link.onClose = () => this.#cancelTick();
    this.#tickFrom(options.clock.now(), 1);
  }

  close(): void {
    this.#cancelTick();
    this.#link.close();
  }

  #receive(message: Uint8Array): void {
    const { clock } = this.#options;
    switch (channelOf(message)) {
      case Channel.Control: {
        const control = decodeControl(message);
        if (control.type === 'refresh') this.#bring(control.viewer);
        else if (control.type === 'viewer-left') this.#viewers.delete(control.viewer);
        return;
      }
      case Channel.Ack: {
        const ack = decodeAck(message);
        if (ack.kind === 'frame') this.#acked = Math.max(this.#acked, ack.frame);
        return;
      }
      case Channel.Clock:
        this.#link.send(encodeClock({ ...decodeClock(message), kind: 'pong', answeredAt: clock.now() }));
    }
  }

  /** A picture, on a timetable: what is late does not make the next ones late. */
  #tickFrom(start: Micros, tick: number): void {
    const { clock, fps } = this.#options;
    const due = start + (tick * 1e6) / fps;
    this.#cancelTick = clock.after(Math.max(0, due - clock.now()), () => {
      this.#draw(clock.now());
      const missed = Math.max(0, Math.floor(((clock.now() - due) * fps) / 1e6));
      this.#tickFrom(start, tick + 1 + missed);
    });
  }

  #draw(now: Micros): void {
    if (this.#viewers.size === 0) return;
    this.#drawnAt ??= now;
    if (this.#newest - this.#acked >= WINDOW) return;
    const base = this.#newest++;
    this.#send(base, NO_VIEWER, this.#drawnAt);
    this.#drawnAt = undefined;
  }

  /** The whole picture for one viewer. */
  #bring(viewer: number): void {
    this.#viewers.add(viewer);
    this.#newest = Math.max(1, this.#newest);
    this.#send(0, viewer, this.#options.clock.now());
  }

  #send(base: number, viewer: number, drawnAt: Micros): void {
    const { width, height, frameBytes } = this.#options;
    const slices = Math.max(1, Math.ceil(frameBytes / SLICE_BYTES));
    for (let slice = 0; slice < slices; slice++) {
      const message = new Uint8Array(Math.max(SLICE_HEADER_BYTES, Math.round(frameBytes / slices)));
      writeSliceHeader(message, {
        level: this.#level,
        first: slice === 0,
        last: slice === slices - 1,
        approximate: false,
        refinement: false,
        frame: this.#newest,
        base,
        viewer,
        width,
        height,
        drawnAt,
        slice,
      });
      this.#link.send(message);
    }
  }
}
