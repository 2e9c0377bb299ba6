/**
 * One sequence of pictures through the whole codec: compared, searched for moves, coded as a host does it, decoded as
 * a viewer does, and checked. What is counted lies between two looks at the process's CPU clock with nothing else in
 * between.
 */
import {
  type Coding,
  ColourConverter,
  EFFORT_NAMES,
  type Effort,
  EXACT,
  exactCoding,
  FrameDecoder,
  type LevelName,
  levelOfName,
  type ModeTable,
  markHeld,
  type Picture,
  packQuality,
  type Size,
} from '../../codecs/index.js';
import { DisplayPipeline, type Packet, piscinaThreads, sliceBody, systemClock } from '../../engine/index.js';
import { processCpuMs } from './cpu.js';
import { QualityMeter } from './quality.js';
import type { SequenceFigures } from './report.js';
import { unlikeTiles } from './unlike-tiles.js';

export interface CodecOptions {
  readonly level: LevelName;
  readonly effort: (typeof EFFORT_NAMES)[number];
  /** Quality of natural tiles, 1 to 100; false: exact. */
  readonly lossy: number | false;
  /** Threads that code, the calling one among them. */
  readonly threads: number;
}

export class CodecRun {
  /** The next frame is written here; it holds the one before. */
  readonly picture: Picture;
  readonly #options: CodecOptions;
  readonly #coding: Coding;
  readonly #pipeline: DisplayPipeline;
  readonly #decoder: FrameDecoder;
  readonly #converter: ColourConverter;
  readonly #quality = new QualityMeter();
  /** As they were before a last pass, which is not in the means either. */
  #modes: ModeTable | undefined;
  readonly #sums = {
    frames: 0,
    changedFrames: 0,
    bytes: 0,
    maxBytes: 0,
    firstBytes: 0,
    restBytes: 0,
    compare: 0,
    code: 0,
    decode: 0,
    wall: 0,
    moves: 0,
    tiles: 0,
    wrong: 0,
  };

  constructor(module: WebAssembly.Module, { width, height }: Size, options: CodecOptions) {
    this.#options = options;
    this.#coding = {
      level: levelOfName(options.level)!,
      effort: EFFORT_NAMES.indexOf(options.effort) as Effort,
      quality: options.lossy === false ? EXACT : packQuality(options.lossy),
    };
    this.#pipeline = DisplayPipeline.create({
      width,
      height,
      threads: options.threads - 1,
      startThreads: piscinaThreads,
      module,
      clock: systemClock,
      timeModes: true,
    });
    this.picture = this.#pipeline.picture;
    this.#decoder = new FrameDecoder(module);
    this.#decoder.resize(width, height);
    this.#converter = new ColourConverter(module);
  }

  /** Codes, decodes and checks what stands in the picture. */
  async frame(): Promise<void> {
    const sums = this.#sums;
    const wallStart = performance.now();
    const start = processCpuMs();
    const commit = this.#pipeline.commit({ drawnAt: 0 });
    const compared = processCpuMs();
    sums.frames++;
    sums.compare += compared - start;
    if (commit === undefined) {
      sums.wall += performance.now() - wallStart;
      this.#countQuality(false);
      return;
    }
    const { frame, change } = commit;
    if (this.#coding.quality === EXACT) markHeld(change.residual, change.moves, this.picture);
    const messages: Uint8Array[] = [];
    const coded = await this.#pipeline.encode(
      this.#packet(frame, change.residual, this.#coding, change.moves),
      (message) => messages.push(message),
    );
    sums.code += processCpuMs() - compared;
    sums.wall += performance.now() - wallStart;
    sums.changedFrames++;
    sums.bytes += coded.bytes;
    sums.maxBytes = Math.max(sums.maxBytes, coded.bytes);
    if (sums.frames === 1) sums.firstBytes = coded.bytes;
    sums.moves += change.moves.length;
    sums.tiles += coded.tiles;
    this.#decodeAll(messages);
    this.#countQuality(true);
  }

  /** The pass that a host makes when the screen has come to rest: what is not exact yet is coded exactly. */
  async rest(): Promise<void> {
    const pipeline = this.#pipeline;
    this.#modes = this.#readModes();
    const boxes = new Uint32Array(pipeline.layout.tiles);
    if (unlikeTiles(pipeline.reference, this.#decoder.picture, boxes) > 0) {
      const { level, effort } = this.#coding;
      const messages: Uint8Array[] = [];
      const packet = this.#packet(pipeline.frame + 1, boxes, exactCoding(level, effort), []);
      const coded = await pipeline.encode(packet, (message) => messages.push(message));
      this.#sums.restBytes += coded.bytes;
      for (const message of messages) this.#decoder.decode(sliceBody(message), level);
    }
    if (!this.#isExact()) this.#sums.wrong++;
  }

  figures(): SequenceFigures {
    const { width, height } = this.picture;
    const sums = this.#sums;
    const perFrame = (sum: number): number => sum / Math.max(1, sums.frames);
    return {
      width,
      height,
      ...this.#options,
      frames: sums.frames,
      changedFrames: sums.changedFrames,
      bytesPerFrame: perFrame(sums.bytes),
      maxBytes: sums.maxBytes,
      firstBytes: sums.firstBytes,
      restBytes: sums.restBytes,
      encodeCpuMsPerFrame: perFrame(sums.compare + sums.code),
      compareCpuMsPerFrame: perFrame(sums.compare),
      decodeCpuMsPerFrame: perFrame(sums.decode),
      wallMsPerFrame: perFrame(sums.wall),
      psnr: this.#quality.psnr,
      edgePsnr: this.#quality.edgePsnr,
      verified: sums.wrong === 0,
      wrongFrames: sums.wrong,
      movesPerFrame: perFrame(sums.moves),
      tilesPerFrame: perFrame(sums.tiles),
      modes: this.#modes ?? this.#readModes(),
    };
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pipeline.close();
  }

  #readModes(): ModeTable {
    return this.#pipeline.stats().modes[this.#coding.level]!;
  }

  #packet(frame: number, boxes: Uint32Array, coding: Coding, moves: Packet['moves']): Packet {
    return { ...coding, frame, base: frame - 1, viewer: 0, drawnAt: 0, boxes, moves };
  }

  #decodeAll(messages: readonly Uint8Array[]): void {
    const start = processCpuMs();
    for (const message of messages) this.#decoder.decode(sliceBody(message), this.#coding.level);
    this.#sums.decode += processCpuMs() - start;
  }

  /** Whether the viewer holds exactly what the level makes of the host's picture. */
  #isExact(): boolean {
    const promised = this.#converter.expandTo(this.picture, this.#coding.level);
    return Buffer.compare(promised.pixels, this.#decoder.picture.pixels) === 0;
  }

  /** Checks the frame, and measures its distance from the source where something may be lost. */
  #countQuality(hasChanged: boolean): void {
    const isExact = this.#coding.quality !== EXACT || !hasChanged || this.#isExact();
    if (!isExact) this.#sums.wrong++;
    if (isExact && this.#options.level === 'high' && this.#options.lossy === false) return;
    if (hasChanged || this.#sums.frames === 1) this.#quality.add(this.picture, this.#decoder.picture);
    else this.#quality.repeat();
  }
}
