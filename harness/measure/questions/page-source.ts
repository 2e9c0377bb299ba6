/** A host whose screen is empty, and then shows a page: text and pictures, drawn by the simulated desktop's scenes. */
import { blankPicture, type Picture } from '../../../codecs/index.js';
import {
  type Capture,
  type Clock,
  type FrameSource,
  type SourceEvents,
  VirtualClock,
} from '../../../engine/index.js';
import { SimulatedDesktop } from '../../hosts/index.js';

const EMPTY = 0xff707880;

export class PageSource implements FrameSource {
  readonly name = 'new page';
  readonly #page: Picture;
  readonly #clock: Clock;
  #events: SourceEvents | undefined;
  #isShown = false;
  #isNew = true;

  constructor(page: Picture, clock: Clock) {
    this.#page = page;
    this.#clock = clock;
  }

  get width(): number {
    return this.#page.width;
  }

  get height(): number {
    return this.#page.height;
  }

  start(events: SourceEvents): void {
    this.#events = events;
  }

  show(): void {
    this.#isShown = true;
    this.#isNew = true;
    this.#events?.changed();
  }

  capture(picture: Picture): Capture | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    if (this.#isShown) picture.pixels.set(this.#page.pixels);
    else wordsOf(picture).fill(EMPTY);
    return { drawnAt: this.#clock.now() };
  }

  stop(): void {
    this.#events = undefined;
  }
}

/** A page of the simulated desktop: a window of writing, and one of pictures. The same for one seed and size. */
export function pageOf(width: number, height: number, seed: number): Picture {
  const clock = new VirtualClock();
  const desktop = new SimulatedDesktop({ clock, width, height, seed, scenes: ['page', 'gallery'] });
  const picture = blankPicture({ width, height });
  desktop.start({ changed: () => {}, ended: () => {} });
  desktop.capture(picture);
  desktop.stop();
  return picture;
}

function wordsOf({ pixels }: Picture): Uint32Array {
  return new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4);
}
