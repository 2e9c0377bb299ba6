/** A sequence as a file of raw frames, for programs that read nothing else: B, G, R, X rows without gaps. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BYTES_PER_PIXEL, type Picture, SightlineError, type Size } from '../../../codecs/index.js';

/** Left free on the disk. */
const RESERVE_BYTES = 1 << 30;

export class RawFrames implements Size {
  readonly width: number;
  readonly height: number;
  /** Frames in a second. */
  readonly rate: number;
  /** A folder for what is made of the frames; it goes with them. */
  readonly folder: string;
  readonly path: string;
  /** Why there are no frames; undefined when there are. */
  fault: string | undefined;
  #file: number | undefined;
  #frames = 0;

  constructor({ width, height }: Size, rate: number) {
    this.width = width;
    this.height = height;
    this.rate = rate;
    this.folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
    this.path = join(this.folder, 'frames.raw');
    this.#file = openSync(this.path, 'w+');
  }

  get frames(): number {
    return this.#frames;
  }

  get frameBytes(): number {
    return this.width * this.height * BYTES_PER_PIXEL;
  }

  /** Adds a frame; when the disk has no room for it, `fault` says so and all frames are given up. */
  add({ pixels, stride }: Picture): void {
    if (this.#file === undefined || this.fault !== undefined) return;
    try {
      const { bavail, bsize } = statfsSync(this.folder);
      if (bavail * bsize < RESERVE_BYTES + this.frameBytes) {
        this.#giveUp('too little room for raw frames');
        return;
      }
      const rowBytes = this.width * BYTES_PER_PIXEL;
      if (stride === rowBytes) writeAll(this.#file, pixels, 0, this.frameBytes);
      else for (let y = 0; y < this.height; y++) writeAll(this.#file, pixels, y * stride, rowBytes);
      this.#frames++;
    } catch (error) {
      this.#giveUp((error as Error).message);
    }
  }

  /** Reads a frame into `target`, which has `frameBytes`. */
  read(index: number, target: Uint8Array): void {
    let at = 0;
    while (at < this.frameBytes) {
      const got = readSync(this.#file!, target, at, this.frameBytes - at, index * this.frameBytes + at);
      if (got === 0) throw new SightlineError('truncated', `${this.path} has no frame ${index}.`);
      at += got;
    }
  }

  /** Deletes the frames and everything in the folder. */
  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }

  #giveUp(why: string): void {
    this.fault = why;
    this.#frames = 0;
    this.close();
  }
}

function writeAll(file: number, bytes: Uint8Array, from: number, length: number): void {
  for (let at = 0; at < length; ) at += writeSync(file, bytes, from + at, length - at);
}
