/** A simulated desktop as a film: its pictures, each with its time, drawn in virtual time. */
import type { Picture, Rect } from '../../codecs/index.js';
import type { Micros } from '../../engine/index.js';
import { type ReplayReader, SimulatedDesktop, type SimulatedDesktopOptions } from '../hosts/index.js';
import { VirtualClock } from './virtual-clock.js';

export class SceneReader implements ReplayReader {
  readonly width: number;
  readonly height: number;
  readonly #options: Omit<SimulatedDesktopOptions, 'clock'>;
  #clock = new VirtualClock();
  #desktop: SimulatedDesktop;
  #hasChanged = false;

  constructor(options: Omit<SimulatedDesktopOptions, 'clock'>) {
    this.#options = options;
    this.#desktop = this.#begin();
    this.width = this.#desktop.width;
    this.height = this.#desktop.height;
  }

  async peek(): Promise<Micros | undefined> {
    while (!this.#hasChanged) if (!this.#clock.step()) return undefined;
    return this.#clock.now();
  }

  async read(picture: Picture): Promise<readonly Rect[] | undefined> {
    this.#hasChanged = false;
    return this.#desktop.capture(picture)?.damage ?? [];
  }

  async rewind(): Promise<void> {
    await this.close();
    this.#clock = new VirtualClock();
    this.#desktop = this.#begin();
  }

  async close(): Promise<void> {
    this.#desktop.stop();
  }

  #begin(): SimulatedDesktop {
    const desktop = new SimulatedDesktop({ ...this.#options, clock: this.#clock });
    desktop.start({
      changed: () => {
        this.#hasChanged = true;
      },
      ended: () => {},
    });
    return desktop;
  }
}
