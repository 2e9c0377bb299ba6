/** A screen memory to capture into, and what tests ask of sources. */
import { createHash } from 'node:crypto';
import { type Picture, type Rect, strideOf } from '../../codecs/index.js';
import type { Capture, InputAction, InputEvent } from '../../engine/index.js';
import { type SceneName, SimulatedDesktop, type SimulatedDesktopOptions } from '../../harness/hosts/index.js';
import { FakeClock } from '../support/clock.js';

export function blankPicture(width: number, height: number, stride = strideOf(width)): Picture {
  return { width, height, stride, pixels: new Uint8Array(new SharedArrayBuffer(stride * height)) };
}

export function hashOf(picture: Picture): string {
  return createHash('sha256').update(tight(picture)).digest('hex');
}

/** The pixels without the ends of rows. */
export function tight({ width, height, stride, pixels }: Picture): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(width * height * 4));
  for (let y = 0; y < height; y++)
    bytes.set(pixels.subarray(y * stride, y * stride + width * 4), y * width * 4);
  return bytes;
}

/** Positions of pixels that differ between two pictures, and lie in none of the areas. */
export function changedOutside(
  before: Buffer,
  after: Buffer,
  width: number,
  areas: readonly Rect[],
): string[] {
  const old = wordsOf(before);
  const now = wordsOf(after);
  const named = new Uint8Array(now.length);
  for (const { x, y, width: wide, height } of areas) {
    for (let row = y; row < y + height; row++) named.fill(1, row * width + x, row * width + x + wide);
  }
  const found: string[] = [];
  for (let index = 0; index < now.length; index++) {
    if (old[index] !== now[index] && named[index] === 0)
      found.push(`${index % width},${Math.floor(index / width)}`);
  }
  return found;
}

function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** A desktop on a fake clock, started, with everything captured. */
export class Scenery {
  readonly clock = new FakeClock();
  readonly desktop: SimulatedDesktop;
  readonly picture: Picture;
  changes = 0;
  #sequence = 0;

  constructor(scenes: readonly SceneName[], options: Partial<SimulatedDesktopOptions> = {}) {
    this.desktop = new SimulatedDesktop({
      clock: this.clock,
      width: 960,
      height: 600,
      scenes,
      ...options,
    });
    this.picture = blankPicture(this.desktop.width, this.desktop.height);
    this.desktop.start({
      changed: () => {
        this.changes++;
      },
      ended: () => {
        throw new Error('A desktop never ends.');
      },
    });
    this.capture();
  }

  capture(): Capture | undefined {
    return this.desktop.capture(this.picture);
  }

  /** What a fresh and whole capture of this moment shows. */
  hash(): string {
    this.capture();
    return hashOf(this.picture);
  }

  input(action: InputAction, viewer = 1): void {
    const event: InputEvent = { viewer, sequence: ++this.#sequence, createdAt: this.clock.now(), ...action };
    this.desktop.input(event);
  }

  point(name: string, buttons = 0): void {
    const area = this.desktop.locate(name);
    if (area === undefined) throw new Error(`Nothing is called ${name}.`);
    this.input({
      kind: 'pointer',
      x: area.x + Math.floor(area.width / 2),
      y: area.y + Math.floor(area.height / 2),
      buttons,
    });
  }

  click(name: string): void {
    this.point(name, 1);
    this.point(name, 0);
  }

  /** The pixels of one named thing. */
  look(name: string): string {
    this.capture();
    const { x, y, width, height } = this.desktop.locate(name)!;
    const hash = createHash('sha256');
    for (let row = y; row < y + height; row++) {
      const from = row * this.picture.stride + x * 4;
      hash.update(this.picture.pixels.slice(from, from + width * 4));
    }
    return hash.digest('hex');
  }
}
