/** A whole session in virtual time: a painted host, the relay, and viewers over links of any rate. */
import { expect } from 'vitest';
import {
  ColourConverter,
  type ColourLevel,
  coloursOf,
  FrameDecoder,
  type Picture,
  type QualityName,
  type SightlineError,
  strideOf,
} from '../../codecs/index.js';
import { HostSession, type HostSessionOptions, loadKernelModule, Relay } from '../../engine/index.js';
import { type ShownFrame, type ViewerOptions, ViewerSession } from '../../engine/viewer/index.js';
import { FakeClock } from './clock.js';
import { type NetworkOptions, VirtualNetwork } from './network.js';
import { PaintedSource } from './painted-source.js';

export const TOKEN = 'stagestagestagestagestage';
const KEY = 'keykeykeykeykeykeykeykeykey';

export interface StagedViewer {
  readonly session: ViewerSession;
  readonly decoder: FrameDecoder;
  readonly frames: (ShownFrame & { readonly at: number })[];
  readonly problems: SightlineError[];
  readonly quality: QualityName;
}

export interface StageOptions {
  readonly width?: number;
  readonly height?: number;
  /** The host's link to the relay. */
  readonly hostLink?: NetworkOptions;
  readonly host?: Partial<HostSessionOptions>;
}

export class Stage {
  readonly clock = new FakeClock();
  readonly relay: Relay;
  readonly network: VirtualNetwork;
  readonly source: PaintedSource;
  readonly host: HostSession;
  readonly faults: SightlineError[] = [];
  readonly viewers: StagedViewer[] = [];
  /** Called with every frame that a viewer shows. */
  onShown: ((viewer: StagedViewer, frame: ShownFrame) => void) | undefined;
  readonly module: WebAssembly.Module;
  readonly converter: ColourConverter;

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(await loadKernelModule(), options);
    await stage.host.start();
    await stage.clock.advanceUntil(() => stage.host.state.kind === 'connected');
    return stage;
  }

  private constructor(module: WebAssembly.Module, options: StageOptions) {
    this.module = module;
    this.converter = new ColourConverter(module);
    this.relay = new Relay({
      clock: this.clock,
      onFault: (fault) => {
        throw fault;
      },
    });
    this.network = new VirtualNetwork(this.clock, (link) => this.relay.accept(link));
    this.source = new PaintedSource(this.clock, options.width ?? 320, options.height ?? 200);
    this.host = new HostSession({
      source: this.source,
      dial: this.network.dial({ delay: 1000, ...options.hostLink }),
      clock: this.clock,
      token: TOKEN,
      key: KEY,
      name: 'Stage',
      threads: 0,
      module,
      random: () => 0.5,
      onFault: (error) => this.faults.push(error),
      ...options.host,
    });
  }

  /** A viewer joins; it is in the session at once, its picture comes with time. */
  join(quality: QualityName, link: NetworkOptions = {}, options: Partial<ViewerOptions> = {}): StagedViewer {
    const decoder = new FrameDecoder(this.module);
    const frames: StagedViewer['frames'] = [];
    const problems: SightlineError[] = [];
    const shape = { delay: 1000, ...link };
    const session: ViewerSession = new ViewerSession({
      dialMain: this.network.dial(shape),
      dialLane: this.network.dial(shape),
      clock: this.clock,
      random: () => 0.5,
      decoder,
      token: TOKEN,
      name: `viewer ${this.viewers.length + 1}`,
      quality,
      handlers: {
        onFrame: (frame) => {
          frames.push({ ...frame, at: this.clock.now() });
          this.onShown?.(viewer, frame);
          frame.presented();
        },
        onProblem: (error) => problems.push(error),
      },
      ...options,
    });
    const viewer: StagedViewer = { session, decoder, frames, problems, quality };
    this.viewers.push(viewer);
    session.start();
    return viewer;
  }

  leave(viewer: StagedViewer): void {
    viewer.session.close();
    this.viewers.splice(this.viewers.indexOf(viewer), 1);
  }

  /** Whether the viewer holds exactly the source's screen in the colours of its level. */
  isUpToDate(viewer: StagedViewer): boolean {
    const level = viewer.session.state.level;
    return level !== undefined && samePixels(viewer.decoder.picture, this.expected(coloursOf(level)));
  }

  /** The source's screen as a viewer of `level` must hold it. */
  expected(level: ColourLevel): Picture {
    const { width, height, pixels } = this.source.picture();
    const stride = strideOf(width);
    const aligned = new Uint8Array(stride * height);
    for (let y = 0; y < height; y++) {
      aligned.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), y * stride);
    }
    return this.converter.expandTo({ width, height, stride, pixels: aligned }, level);
  }

  /** Waits until every viewer holds the screen exactly; throws when that takes longer than `limit`. */
  async settle(limit = 10_000_000): Promise<number> {
    return this.clock.advanceUntil(() => this.viewers.every((viewer) => this.isUpToDate(viewer)), limit);
  }

  /** Nothing went wrong anywhere. */
  expectNoFaults(): void {
    expect(this.faults).toEqual([]);
    for (const { problems } of this.viewers) expect(problems).toEqual([]);
  }

  async close(): Promise<void> {
    for (const viewer of this.viewers) viewer.session.close();
    await this.host.stop();
    this.relay.close();
  }
}

/** Compares what is seen: rows without their padding. */
export function samePixels(a: Picture, b: Picture): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  const bytes = a.width * 4;
  for (let y = 0; y < a.height; y++) {
    const left = Buffer.from(a.pixels.buffer, a.pixels.byteOffset + y * a.stride, bytes);
    const right = Buffer.from(b.pixels.buffer, b.pixels.byteOffset + y * b.stride, bytes);
    if (!left.equals(right)) return false;
  }
  return true;
}
