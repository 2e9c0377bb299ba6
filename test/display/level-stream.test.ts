/**
 * A level's stream, with a window that opens and shuts at random: what its packets carry brings a viewer that
 * held the frame before exactly to theirs, whatever was scrolled over what was missed.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ColourConverter, type ColourLevel, FrameDecoder } from '../../codecs/index.js';
import { DisplayPipeline, type LevelPacket } from '../../engine/display/index.js';
import { loadKernelModule, sliceBody } from '../../engine/index.js';
import { FakeClock } from '../support/clock.js';
import { PaintedSource } from '../support/painted-source.js';
import { samePixels } from '../support/stage.js';

const WIDTH = 256;
const HEIGHT = 192;

let module: WebAssembly.Module;
let converter: ColourConverter;

beforeAll(async () => {
  module = await loadKernelModule();
  converter = new ColourConverter(module);
});

interface Frame {
  readonly kind: 'scroll' | 'text' | 'fill' | 'none';
  readonly y: number;
  readonly height: number;
  readonly lines: number;
  readonly seed: number;
  readonly isOpen: boolean;
}

const frame = fc.record<Frame>({
  kind: fc.constantFrom('scroll', 'scroll', 'text', 'fill', 'none'),
  y: fc.nat(60),
  height: fc.integer({ min: 40, max: 130 }),
  lines: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(0xffffff),
  isOpen: fc.boolean(),
});

/** Plays frames through a stream; the answer is how many packets carried moves, and how many had to leave them. */
function play(frames: readonly Frame[], level: ColourLevel): { withMoves: number; without: number } {
  const clock = new FakeClock();
  const source = new PaintedSource(clock, WIDTH, HEIGHT);
  const pipeline = DisplayPipeline.create({ width: WIDTH, height: HEIGHT, threads: 0, module, clock });
  const decoder = new FrameDecoder(module);
  decoder.resize(WIDTH, HEIGHT);
  const stream = pipeline.stream(level);
  source.text({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, 1);
  const commit = () => {
    const capture = source.capture(pipeline.picture);
    if (capture === undefined || capture instanceof Promise) return undefined;
    return pipeline.commit(capture);
  };
  const show = (packet: LevelPacket | ReturnType<DisplayPipeline['refresh']>) => {
    pipeline.encode({ ...packet, viewer: 0 }, (message) => {
      decoder.decode(sliceBody(message), level);
    });
    expect(samePixels(decoder.picture, converter.expandTo(pipeline.reference, level))).toBe(true);
  };
  commit();
  show(pipeline.refresh(level, 1, 0, 0));
  stream.startAt(pipeline.frame);
  let withMoves = 0;
  let without = 0;
  for (const { kind, y, height, lines, seed, isOpen } of frames) {
    clock.advanceNow(1000);
    const rect = { x: 0, y, width: WIDTH, height };
    if (kind === 'scroll') source.scrollUp(rect, Math.min(lines, height - 1), seed);
    else if (kind === 'text') source.text(rect, seed);
    else if (kind === 'fill') source.fill({ ...rect, x: lines, width: 40 }, seed);
    const made = commit();
    const before = stream.last;
    if (!isOpen) {
      if (made !== undefined) stream.absorb(made.change, made.drawnAt);
    } else if (made !== undefined) {
      const packet = stream.packet(made.frame, made.change, made.drawnAt);
      expect(packet.base).toBe(before);
      expect(packet.drawnAt).toBeLessThanOrEqual(made.drawnAt);
      if (packet.moves.length > 0) withMoves++;
      else if (made.change.moves.length > 0) without++;
      show(packet);
    } else if (stream.isPending) {
      show(stream.packet(pipeline.frame));
    }
  }
  return { withMoves, without };
}

describe("a level's stream", () => {
  test('brings its viewers exactly to each frame, whenever its window opens', () => {
    let withMoves = 0;
    let without = 0;
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 30 }), fc.constantFrom<ColourLevel>(0, 1, 2, 3), (...run) => {
        const moves = play(...run);
        withMoves += moves.withMoves;
        without += moves.without;
      }),
      { numRuns: 60 },
    );
    // Both ways were taken.
    expect(withMoves).toBeGreaterThan(0);
    expect(without).toBeGreaterThan(0);
  });

  test('keeps when the oldest of what is pending was drawn', () => {
    const clock = new FakeClock();
    const pipeline = DisplayPipeline.create({ width: 64, height: 64, threads: 0, module, clock });
    const stream = pipeline.stream(3);
    const change = pipeline.commit({ drawnAt: 500 })!.change;
    stream.startAt(1);
    expect(stream.isPending).toBe(false);
    stream.absorb(change, 300);
    stream.absorb(change, 400);
    expect(stream.packet(2, change, 500)).toMatchObject({ base: 1, frame: 2, drawnAt: 300 });
    expect(stream.packet(3, change, 500)).toMatchObject({ base: 2, frame: 3, drawnAt: 500 });
  });

  test('starts over with everything, on no base', () => {
    const clock = new FakeClock();
    const stream = DisplayPipeline.create({ width: 130, height: 65, threads: 0, module, clock }).stream(3);
    expect(stream.isActive).toBe(false);
    stream.startAt(7);
    stream.startOver();
    expect(stream).toMatchObject({ isActive: true, isPending: true, last: 0 });
    const packet = stream.packet(9);
    expect(packet.base).toBe(0);
    expect([...packet.boxes].every((box) => box !== 0)).toBe(true);
    stream.stop();
    expect(stream).toMatchObject({ isActive: false, isPending: false, last: 0 });
  });
});
