/**
 * A desktop that nobody sits at: windows over a wallpaper, drawn with @napi-rs/canvas, in virtual time. The same
 * seed, scenes and size, with the same input at the same times, give the same pixels, with the built-in fonts on every
 * machine.
 *
 * Windows keep their own pixels and are drawn when something happens; `capture` puts the damaged areas of wallpaper
 * and windows straight into the pipeline's memory, once. Nothing ticks: the next change is asked from the scenes.
 */
import { intersect, isValidSize, type Picture, type Rect, SightlineError } from '../../../codecs/index.js';
import type {
  Capture,
  ChatMessage,
  Clock,
  FrameSource,
  HostNotice,
  InputEvent,
  Micros,
  OverlayEvent,
  SourceEvents,
} from '../../../engine/index.js';
import type { Locale } from '../../messages/index.js';
import type { FontChoice } from '../font-choice.js';
import { drawMarker, MARKER_AREA } from '../marker.js';
import type { SceneName, SingleScene } from '../scene-names.js';
import { Brush } from './brush.js';
import { CustomerView } from './customer-view.js';
import { Layer } from './layer.js';
import { photo } from './photo.js';
import { PointerRouter } from './pointer.js';
import { randomFrom } from './random.js';
import { DamageList, rect } from './rects.js';
import type { Place, Scene, Stage } from './scene.js';
import { expandScenes, sceneFactory } from './scenes/index.js';
import { TASKBAR_HEIGHT, Taskbar } from './taskbar.js';
import { textPainter } from './text.js';
import { DesktopWindow, type Surroundings, TITLE_HEIGHT } from './window.js';

export interface SimulatedDesktopOptions {
  readonly clock: Clock;
  /** Pixels; 1920 x 1080 unless told otherwise. */
  readonly width?: number;
  readonly height?: number;
  /** Most animation steps in a second, 60 unless told otherwise. Input is shown at once, whatever this says. */
  readonly fps?: number;
  readonly seed?: number;
  readonly scenes?: readonly SceneName[];
  /** `built-in` unless told otherwise. */
  readonly font?: FontChoice;
  /** Paints a pattern for each input event that a viewer can read back: see `readMarker`. */
  readonly markers?: boolean;
  /** Language of the notices that the customer sees: `en` unless told otherwise. */
  readonly language?: Locale;
}

export class SimulatedDesktop implements FrameSource {
  readonly name = 'Simulated desktop';
  readonly width: number;
  readonly height: number;
  readonly #clock: Clock;
  readonly #step: Micros;
  readonly #markers: boolean;
  readonly #wallpaper: Layer;
  /** From back to front; the taskbar is the last. */
  readonly #windows: DesktopWindow[] = [];
  readonly #scenes: Scene[] = [];
  readonly #names = new Map<string, { window: DesktopWindow; area: Rect }>();
  readonly #damage = new DamageList();
  readonly #pointer: PointerRouter;
  readonly #customer: CustomerView;
  readonly #screen: Rect;
  #events: SourceEvents | undefined;
  #origin: Micros;
  /** Time to which the scenes were brought last. */
  #at: Micros = 0;
  #drawnAt: Micros | undefined;
  #cancelTimer: (() => void) | undefined;
  #target: Layer | undefined;
  #lastInput: { viewer: number; sequence: number } | undefined;

  /** Throws `SightlineError` (`bad-argument`) for a size, rate or scene that is not possible. */
  constructor(options: SimulatedDesktopOptions) {
    const { width = 1920, height = 1080, fps = 60, seed = 1, scenes = ['desktop'] } = options;
    if (!isValidSize(width, height))
      throw badOption('width', `A screen of ${width} x ${height} is not possible.`);
    if (!(fps > 0 && fps <= 1000)) throw badOption('fps', `${fps} frames in a second are not possible.`);
    this.width = width;
    this.height = height;
    this.#screen = rect(0, 0, width, height);
    this.#clock = options.clock;
    this.#step = 1_000_000 / fps;
    this.#markers = options.markers ?? false;
    this.#origin = options.clock.now();
    this.#wallpaper = wallpaperOf(width, height, seed);
    const text = textPainter(options.font);
    this.#customer = new CustomerView(options.clock, text, width, height, options.language ?? 'en');
    const surroundings: Surroundings = {
      brush: new Brush(),
      text,
      damaged: (area) => this.#damaged(area),
    };
    this.#openScenes(expandScenes(scenes), seed, surroundings);
    this.#pointer = new PointerRouter(this.#windows, (area) => this.#damaged(area));
    this.#damaged(this.#screen);
  }

  start(events: SourceEvents): void {
    if (this.#events !== undefined) throw new SightlineError('bad-state', 'The desktop was started before.');
    this.#events = events;
    this.#origin = this.#clock.now();
    this.#settle();
    this.#arm();
  }

  capture(picture: Picture): Capture | undefined {
    if (picture.width !== this.width || picture.height !== this.height) {
      throw badOption('picture', `The desktop is ${this.width} x ${this.height}, the picture is not.`);
    }
    const target = this.#targetFor(picture);
    const drawnAt = this.#drawnAt ?? this.#clock.now();
    this.#drawnAt = undefined;
    const damage = this.#damage.take();
    if (damage.length === 0) return undefined;
    for (const area of damage) this.#show(target, area);
    return { drawnAt, damage };
  }

  input(event: InputEvent): void {
    switch (event.kind) {
      case 'pointer':
        this.#pointer.pointer(event.x, event.y, event.buttons);
        break;
      case 'wheel':
        this.#pointer.wheel(event.x, event.y, event.dx, event.dy);
        break;
      case 'text':
        this.#pointer.focused?.handler.text?.(event.text);
        break;
      case 'key':
        if (event.down) this.#pointer.focused?.handler.key?.(event.code);
        break;
    }
    if (this.#markers) {
      this.#lastInput = { viewer: event.viewer, sequence: event.sequence };
      this.#damaged(MARKER_AREA);
    }
    this.#settle();
  }

  overlay(event: OverlayEvent): void {
    this.#customer.overlay(event);
  }

  chat(message: ChatMessage): void {
    this.#customer.chat(message);
  }

  notice(notice: HostNotice): void {
    this.#customer.notice(notice);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#events = undefined;
  }

  /**
   * What the customer sees, as PNG: the desktop with whiteboard, laser, chat and notices over it. The picture that
   * `capture` gives never holds these: host and viewers each draw them over it, and would show them twice.
   */
  renderCustomerView(): Buffer {
    const screen = new Layer(this.width, this.height);
    this.#show(screen, this.#screen);
    return this.#customer.render(screen);
  }

  /** Where a named thing of a scene is on the screen now: `form.button`, for example. */
  locate(name: string): Rect | undefined {
    const named = this.#names.get(name);
    return named === undefined ? undefined : named.window.toScreen(named.area);
  }

  #openScenes(names: readonly SingleScene[], seed: number, around: Surroundings): void {
    const workArea = rect(0, 0, this.width, Math.max(1, this.height - TASKBAR_HEIGHT));
    names.forEach((name, index) => {
      const stage: Stage = {
        workArea,
        alone: names.length === 1,
        random: randomFrom(seed * 65_537 + index * 257 + 1),
        now: () => Math.max(this.#at, this.#clock.now() - this.#origin),
        openWindow: (title, accent, place) => {
          const frame = placeWindow(workArea, place, names.length === 1);
          const window = new DesktopWindow(around, { title, accent, frame });
          this.#windows.push(window);
          return window;
        },
        name: (label, window, area) => this.#names.set(label, { window, area }),
        rescheduled: () => this.#arm(),
      };
      this.#scenes.push(sceneFactory(name)(stage));
    });
    const taskbar = new Taskbar(around, this.#screen, [...this.#windows]);
    this.#windows.push(taskbar.window);
    this.#scenes.push(taskbar);
  }

  #damaged(area: Rect): void {
    const part = intersect(area, this.#screen);
    if (part !== undefined) this.#damage.add(part);
  }

  /** Tells the pipeline when there is something to capture. */
  #settle(): void {
    if (this.#damage.isEmpty || this.#events === undefined) return;
    this.#drawnAt ??= this.#clock.now();
    this.#events.changed();
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#events === undefined) return;
    let next = Number.POSITIVE_INFINITY;
    for (const scene of this.#scenes) next = Math.min(next, scene.next(this.#at) ?? next);
    if (next === Number.POSITIVE_INFINITY) return;
    const step = Math.max(Math.ceil(next / this.#step), Math.floor(this.#at / this.#step) + 1);
    const due = step * this.#step;
    this.#cancelTimer = this.#clock.after(this.#origin + due - this.#clock.now(), () => this.#advance(due));
  }

  /** A timer may be a little early: the step that it was set for is taken all the same. */
  #advance(due: Micros): void {
    const now = this.#clock.now() - this.#origin;
    this.#at = Math.max(due, Math.floor(now / this.#step) * this.#step);
    for (const scene of this.#scenes) scene.advance(this.#at);
    this.#settle();
    this.#arm();
  }

  #targetFor(picture: Picture): Layer {
    const old = this.#target?.pixels;
    if (old?.buffer !== picture.pixels.buffer || old.byteOffset !== picture.pixels.byteOffset) {
      this.#target = Layer.over(picture);
      this.#damaged(this.#screen);
    }
    return this.#target!;
  }

  /** Draws one area of the screen, from the window that hides all others there. */
  #show(target: Layer, area: Rect): void {
    let first = this.#windows.length - 1;
    while (first >= 0 && !this.#windows[first]!.hides(area)) first--;
    if (first < 0) target.put(this.#wallpaper, area, area.x, area.y);
    for (let index = Math.max(0, first); index < this.#windows.length; index++) {
      this.#windows[index]!.show(target, area);
    }
    if (this.#lastInput !== undefined && intersect(area, MARKER_AREA) !== undefined) {
      drawMarker(target, area, this.#lastInput);
    }
  }
}

/** Nobody writes into it. Drawing one takes a tenth of a second, and who makes many desktops often makes the same. */
let newestWallpaper: { readonly key: string; readonly layer: Layer } | undefined;

function wallpaperOf(width: number, height: number, seed: number): Layer {
  const key = `${width} ${height} ${seed}`;
  if (newestWallpaper?.key !== key) newestWallpaper = { key, layer: photo(width, height, seed) };
  return newestWallpaper.layer;
}

const SMALLEST_WINDOW = { width: 120, height: TITLE_HEIGHT + 40 };

function placeWindow(workArea: Rect, place: Place, alone: boolean): Rect {
  const [left, top, wide, high] = place;
  // A window of its own is enlarged and put in the middle.
  const factor = alone ? Math.min(1.7, 0.86 / Math.max(wide, high)) : 1;
  const width = Math.max(SMALLEST_WINDOW.width, Math.round(wide * factor * workArea.width));
  const height = Math.max(SMALLEST_WINDOW.height, Math.round(high * factor * workArea.height));
  return alone
    ? rect(
        Math.round((workArea.width - width) / 2),
        Math.round((workArea.height - height) / 2),
        width,
        height,
      )
    : rect(Math.round(left * workArea.width), Math.round(top * workArea.height), width, height);
}

function badOption(field: string, message: string): SightlineError {
  return new SightlineError('bad-argument', message, { field });
}
