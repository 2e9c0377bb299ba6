/** The source's screen: started once, captured into a pipeline of its size, and committed as frames. */
import type { Micros } from '../clock.js';
import { type Capture, type Commit, DisplayPipeline } from '../display/index.js';
import { CapturePace } from './capture-pace.js';
import type { HostSessionOptions } from './types.js';

export interface ScreenEvents {
  /** The source says that its picture has changed. */
  changed(): void;
  /** It has no more pictures, or another may be captured now: there may be something to do. */
  wake(): void;
  fault(error: unknown): void;
}

export class Screen {
  readonly #options: HostSessionOptions;
  readonly #module: WebAssembly.Module;
  readonly #events: ScreenEvents;
  readonly #pace: CapturePace;
  #pipeline: DisplayPipeline;
  #isStarted = false;
  #hasEnded = false;
  #isDirty = true;
  /** When the newest picture was captured and compared. */
  readonly newest: { captureAt: Micros; capturedAt: Micros; committedAt: Micros } = {
    captureAt: 0,
    capturedAt: 0,
    committedAt: 0,
  };
  readonly counts = { captures: 0, emptyCaptures: 0, capture: 0 };

  constructor(options: HostSessionOptions, module: WebAssembly.Module, events: ScreenEvents) {
    this.#options = options;
    this.#module = module;
    this.#events = events;
    this.#pace = new CapturePace(options.clock, options.maxFps, () => events.wake());
    this.#pipeline = this.#makePipeline(0);
  }

  get pipeline(): DisplayPipeline {
    return this.#pipeline;
  }

  /** Whether the source has been started. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Whether the source has said that it has no more pictures, and nobody was told yet. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the source has, or may have, another picture than the one captured last. */
  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** Whether the pipeline is made for the source's size. */
  get fits(): boolean {
    const { source } = this.#options;
    const { picture } = this.#pipeline;
    return picture.width === source.width && picture.height === source.height;
  }

  start(): void {
    this.#isStarted = true;
    this.#options.source.start({
      changed: () => {
        this.#isDirty = true;
        this.#events.changed();
      },
      ended: () => {
        this.#hasEnded = true;
        this.#events.wake();
      },
    });
  }

  /** The end has been told. */
  forgetEnd(): void {
    this.#hasEnded = false;
  }

  /**
   * Makes a new pipeline, which goes on with the old one's numbers. Where the size is as it was, the picture is its
   * first frame, which is the answer: the source need not know, and may have nothing new to write.
   */
  renew(): Commit | undefined {
    const before = this.#pipeline;
    const isKept = this.fits && before.hasPicture;
    const pipeline = this.#makePipeline(before.frame);
    this.#pipeline = pipeline;
    before.close().catch((error: unknown) => this.#events.fault(error));
    if (!isKept) {
      this.#isDirty = true;
      return undefined;
    }
    pipeline.picture.pixels.set(before.picture.pixels);
    return this.#commit({ drawnAt: this.#options.clock.now() });
  }

  /** Whether the pace of captures allows another; if not, `wake` tells when. */
  mayCapture(): boolean {
    return this.#pace.allows();
  }

  /** Captures and commits what the source shows now. Undefined: nothing has changed, or it is to be asked again. */
  capture(): Commit | undefined | Promise<Commit | undefined> {
    const { source, clock } = this.#options;
    const started = clock.now();
    this.#isDirty = false;
    this.#pace.captured();
    const take = (capture: Capture | undefined): Commit | undefined => {
      clock.spend?.({ kind: 'capture', pixels: this.#areaOf(capture), bytes: 0 });
      this.counts.captures++;
      this.counts.capture += clock.now() - started;
      this.newest.captureAt = started;
      this.newest.capturedAt = clock.now();
      // A source that changed its size meanwhile is asked again, for a picture of that size.
      if (!this.fits) return undefined;
      if (capture !== undefined) return this.#commit(capture);
      this.counts.emptyCaptures++;
      return undefined;
    };
    const captured = source.capture(this.#pipeline.picture);
    return captured instanceof Promise ? captured.then(take) : take(captured);
  }

  async close(): Promise<void> {
    this.#pace.close();
    await this.#pipeline.close();
  }

  #commit(capture: Capture): Commit | undefined {
    const commit = this.#pipeline.commit(capture);
    this.newest.committedAt = this.#options.clock.now();
    if (commit === undefined) this.counts.emptyCaptures++;
    return commit;
  }

  /** Pixels that the source has written, as far as it says. */
  #areaOf(capture: Capture | undefined): number {
    if (capture === undefined) return 0;
    const { damage = [this.#pipeline.picture] } = capture;
    return damage.reduce((sum, { width, height }) => sum + width * height, 0);
  }

  /** @param frame The last frame number already in use. */
  #makePipeline(frame: number): DisplayPipeline {
    const { source, clock, threads = 0, startThreads } = this.#options;
    const { width, height } = source;
    const module = this.#module;
    return DisplayPipeline.create({ width, height, threads, startThreads, module, clock, frame });
  }
}
