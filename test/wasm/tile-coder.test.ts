import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ColourConverter,
  ColourLevel,
  Effort,
  encodeSlice,
  encodeTiles,
  exactCoding,
  FrameDecoder,
  MAX_TILE_BYTES,
  MOVE_BYTES,
  type Move,
  packBox,
  type SliceJob,
  sliceJob,
  tilesIn,
  unpackBox,
  wholeBox,
  writeJobs,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { encodeBodies, heldJobsOf, jobsOf, makeEncoder } from '../support/coder.js';
import { blankPicture, CONTENTS, drawContent, generator, pictureDifference } from '../support/pictures.js';
import { drawTextPage } from '../support/text.js';
import { decodeSlice } from '../support/twins/slice.js';

const module = await loadKernelModule();
const levels = Object.values(ColourLevel);
const efforts = Object.values(Effort);
const choices = levels.flatMap((level) => efforts.map((effort) => [level, effort] as const));

describe('tile coder', () => {
  it('is read by the decoder and by its twin alike: the reduced picture, in every mode', () => {
    const seen = new Set<number>();
    for (const [level, effort] of choices) {
      for (const [width, height] of [
        [70, 66],
        [128, 64],
        [5, 130],
      ] as const) {
        const encoder = makeEncoder(module, width, height);
        const decoder = new FrameDecoder(module);
        decoder.resize(width, height);
        const twin = blankPicture(width, height);
        for (const [round, content] of [...CONTENTS, ...CONTENTS].entries()) {
          const area =
            round < CONTENTS.length ? undefined : { x: 3, y: 1, width: width - 4, height: height - 2 };
          drawContent(encoder.picture, content, round * 7 + level, area);
          const change = encoder.commit();
          for (const body of encodeBodies(
            encoder,
            level,
            change.moves,
            heldJobsOf(change, encoder.picture),
            effort,
          )) {
            if (change.moves.length === 0) seen.add(body[6]! & 127);
            const rects = decoder.decode(body, level);
            expect(rects.length).toBe(change.moves.length + body[2 + change.moves.length * 12]!);
            expect(decodeSlice(body, level, twin)).toBe(true);
          }
          expect(pictureDifference(decoder.picture, twin)).toBeUndefined();
        }
      }
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('foretells a film from what was there before, in the way that leaves least', () => {
    const width = 128;
    const random = generator(8);
    const noise = (most: number) => (random() % (2 * most + 1)) - most;
    /** Frames of a film: how a value of green changes from one to the next. */
    const films: Record<number, (old: number, ramp: number, frame: number) => number> = {
      0: (_, ramp, frame) => ramp + noise(frame === 1 ? 60 : 3),
      1: (old) => (random() % 8 === 0 ? old + noise(2) : old),
      2: (old) => old + 9 + noise(1),
      3: (old, ramp) => ((old + ramp) >> 1) + 4 + noise(4),
    };
    for (const [way, change] of Object.entries(films)) {
      for (const level of [ColourLevel.Medium, ColourLevel.High]) {
        const encoder = makeEncoder(module, width, 64);
        const decoder = new FrameDecoder(module);
        decoder.resize(width, 64);
        const twin = blankPicture(width, 64);
        const green = new Float64Array(width * 64);
        for (let frame = 0; frame < 3; frame++) {
          const seen: number[] = [];
          for (let at = 0; at < green.length; at++) {
            const ramp = 40 + (at % width) + noise(frame === 0 ? 12 : 0);
            green[at] = frame === 0 ? ramp : change(green[at]!, ramp, frame);
            const value = Math.max(0, Math.min(255, Math.round(green[at]!)));
            const place = Math.floor(at / width) * encoder.picture.stride + (at % width) * 4;
            encoder.picture.pixels.set([value >> 1, value, Math.min(255, value + 20), 255], place);
          }
          for (const body of encodeBodies(
            encoder,
            level,
            [],
            heldJobsOf(encoder.commit(), encoder.picture),
          )) {
            if (body[6] === 0x88) seen.push(body[7]!);
            decoder.decode(body, level);
            expect(decodeSlice(body, level, twin)).toBe(true);
          }
          if (frame === 2 && level === ColourLevel.High) expect(seen).toEqual([Number(way)]);
          expect(pictureDifference(decoder.picture, twin)).toBeUndefined();
          const promised = new ColourConverter(module).expandTo(encoder.picture, level);
          expect(pictureDifference(twin, promised)).toBeUndefined();
        }
      }
    }
  });

  it('refuses boxes over a narrow tile, and moves that add up to more than two pictures', () => {
    const decoder = new FrameDecoder(module);
    decoder.resize(70, 66);
    const box = (x1: number, y1: number) => [x1 << 12, y1 << 18].reduce((sum, bits) => sum | bits, 0);
    const solid = (tile: number, bits: number) =>
      Uint8Array.of(0, 0, 1, 0, tile, 0, 0, bits & 255, (bits >> 8) & 255, bits >> 16, 1, 2, 3);
    expect(decoder.decode(solid(1, box(5, 63)), ColourLevel.High)).toEqual([
      { x: 64, y: 0, width: 6, height: 64 },
    ]);
    for (const [tile, bits] of [
      [1, box(6, 0)],
      [2, box(0, 2)],
      [3, box(6, 1)],
      [3, box(5, 2)],
    ] as const) {
      expect(() => decoder.decode(solid(tile, bits), ColourLevel.High)).toThrowError(
        expect.objectContaining({ code: 'bad-tile', offset: 4 }),
      );
    }
    const whole = [0, 0, 0, 0, 0, 0, 0, 0, 70, 0, 66, 0];
    const twice = Uint8Array.of(2, 0, ...whole, ...whole, 0, 0);
    expect(decoder.decode(twice, ColourLevel.High).length).toBe(2);
    const pixel = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0];
    expect(() =>
      decoder.decode(Uint8Array.of(3, 0, ...whole, ...whole, ...pixel, 0, 0), ColourLevel.High),
    ).toThrowError(expect.objectContaining({ code: 'bad-slice', offset: 26 }));
  });

  it('makes overlapping moves as memmove does, one on what the other left', () => {
    const side = fc.nat(69);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(side, side, side, side, side, side), { minLength: 1, maxLength: 4 }),
        (any) => {
          const moves = any.map(([fromX, fromY, x, y, w, h]) => ({
            fromX,
            fromY: fromY % 66,
            x,
            y: y % 66,
            width: 1 + (w % (70 - Math.max(fromX, x))),
            height: 1 + (h % (66 - Math.max(fromY % 66, y % 66))),
          }));
          fc.pre(moves.reduce((area, move) => area + move.width * move.height, 0) <= 2 * 70 * 66);
          const encoder = makeEncoder(module, 70, 66);
          const decoder = new FrameDecoder(module);
          decoder.resize(70, 66);
          drawContent(decoder.picture, 'noise', 5);
          const twin = { ...decoder.picture, pixels: decoder.picture.pixels.slice() };
          const [body] = encodeBodies(encoder, ColourLevel.High, moves, []);
          expect(decoder.decode(body!, ColourLevel.High).length).toBe(moves.length);
          expect(decodeSlice(body!, ColourLevel.High, twin)).toBe(true);
          expect(pictureDifference(decoder.picture, twin)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves out jobs that are not in the picture', () => {
    const encoder = makeEncoder(module, 70, 66);
    const jobs = [
      { tile: 99, box: packBox(0, 0, 1, 1) },
      { tile: 1, box: packBox(0, 0, 6, 1) },
      { tile: 0, box: 0 },
      { tile: 0, box: packBox(5, 0, 4, 1) },
      { tile: 3, box: packBox(0, 0, 5, 1) },
    ];
    const [body] = encodeBodies(encoder, ColourLevel.High, [], jobs);
    expect(Array.from(body!)).toEqual([0, 0, 1, 0, 3, 0, 0x80, 0, 0, 0]);
  });

  it('codes any picture exactly, in any box, at every level and effort', () => {
    const side = fc.integer({ min: 1, max: 64 });
    const colours = fc.array(fc.nat(0xffffff), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(side, side, colours, fc.nat(), fc.nat(15), (width, height, palette, seed, calm) => {
        const random = generator(seed);
        for (const [level, effort] of choices) {
          const encoder = makeEncoder(module, width, height);
          const { picture } = encoder;
          const words = new DataView(picture.pixels.buffer, picture.pixels.byteOffset);
          let colour = 0;
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              // Runs of colours out of few or many, with steps between neighbouring shades.
              if (random() % 16 >= calm) colour = palette[random() % palette.length]! + (random() & 0x0f0f0f);
              words.setUint32(y * picture.stride + x * 4, colour, true);
            }
          }
          const bodies = encodeBodies(encoder, level, [], jobsOf(encoder.commit().residual), effort);
          const decoder = new FrameDecoder(module);
          decoder.resize(width, height);
          const twin = blankPicture(width, height);
          for (const body of bodies) {
            decoder.decode(body, level);
            expect(decodeSlice(body, level, twin)).toBe(true);
          }
          const promised = new ColourConverter(module).expandTo(picture, level);
          expect(pictureDifference(decoder.picture, promised)).toBeUndefined();
          expect(pictureDifference(twin, promised)).toBeUndefined();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('never needs more than MAX_TILE_BYTES for a tile', () => {
    const random = generator(77);
    for (const [level, effort] of choices) {
      const encoder = makeEncoder(module, 64, 64);
      for (let round = 0; round < 40; round++) {
        const area = { x: 0, y: 0, width: 64, height: 1 + (random() % 64) };
        drawContent(encoder.reference, CONTENTS[random() % CONTENTS.length]!, random(), area);
        const job = { tile: 0, box: wholeBox(0, encoder.picture) };
        const [body] = encodeBodies(encoder, level, [], [job], effort);
        expect(body!.length).toBeLessThanOrEqual(4 + MAX_TILE_BYTES);
      }
    }
  });

  it('takes at small effort no more for a tile than at another', () => {
    for (const level of levels) {
      const encoder = makeEncoder(module, 64, 64);
      let smaller = 0;
      for (const [index, content] of CONTENTS.entries()) {
        drawContent(encoder.reference, content, 5 + index, { x: 0, y: 0, width: 64, height: 64 });
        const job = { tile: 0, box: wholeBox(0, encoder.picture) };
        const bytes = (effort: Effort): number => encodeBodies(encoder, level, [], [job], effort)[0]!.length;
        const small = bytes(Effort.Small);
        expect(small).toBeLessThanOrEqual(Math.min(bytes(Effort.Fast), bytes(Effort.Balanced)));
        if (small < bytes(Effort.Fast)) smaller++;
      }
      expect(smaller).toBeGreaterThan(0);
    }
  });

  it('begins no further tile once they have used their room, as if it had been given no more', () => {
    const encoder = makeEncoder(module, 12 * 64, 64);
    const page = drawTextPage(12 * 64, 64);
    encoder.reference.pixels.set(page.pixels.subarray(0, encoder.reference.pixels.length));
    const jobs = Array.from({ length: 12 }, (_, tile) => ({ tile, box: wholeBox(tile, encoder.picture) }));
    const job = sliceJob(encoder.layout, exactCoding(ColourLevel.High), 0, 12, 0);
    const coded = (wanted: Partial<SliceJob>, moves: Move[] = []): Uint8Array => {
      writeJobs(encoder.memory, encoder.layout, 0, jobs);
      const bytes = encodeSlice(encoder.kernels, encoder.memory, { ...job, ...wanted }, moves);
      return new Uint8Array(encoder.memory.buffer, job.outOffset, bytes).slice();
    };
    const counts = new Set<number>();
    const whole = coded({});
    for (let room = -1; room < whole.length + 100; room += 40) {
      const body = coded({ room });
      counts.add(tilesIn(body));
      expect(body).toEqual(coded({ jobCount: tilesIn(body) }));
      if (tilesIn(body) < 12) expect(body.length).toBeGreaterThan(0.9 * room);
    }
    expect(counts.size).toBeGreaterThan(6);
    expect(coded({ room: Number.POSITIVE_INFINITY })).toEqual(whole);
    const move = { fromX: 0, fromY: 0, x: 64, y: 0, width: 64, height: 64 };
    expect(tilesIn(coded({ room: 2 + MOVE_BYTES }, [move]))).toBe(1);
  });

  it('refuses more tiles than the output is made for', () => {
    const encoder = makeEncoder(module, 64, 64);
    const job = sliceJob(encoder.layout, exactCoding(ColourLevel.High), 0, 1, 0);
    expect(() => encodeTiles(encoder.kernels, { ...job, jobCount: 35 })).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
    expect(() => encodeTiles(encoder.kernels, { ...job, outBytes: 1000 })).toThrowError(
      expect.objectContaining({ field: 'outBytes' }),
    );
    expect(() => writeJobs(encoder.memory, encoder.layout, 99, [])).toThrowError(
      expect.objectContaining({ field: 'jobs' }),
    );
  });

  it('knows a whole tile at the edges', () => {
    expect(unpackBox(wholeBox(3, { width: 70, height: 66 }))).toEqual({ x: 0, y: 0, width: 6, height: 2 });
    expect(unpackBox(wholeBox(0, { width: 70, height: 66 }))).toEqual({ x: 0, y: 0, width: 64, height: 64 });
  });
});
