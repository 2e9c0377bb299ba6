/** One viewer session with its canvases: what the page asks for goes in, news come out. */
import { FrameDecoder, SightlineError } from '../../../../codecs/index.js';
import { systemClock } from '../../../../engine/clock.js';
import { drawOverlay, StrokePen } from '../../../../engine/overlay/index.js';
import { NO_VIEWER, type OverlayEvent } from '../../../../engine/protocol/index.js';
import {
  type LatencyReport,
  parseAddress,
  type SessionAddress,
  ViewerSession,
} from '../../../../engine/viewer/index.js';
import type { SentRecord } from '../lab-api.js';
import type { FromWorker, LatencyFigures, StartOptions, StatsFigures, ToWorker } from '../worker-api.js';
import { pageDecodeHelp } from './decode-help.js';
import { LabFigureKeeper } from './lab-figures.js';
import { LabWatcher } from './lab-watcher.js';
import { OverlayLayer } from './overlay-layer.js';
import { OwnDrawings } from './own-drawings.js';
import { Painter } from './painter.js';
import { sha256OfRgb } from './picture-hash.js';
import { PageRecording } from './recording.js';
import { SimulatedLine } from './simulated-line.js';
import { dialSocket } from './socket-link.js';

/** How often the figures in the strip change: often enough to follow, slowly enough to read. */
const STATS_MS = 500;

type Post = (news: FromWorker) => void;

export class PageSession {
  readonly #post: Post;
  readonly #session: ViewerSession;
  readonly #decoder: FrameDecoder;
  readonly #painter: Painter;
  readonly #overlay: OverlayLayer;
  readonly #recording: PageRecording;
  readonly #pen: StrokePen;
  readonly #drawings: OwnDrawings;
  readonly #line = new SimulatedLine(systemClock);
  /** Only while the Lab panel is open. */
  #figures: LabFigureKeeper | undefined;
  /** Whether the page is seen. */
  #seen = true;
  /** Only while a laboratory watches. */
  #watcher: LabWatcher | undefined;
  /** When the technician made the points that the pen sends now. */
  #penAt: number | undefined;

  /** Undefined, with news of why, when the address or the kernels are not usable. */
  static async start(options: StartOptions, post: Post): Promise<PageSession | undefined> {
    const address = addressOf(options.address);
    if (address === undefined) {
      post({ kind: 'incomplete' });
      return undefined;
    }
    try {
      const module = await WebAssembly.compileStreaming(fetch(options.kernels));
      return new PageSession(options, address, module, post);
    } catch (error) {
      post({
        kind: 'fault',
        code: 'internal',
        message: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  }

  private constructor(
    options: StartOptions,
    address: SessionAddress,
    module: WebAssembly.Module,
    post: Post,
  ) {
    this.#post = post;
    const decoder = new FrameDecoder(module, pageDecodeHelp());
    this.#decoder = decoder;
    this.#painter = new Painter(options.picture, systemClock);
    const dial = this.#line.over(() => dialSocket(address.socketUrl));
    this.#session = new ViewerSession({
      dialMain: dial,
      dialLane: dial,
      clock: systemClock,
      random: Math.random,
      decoder,
      token: address.token,
      name: options.name,
      quality: options.quality,
      looksAgain: true,
      handlers: {
        onState: (viewer) => {
          post({ kind: 'viewer', viewer });
          this.#overlay.changed();
          this.#watch();
          // Once the session has said all that it says by itself when it joins.
          queueMicrotask(() => this.#drawings.drawBefore(this.#pen));
        },
        onResize: (width, height) => {
          this.#painter.resize(width, height);
          this.#overlay.resize(width, height);
        },
        onFrame: (shown) => {
          const { frame, level, damage } = shown;
          this.#painter.take(frame, decoder, damage, (times) => {
            this.#watcher?.presented(shown, times);
            this.#figures?.presented(shown, times);
            shown.presented();
            post({ kind: 'frame', frame, level });
          });
        },
        onSample: (sample) => {
          this.#watcher?.sample(sample);
          this.#figures?.recorder.sample(sample);
        },
        onChat: (entry) => post({ kind: 'chat', entry }),
        onOverlay: (event) => this.#drawn(event),
      },
    });
    this.#overlay = new OverlayLayer(options.overlay, this.#session.overlay, systemClock, (id) => {
      const { viewer, participants } = this.#session.state;
      return id === viewer ? undefined : participants.find((one) => one.viewer === id)?.name;
    });
    this.#recording = new PageRecording(this.#session, module, post);
    this.#pen = new StrokePen((action) => {
      const at = this.#penAt;
      const sequence = this.#session.sendOverlay(action, at);
      // What is sent because the pen is put away was asked for by nobody.
      if (at !== undefined) this.#sent('overlay', sequence, at);
    });
    this.#drawings = new OwnDrawings(
      this.#session,
      (drawings) => post({ kind: 'drawings', drawings }),
      options.drawings,
    );
    setInterval(() => this.#postStats(), STATS_MS);
    this.#session.start();
  }

  take(message: Exclude<ToWorker, { kind: 'start' }>): void {
    switch (message.kind) {
      case 'input':
        this.#sent('input', this.#session.sendInput(message.action, message.at), message.at);
        return;
      case 'laser':
        this.#sent('overlay', this.#session.sendOverlay(message, message.at), message.at);
        return;
      case 'pen':
        this.#draw(message);
        return;
      case 'erase':
        this.#erase(message.scope);
        return;
      case 'undo':
        this.#undo();
        return;
      case 'chat':
        this.#sent('chat', this.#session.chat.send(message.text, message.at)?.sequence, message.at);
        return;
      case 'chat-again':
        this.#session.chat.resend(message.entry);
        return;
      case 'quality':
        this.#session.setQuality(message.quality);
        this.#beginFigures();
        return;
      case 'name':
        this.#session.setName(message.name);
        return;
      case 'control':
        this.#session.setControl(message.wanted);
        return;
      case 'hand-over':
        this.#session.handOver(message.to);
        return;
      case 'tool':
        this.#pen.up();
        this.#session.setTool(message.tool);
        this.#drawings.changed();
        return;
      case 'recording':
        if (message.active) this.#recording.start();
        else this.#recording.stop();
        return;
      case 'marker':
        this.#recording.marker(message.text, message.at);
        return;
      case 'view':
        this.#overlay.scale = message.scale;
        this.#painter.visible = message.visible;
        this.#seen = message.visible;
        this.#watch();
        return;
      case 'retry':
        this.#session.close();
        this.#session.start();
        return;
      case 'look':
        this.#session.lookNow();
        return;
      case 'screenshot':
        void this.#tellScreenshot(message.id, message.drawings);
        return;
      case 'hash':
        this.#answer(message.id, this.#hash(message.id));
        return;
      case 'figures':
        this.#figures = message.wanted ? this.#newFigures() : undefined;
        return;
      case 'lab-run':
        this.#answer(message.id, this.#tellRun(message.id));
        return;
      case 'line':
        this.#line.words = message.words;
        this.#beginFigures();
        return;
      case 'watch':
        this.#watcher ??= new LabWatcher(this.#session, this.#painter, systemClock, this.#post);
        this.#watch();
        return;
      case 'leave':
        this.#recording.stop();
        this.#session.close();
        this.#decoder.close();
        return;
    }
  }

  #drawn(event: OverlayEvent): void {
    this.#overlay.changed();
    const { viewer } = event;
    // By nobody: a connection that is lost, or what a relay says anew.
    if (event.kind !== 'erase' || event.scope !== 'all' || viewer === NO_VIEWER) return;
    this.#drawings.changed();
    if (viewer !== this.#session.state.viewer) this.#post({ kind: 'erased', by: viewer, whose: [] });
  }

  /** A page that nobody sees is sent no pictures, unless it keeps them or is measured. */
  #watch(): void {
    this.#session.setWatching(this.#seen || this.#session.state.recording || this.#watcher !== undefined);
  }

  #newFigures(): LabFigureKeeper {
    return new LabFigureKeeper(this.#session, this.#painter, this.#line, systemClock);
  }

  /** Figures of two lines or levels would be of none. */
  #beginFigures(): void {
    if (this.#figures !== undefined) this.#figures = this.#newFigures();
  }

  /** Whoever asked hears it when there will be no answer. */
  #answer(id: number, answering: Promise<void>): void {
    answering.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#post({ kind: 'failed', id, reason });
    });
  }

  async #tellRun(id: number): Promise<void> {
    this.#post({ kind: 'lab-run', id, run: await this.#figures?.recorder.run() });
  }

  #sent(channel: SentRecord['channel'], sequence: number | undefined, at: number): void {
    this.#watcher?.sent(channel, sequence, at);
  }

  #draw({ phase, points, at }: Extract<ToWorker, { kind: 'pen' }>): void {
    this.#penAt = at;
    const [first, ...rest] = points;
    if (phase === 'down' && first !== undefined) this.#pen.down(first.x, first.y);
    for (const { x, y } of phase === 'down' ? rest : points) this.#pen.move(x, y);
    if (phase === 'up') {
      this.#pen.up();
      this.#drawings.changed();
    } else this.#pen.flush();
    this.#penAt = undefined;
  }

  #erase(scope: 'mine' | 'all'): void {
    const { overlay, state } = this.#session;
    const whose = [...new Set(Array.from(overlay.strokes, ({ viewer }) => viewer))];
    this.#pen.up();
    const sequence = this.#session.sendOverlay({ kind: 'erase', scope });
    this.#drawings.changed();
    if (scope === 'all' && sequence !== undefined) this.#post({ kind: 'erased', by: state.viewer, whose });
  }

  #undo(): void {
    this.#pen.up();
    const { overlay, state } = this.#session;
    const last = overlay.lastStrokeOf(state.viewer);
    if (last === undefined) return;
    this.#session.sendOverlay({ kind: 'erase', scope: 'stroke', stroke: last.id });
    this.#drawings.changed();
  }

  /** Where the browser cannot make it, the answer is none. */
  async #tellScreenshot(id: number, drawings: boolean): Promise<void> {
    const png = await this.#screenshot(drawings).catch(() => undefined);
    this.#post({ kind: 'screenshot', id, png });
  }

  async #screenshot(drawings: boolean): Promise<Blob> {
    this.#painter.flush();
    let { canvas } = this.#painter;
    if (drawings && !this.#session.overlay.isEmpty) {
      const { width, height } = canvas;
      const picture = canvas;
      canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d', { alpha: false })!;
      context.drawImage(picture, 0, 0);
      drawOverlay(context, this.#session.overlay, systemClock.now());
    }
    return canvas.convertToBlob({ type: 'image/png' });
  }

  async #hash(id: number): Promise<void> {
    const rgba = this.#painter.read();
    const { frame } = this.#painter;
    this.#post({ kind: 'hash', id, frame, sha256: await sha256OfRgb(rgba) });
  }

  #postStats(): void {
    const { frames, framesPerSecond, kilobitsPerSecond, problems, latency } = this.#session.statistics();
    const stats: StatsFigures = {
      frames,
      framesPerSecond,
      kilobitsPerSecond,
      faults: problems,
      modes: this.#decoder.modes(),
      decoding: this.#decoder.threads,
      paint: this.#painter.takeCost() / 1000,
      ...(this.#figures === undefined ? {} : { lab: this.#figures.read() }),
      ...figures('display', latency.display),
      ...figures('input', latency.input),
      ...figures('laser', latency.laser),
      ...figures('whiteboard', latency.whiteboard),
    };
    this.#post({ kind: 'stats', stats });
  }
}

function addressOf(address: string): SessionAddress | undefined {
  try {
    return parseAddress(address);
  } catch (error) {
    if (error instanceof SightlineError) return undefined;
    throw error;
  }
}

/** Recent latencies of a channel in milliseconds, as a property of that name; none without samples. */
function figures<N extends string>(name: N, { recent }: LatencyReport): { [K in N]?: LatencyFigures } {
  if (recent.samples === 0) return {};
  const found: LatencyFigures = { samples: recent.samples, p50: recent.p50 / 1000, p95: recent.p95 / 1000 };
  return { [name]: found } as { [K in N]?: LatencyFigures };
}
