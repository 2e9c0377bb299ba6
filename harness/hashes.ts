/** Hashes of pictures, one line per frame, that host and viewer print alike so that anyone can compare them. */
import { createHash } from 'node:crypto';
import { ColourConverter, type Picture } from '../codecs/index.js';
import { loadKernelModule, type Micros } from '../engine/index.js';

export class FrameHasher {
  readonly #converter: ColourConverter;

  private constructor(module: WebAssembly.Module) {
    this.#converter = new ColourConverter(module);
  }

  static async create(): Promise<FrameHasher> {
    return new FrameHasher(await loadKernelModule());
  }

  /** MD5 of the picture's packed R, G, B rows, as ffmpeg's framemd5 has it. */
  md5(picture: Picture): string {
    return createHash('md5').update(this.#converter.toRgb24(picture)).digest('hex');
  }

  /** SHA-256 of the same bytes, as the console's page has it. */
  sha256(picture: Picture): string {
    return createHash('sha256').update(this.#converter.toRgb24(picture)).digest('hex');
  }

  /**
   * Frame number, time drawn on the host's clock in seconds, MD5. Number and MD5 are the same on both sides of a
   * session, unless the line ends in `approximate`: such a frame of the auto stream is not exact yet. The time of a
   * whole picture that a viewer was given is when it asked.
   */
  line(frame: number, drawnAt: Micros, picture: Picture, exact = true): string {
    const line = `${frame}, ${(drawnAt / 1e6).toFixed(6)}, ${this.md5(picture)}`;
    return exact ? line : `${line}, approximate`;
  }
}
