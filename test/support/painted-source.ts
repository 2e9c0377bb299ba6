/** A screen that a test paints: rectangles, lines of text-like pixels, scrolling. Deterministic. */
import type { Picture, Rect } from '../../codecs/index.js';
import type { Clock, Micros } from '../../engine/clock.js';
import type {
  Capture,
  ChatMessage,
  FrameSource,
  HostNotice,
  InputEvent,
  OverlayEvent,
  SourceEvents,
} from '../../engine/index.js';

export class PaintedSource implements FrameSource {
  readonly name = 'painted';
  width: number;
  height: number;
  pixels: Uint32Array;
  captures = 0;
  started = false;
  stopped = false;
  readonly inputs: InputEvent[] = [];
  readonly overlays: OverlayEvent[] = [];
  readonly notices: HostNotice[] = [];
  readonly chats: ChatMessage[] = [];
  /** Numbers given to captures, oldest first; without any the pipeline counts for itself. */
  readonly numbers: number[] = [];
  /** Runs within every capture. */
  onCapture: (() => void) | undefined;
  /** Captures take that long and answer with a promise; undefined: at once, without one. */
  captureTime: Micros | undefined;
  events: SourceEvents | undefined;
  #drawnAt: Micros | undefined;
  /** What was last written to. */
  #picture: Picture | undefined;

  constructor(
    private readonly clock: Clock,
    width: number,
    height: number,
  ) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height).fill(0xff203040);
    this.#drawnAt = clock.now();
  }

  start(events: SourceEvents): void {
    this.started = true;
    this.events = events;
  }

  stop(): void {
    this.stopped = true;
  }

  capture(picture: Picture): Capture | undefined | Promise<Capture | undefined> {
    if (this.captureTime === undefined) return this.#capture(picture);
    return new Promise((resolve) => {
      this.clock.after(this.captureTime!, () => resolve(this.#capture(picture)));
    });
  }

  input(event: InputEvent): void {
    this.inputs.push(event);
  }

  overlay(event: OverlayEvent): void {
    this.overlays.push(event);
  }

  chat(message: ChatMessage): void {
    this.chats.push(message);
  }

  notice(notice: HostNotice): void {
    this.notices.push(notice);
  }

  /** Paints a rectangle; `colour` is 0xRRGGBB. */
  fill(rect: Rect, colour: number): void {
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      this.pixels.fill(0xff000000 | colour, y * this.width + rect.x, y * this.width + rect.x + rect.width);
    }
    this.changed();
  }

  /** Paints something like a line of text: dark marks on light ground, another for every `seed`. */
  text(rect: Rect, seed: number): void {
    let state = (seed * 2654435761 + 1) >>> 0;
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) {
        state = (state * 1664525 + 1013904223) >>> 0;
        this.pixels[y * this.width + x] = state >>> 29 === 0 ? 0xff101010 : 0xfff4f4f4;
      }
    }
    this.changed();
  }

  /** Paints something like a photograph: colours that change slowly, with grain. */
  photo(rect: Rect, seed: number): void {
    let state = (seed * 2654435761 + 1) >>> 0;
    const phase = seed % 97;
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) {
        state = (state * 1664525 + 1013904223) >>> 0;
        const grain = (state >>> 28) - 8;
        const r = 128 + Math.round(90 * Math.sin((x + phase) / 23)) + grain;
        const g = 128 + Math.round(90 * Math.sin((y + phase) / 31)) + grain;
        const b = 128 + Math.round(90 * Math.sin((x + y + phase) / 41)) + grain;
        this.pixels[y * this.width + x] = 0xff000000 | (r << 16) | (g << 8) | b;
      }
    }
    this.changed();
  }

  /** Moves the content of `rect` up by `lines` and paints new text below. */
  scrollUp(rect: Rect, lines: number, seed: number): void {
    for (let y = rect.y; y < rect.y + rect.height - lines; y++) {
      const to = y * this.width + rect.x;
      const from = (y + lines) * this.width + rect.x;
      this.pixels.copyWithin(to, from, from + rect.width);
    }
    this.text({ ...rect, y: rect.y + rect.height - lines, height: lines }, seed);
  }

  resize(width: number, height: number, colour: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height).fill(0xff000000 | colour);
    this.changed();
  }

  changed(): void {
    this.#drawnAt ??= this.clock.now();
    this.events?.changed();
  }

  /** The screen as a picture. */
  picture(): Picture {
    const { width, height } = this;
    return { width, height, stride: width * 4, pixels: new Uint8Array(this.pixels.buffer) };
  }

  #capture(picture: Picture): Capture | undefined {
    this.captures++;
    this.onCapture?.();
    if (picture.width !== this.width || picture.height !== this.height) return undefined;
    if (picture !== this.#picture) this.#drawnAt ??= this.clock.now();
    this.#picture = picture;
    if (this.#drawnAt === undefined) return undefined;
    const drawnAt = this.#drawnAt;
    this.#drawnAt = undefined;
    const own = this.picture();
    for (let y = 0; y < this.height; y++) {
      picture.pixels.set(own.pixels.subarray(y * own.stride, (y + 1) * own.stride), y * picture.stride);
    }
    const frame = this.numbers.shift();
    return { drawnAt, ...(frame === undefined ? {} : { frame }) };
  }
}
