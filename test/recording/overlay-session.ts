/** A session in virtual time whose overlays are compared, moment by moment, with what a recording of it shows. */
import { bytesSource, openRecording, type Recording, Track } from '../../codecs/recording/index.js';
import { laserOpacity, OverlayModel } from '../../engine/overlay/index.js';
import { Channel, decodeOverlay, readSliceHeader } from '../../engine/protocol/index.js';
import { MemorySink, Recorder, RecordingPlayer, SessionMemory } from '../../engine/recording/index.js';
import type { Dial } from '../../engine/transport/link.js';
import type { VirtualLink } from '../support/network.js';
import { Stage, type StagedViewer } from '../support/stage.js';
import { newDecoder } from '../viewer/scripted.js';
import { METADATA } from './harness.js';

/** What is drawn, as far as an eye sees it: the dots' opacity in percent. */
export interface Drawn {
  readonly strokes: readonly string[];
  readonly dots: readonly string[];
}

export function drawn(model: OverlayModel, now: number): Drawn {
  return {
    strokes: Array.from(model.strokes, ({ viewer, id, points }) => `${viewer}/${id}: ${points.join(' ')}`),
    dots: Array.from(
      model.lasers,
      (dot) => `${dot.viewer}: ${dot.x} ${dot.y} ${Math.round(laserOpacity(dot, now) * 100)}`,
    ),
  };
}

export interface Sample {
  /** Recorded time. */
  readonly time: number;
  readonly live: Drawn;
}

export interface Take {
  readonly bytes: Uint8Array;
  readonly samples: readonly Sample[];
}

/** A stage whose first viewer records as a page does. */
export class OverlaySession {
  readonly stage: Stage;
  readonly takes: Take[] = [];
  readonly #links = new Map<StagedViewer, VirtualLink[]>();
  readonly #memory = new SessionMemory();
  #recorder: Recorder | undefined;
  #sink = new MemorySink();
  /** When the recording began, on the clock. */
  #origin: number | undefined;
  #samples: Sample[] = [];

  static async open(viewers: number): Promise<OverlaySession> {
    const session = new OverlaySession(await Stage.open());
    for (let count = 0; count < viewers; count++) session.#join();
    await session.stage.settle();
    return session;
  }

  private constructor(stage: Stage) {
    this.stage = stage;
  }

  get self(): StagedViewer {
    return this.stage.viewers[0]!;
  }

  get memory(): SessionMemory {
    return this.#memory;
  }

  get recording(): boolean {
    return this.#recorder !== undefined;
  }

  async close(): Promise<void> {
    await this.stage.close();
  }

  /** Breaks all links of a viewer, as a lost network does. */
  cut(viewer: StagedViewer, which: 'both' | 'lane' = 'both'): void {
    const links = this.#links.get(viewer)!.filter((link) => !link.closed);
    for (const link of which === 'lane' ? links.slice(1) : links) link.cut();
  }

  /** Breaks the host's links. */
  cutHost(): void {
    const others = new Set([...this.#links.values()].flat());
    for (const link of this.stage.network.links) if (!others.has(link)) link.cut();
  }

  start(): void {
    if (this.#recorder !== undefined) return;
    const { session } = this.self;
    this.#sink = new MemorySink();
    this.#samples = [];
    this.#origin = undefined;
    this.#recorder = new Recorder({
      sink: this.#sink,
      clock: this.stage.clock,
      metadata: METADATA,
      viewer: session.state.viewer,
      before: this.#memory.messages(),
      wantRefresh: () => session.wantRefresh(),
    });
    session.setRecording(true);
  }

  async stop(): Promise<void> {
    const recorder = this.#recorder;
    if (recorder === undefined) return;
    this.#recorder = undefined;
    this.#origin = undefined;
    const stopped = recorder.stop();
    this.self.session.setRecording(false);
    await this.stage.clock.advance(10);
    const { bytes } = await stopped;
    if (bytes > 0) this.takes.push({ bytes: this.#sink.toBytes(), samples: this.#samples });
  }

  /** Time passes, and the moment is looked at that is then. */
  async pass(time: number): Promise<void> {
    await this.stage.clock.advance(time);
    this.sample();
    // What happens next is of a later moment.
    await this.stage.clock.advance(10);
  }

  sample(): void {
    const now = this.stage.clock.now();
    const origin = this.#origin;
    // A dot that had rested before the recording began is new to it, and fades once more.
    if (origin === undefined || now - origin < 3_000_000) return;
    this.#samples.push({ time: Math.round(now - origin), live: drawn(this.self.session.overlay, now) });
  }

  #join(): void {
    const links: VirtualLink[] = [];
    const { network } = this.stage;
    const dial = network.dial.bind(network);
    network.dial = (options): Dial => {
      const open = dial(options);
      return async () => {
        const link = await open();
        links.push(link as VirtualLink);
        return link;
      };
    };
    const viewer = this.stage.join('high');
    network.dial = dial;
    this.#links.set(viewer, links);
    if (this.#links.size > 1) return;
    viewer.session.tap((message, at) => {
      this.#memory.message(message);
      const recorder = this.#recorder;
      if (recorder === undefined) return;
      recorder.message(message, at);
      if (this.#origin !== undefined || message[0] !== Channel.Display) return;
      const { first, base } = readSliceHeader(message);
      if (first && base === 0) this.#origin = at;
    });
  }
}

export async function opened({ bytes }: Take): Promise<Recording> {
  return openRecording(bytesSource(bytes));
}

/** What a player shows at each moment when it plays from the start. */
export async function playedThrough(recording: Recording, times: readonly number[]): Promise<Drawn[]> {
  const model = new OverlayModel();
  const found: Drawn[] = [];
  const upTo = (time: number) => {
    while (found.length < times.length && times[found.length]! < time) {
      found.push(drawn(model, times[found.length]!));
    }
  };
  for await (const played of new RecordingPlayer(recording, newDecoder()).play()) {
    upTo(played.time);
    if (played.kind === 'message' && played.track === Track.Overlay) {
      model.apply(decodeOverlay(played.message), played.time);
    }
  }
  upTo(Number.POSITIVE_INFINITY);
  return found;
}

/** What it shows when it jumps there. */
export async function jumpedTo(recording: Recording, time: number): Promise<Drawn> {
  const model = new OverlayModel();
  for await (const played of new RecordingPlayer(recording, newDecoder()).play({ from: time, to: time })) {
    if (played.kind !== 'message' || played.track !== Track.Overlay) continue;
    model.apply(decodeOverlay(played.message), played.time);
  }
  return drawn(model, time);
}

/** A model that shows this, dots at full opacity. */
export function modelOf({ strokes, dots }: Drawn): OverlayModel {
  const model = new OverlayModel();
  const head = { sequence: 0, createdAt: 0 };
  for (const stroke of strokes) {
    const [, viewer, id, list] = /^(\d+)\/(\d+): (.*)$/.exec(stroke)!;
    const numbers = list!.split(' ').map(Number);
    const points = numbers.flatMap((x, at) => (at % 2 === 0 ? [{ x, y: numbers[at + 1]! }] : []));
    model.apply(
      { ...head, viewer: Number(viewer), kind: 'stroke', stroke: Number(id), begin: true, end: true, points },
      0,
    );
  }
  for (const dot of dots) {
    const [viewer, x, y] = dot.replace(':', '').split(' ').map(Number);
    model.apply({ ...head, viewer: viewer!, kind: 'laser', visible: true, x: x!, y: y! }, 0);
  }
  return model;
}
