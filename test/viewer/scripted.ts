/** A host's screen and a relay that do what a test tells them, for the viewer's tests. */
import {
  type ColourLevel,
  createSharedMemory,
  encoderLayout,
  encodeSlice,
  exactCoding,
  FrameDecoder,
  FrameEncoder,
  type Picture,
  sliceJob,
  type TileJob,
  wholeBox,
  writeJobs,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import {
  type Ack,
  Channel,
  type Control,
  type ControlMessage,
  type ControlType,
  channelOf,
  decodeAck,
  decodeClock,
  decodeControl,
  encodeBeat,
  encodeClock,
  encodeControl,
  isBeat,
  NO_VIEWER,
  PROTOCOL_VERSION,
  SLICE_HEADER_BYTES,
  type SliceHeader,
  writeSliceHeader,
} from '../../engine/protocol/index.js';
import type { Link } from '../../engine/transport/link.js';
import { type ViewerHandlers, type ViewerOptions, ViewerSession } from '../../engine/viewer/index.js';
import { FakeClock } from '../support/clock.js';
import { type NetworkOptions, VirtualNetwork } from '../support/network.js';

export const TOKEN = 'scripted-session-token-01';
export const LANE_KEY = 'scripted-lane-key-0000001';

const module = await loadKernelModule();

export function newDecoder(): FrameDecoder {
  return new FrameDecoder(module);
}

/** A picture that is painted by hand and coded by the real kernels. */
export class Screen {
  readonly #encoder: FrameEncoder;
  readonly width: number;
  readonly height: number;

  constructor(width = 150, height = 100) {
    this.width = width;
    this.height = height;
    const layout = encoderLayout({ width, height, workers: 0 });
    this.#encoder = new FrameEncoder(module, layout, createSharedMemory(layout.totalBytes));
  }

  get picture(): Picture {
    return this.#encoder.picture;
  }

  /** Fills a rectangle with 0xRRGGBB. */
  fill(colour: number, x = 0, y = 0, width = this.width - x, height = this.height - y): void {
    const { pixels, stride } = this.#encoder.picture;
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        pixels.set([colour & 255, (colour >> 8) & 255, colour >> 16, 255], row * stride + column * 4);
      }
    }
  }

  /** Slice bodies of what changed since the last call, or of the whole picture; one slice per tile row. */
  code(level: ColourLevel, whole: boolean): Uint8Array[] {
    const { residual, moves } = this.#encoder.commit();
    const { layout, kernels, memory } = this.#encoder;
    const jobs: TileJob[] = [];
    for (let tile = 0; tile < layout.tiles; tile++) {
      const box = whole ? wholeBox(tile, this) : residual[tile]!;
      if (box !== 0) jobs.push({ tile, box });
    }
    const bodies: Uint8Array[] = [];
    for (let at = 0; at < jobs.length || at === 0; at += layout.columns) {
      const part = jobs.slice(at, at + layout.columns);
      writeJobs(memory, layout, 0, part);
      const job = sliceJob(layout, exactCoding(level), 0, part.length, 0);
      const bytes = encodeSlice(kernels, memory, job, at === 0 && !whole ? moves : []);
      bodies.push(new Uint8Array(memory.buffer, job.outOffset, bytes).slice());
    }
    return bodies;
  }
}

export function sliceMessage(body: Uint8Array, header: Partial<SliceHeader>): Uint8Array {
  const message = new Uint8Array(SLICE_HEADER_BYTES + body.length);
  message.set(body, SLICE_HEADER_BYTES);
  writeSliceHeader(message, {
    level: 3,
    first: true,
    last: true,
    approximate: false,
    refinement: false,
    frame: 1,
    base: 0,
    viewer: NO_VIEWER,
    width: 150,
    height: 100,
    drawnAt: 0,
    slice: 0,
    ...header,
  });
  return message;
}

/** The messages of one frame. */
export function frameMessages(bodies: readonly Uint8Array[], header: Partial<SliceHeader>): Uint8Array[] {
  return bodies.map((body, slice) =>
    sliceMessage(body, { ...header, slice, first: slice === 0, last: slice === bodies.length - 1 }),
  );
}

/** The relay's end of one link. */
export class Party {
  readonly received: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;
  onReceive: ((message: Uint8Array) => void) | undefined;

  /** @param beats Whether to answer a beat. */
  constructor(
    readonly link: Link,
    beats: () => boolean,
  ) {
    link.onMessage = (message) => {
      const copy = message.slice();
      if (isBeat(copy)) {
        if (beats()) link.send(encodeBeat({ answer: false, coming: 0, received: 0 }));
        return;
      }
      this.received.push(copy);
      this.onReceive?.(copy);
    };
    link.onClose = (code, reason) => {
      this.closed = { code, reason };
    };
  }

  say(message: ControlMessage): void {
    this.link.send(encodeControl(message));
  }

  /** Control messages of one type that came, oldest first. */
  heard<T extends ControlType>(type: T): Control<T>[] {
    return this.received
      .filter((message) => channelOf(message) === Channel.Control)
      .map((message) => decodeControl(message))
      .filter((message): message is Control<T> => message.type === type);
  }

  acks(): Ack[] {
    return this.received.filter((message) => channelOf(message) === Channel.Ack).map(decodeAck);
  }

  on(channel: Channel): Uint8Array[] {
    return this.received.filter((message) => channelOf(message) === channel);
  }
}

export interface WorldOptions {
  readonly network?: NetworkOptions;
  readonly lane?: boolean;
  readonly handlers?: ViewerHandlers;
  readonly options?: Partial<ViewerOptions>;
  /** The host's clock minus the viewer's. */
  readonly hostAhead?: number;
}

/** A viewer session, a network in virtual time, and a relay that welcomes, answers pings and otherwise waits. */
export class World {
  readonly clock = new FakeClock();
  readonly network: VirtualNetwork;
  readonly session: ViewerSession;
  readonly decoder = newDecoder();
  /** Relay's ends, in the order in which they came. */
  readonly mains: Party[] = [];
  readonly lanes: Party[] = [];
  readonly problems: string[] = [];
  welcomes = true;
  answersPings = true;
  /** The newest revision of the viewer's wishes. */
  wishes = 0;
  /** Whether the parties answer the viewer's beats. */
  beats = true;
  hostAhead: number;
  #viewers = 0;

  constructor({ network, lane = true, handlers, options, hostAhead = 0 }: WorldOptions = {}) {
    this.hostAhead = hostAhead;
    this.network = new VirtualNetwork(this.clock, (link) => this.#accept(link));
    const dial = this.network.dial({ delay: 1_000, poison: true, ...network });
    this.session = new ViewerSession({
      dialMain: dial,
      ...(lane ? { dialLane: dial } : {}),
      clock: this.clock,
      random: () => 0.5,
      decoder: this.decoder,
      token: TOKEN,
      name: 'Ada',
      quality: 'high',
      handlers: {
        ...handlers,
        onProblem: (error) => {
          this.problems.push(`${error.code}${error.field === undefined ? '' : `:${error.field}`}`);
          handlers?.onProblem?.(error);
        },
      },
      ...options,
    });
  }

  get main(): Party {
    return this.mains.at(-1)!;
  }

  get lane(): Party {
    return this.lanes.at(-1)!;
  }

  /** Starts the session and lets it join, with a host that is there. */
  async join(): Promise<void> {
    this.session.start();
    await this.clock.advance(50_000);
    this.main.say(HOST_PRESENT);
    await this.clock.advance(50_000);
  }

  async send(...messages: Uint8Array[]): Promise<void> {
    for (const message of messages) this.main.link.send(message);
    await this.clock.advance(10_000);
  }

  #accept(link: Link): void {
    const party = new Party(link, () => this.beats);
    party.onReceive = (message) => {
      if (channelOf(message) === Channel.Clock && this.answersPings) {
        const ping = decodeClock(message);
        const answeredAt = this.clock.now() + this.hostAhead;
        link.send(encodeClock({ ...ping, kind: 'pong', answeredAt }));
        return;
      }
      if (channelOf(message) !== Channel.Control) return;
      const hello = decodeControl(message);
      if (hello.type === 'wishes') this.wishes = hello.revision;
      if (party.received.length > 1) return;
      if (hello.type === 'viewer-hello') {
        this.mains.push(party);
        if (!this.welcomes) return;
        const viewer = ++this.#viewers;
        party.say({
          type: 'viewer-welcome',
          version: PROTOCOL_VERSION,
          session: 'abc',
          viewer,
          laneKey: LANE_KEY,
        });
      } else if (hello.type === 'link-hello') {
        this.lanes.push(party);
        party.say({ type: 'link-welcome', version: PROTOCOL_VERSION, purpose: 'quick' });
      }
    };
  }
}

export const HOST_PRESENT: Control<'host-state'> = {
  type: 'host-state',
  state: 'present',
  name: 'Desk',
  width: 150,
  height: 100,
};

/** The picture as rows of 0xRRGGBB, for comparing what is displayed. */
export function displayed(picture: Picture): number[][] {
  const rows: number[][] = [];
  for (let y = 0; y < picture.height; y++) {
    const row: number[] = [];
    for (let x = 0; x < picture.width; x++) {
      const at = y * picture.stride + x * 4;
      const { pixels } = picture;
      row.push((pixels[at + 2]! << 16) | (pixels[at + 1]! << 8) | pixels[at]!);
    }
    rows.push(row);
  }
  return rows;
}
