/** Pictures through the pipeline and back, coded alone and with a pool of threads. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  ColourConverter,
  type ColourLevel,
  FrameDecoder,
  type Picture,
  SightlineError,
} from '../../codecs/index.js';
import { DisplayPipeline, type Packet } from '../../engine/display/index.js';
import {
  loadKernelModule,
  piscinaThreads,
  readSliceHeader,
  type SliceHeader,
  sliceBody,
} from '../../engine/index.js';
import { FakeClock, settle } from '../support/clock.js';
import { samePixels } from '../support/stage.js';

const LEVELS: readonly ColourLevel[] = [0, 1, 2, 3];

let module: WebAssembly.Module;
let pipeline: DisplayPipeline;
const clock = new FakeClock();

beforeAll(async () => {
  module = await loadKernelModule();
});

afterEach(async () => {
  await pipeline.close();
});

function create(width: number, height: number, threads: number, frame?: number): DisplayPipeline {
  const number = frame === undefined ? {} : { frame };
  pipeline = DisplayPipeline.create({
    ...{ width, height, threads, startThreads: piscinaThreads, module, clock },
    ...number,
  });
  return pipeline;
}

/** Paints all of the picture: stripes of noise, so that every tile has work. */
function paint(picture: Picture, seed: number): void {
  let state = seed >>> 0;
  const words = new Uint32Array(picture.pixels.buffer, picture.pixels.byteOffset, picture.pixels.length / 4);
  for (let index = 0; index < words.length; index++) {
    if (index % 7 === 0) state = (state * 1664525 + 1013904223) >>> 0;
    words[index] = 0xff000000 | (state >>> 8);
  }
}

async function encode(packet: Packet): Promise<{ headers: SliceHeader[]; bodies: Uint8Array[] }> {
  const headers: SliceHeader[] = [];
  const bodies: Uint8Array[] = [];
  await pipeline.encode(packet, (message) => {
    headers.push(readSliceHeader(message));
    bodies.push(sliceBody(message));
  });
  return { headers, bodies };
}

describe.each([0, 1, 2])('with %i threads more', (threads) => {
  test('a whole picture comes back exactly, at every level, frame after frame', async () => {
    create(1000, 700, threads);
    const decoder = new FrameDecoder(module);
    decoder.resize(1000, 700);
    const converter = new ColourConverter(module);
    for (let round = 1; round <= 4; round++) {
      paint(pipeline.picture, round);
      pipeline.commit({ drawnAt: 5 });
      for (const level of LEVELS) {
        const { headers, bodies } = await encode(pipeline.refresh(level, 3, 0, 77));
        headers.forEach((header, index) => {
          expect(header).toMatchObject({
            level,
            frame: round,
            base: 0,
            viewer: 3,
            drawnAt: 77,
            slice: index,
          });
          expect(header.first).toBe(index === 0);
          expect(header.last).toBe(index === headers.length - 1);
        });
        for (const body of bodies) decoder.decode(body, level);
        expect(samePixels(decoder.picture, converter.expandTo(pipeline.reference, level))).toBe(true);
      }
    }
    const { levels, modes } = pipeline.stats();
    for (const level of LEVELS) {
      expect(levels[level]).toMatchObject({ packets: 4, tiles: 4 * 16 * 11 });
      const counted = Object.values(modes[level]!).reduce((sum, { tiles }) => sum + tiles, 0);
      expect(counted).toBe(4 * 16 * 11);
    }
  });

  test('more slices than slots go in rounds', async () => {
    // 64 slots of 34 tiles hold 2176 tiles; this picture has 4096.
    create(4096, 4096, threads);
    paint(pipeline.picture, 9);
    pipeline.commit({ drawnAt: 0 });
    const decoder = new FrameDecoder(module);
    decoder.resize(4096, 4096);
    const { headers, bodies } = await encode(pipeline.refresh(1, 1, 0, 0));
    expect(headers.length).toBeGreaterThan(64);
    expect(headers.filter(({ last }) => last)).toHaveLength(1);
    for (const body of bodies) decoder.decode(body, 1);
    const converter = new ColourConverter(module);
    expect(samePixels(decoder.picture, converter.expandTo(pipeline.reference, 1))).toBe(true);
  });

  test('a packet without damage is one empty slice, first and last', async () => {
    create(64, 64, threads);
    pipeline.commit({ drawnAt: 0 });
    const packet = pipeline.refresh(3, 1, 0, 0);
    packet.boxes.fill(0);
    const { headers, bodies } = await encode(packet);
    expect(headers).toMatchObject([{ first: true, last: true, slice: 0 }]);
    expect([...bodies[0]!]).toEqual([0, 0, 0, 0]);
  });

  test('small packets are coded at once, without a promise', () => {
    create(640, 384, threads);
    paint(pipeline.picture, 1);
    pipeline.commit({ drawnAt: 0 });
    const packet = pipeline.refresh(3, 1, 0, 0);
    packet.boxes.fill(0, 5);
    expect(pipeline.encode(packet, () => {})).toMatchObject({ tiles: 5, slices: 1 });
  });
});

describe('a pool', () => {
  test('takes part, and tells its waiting from its working', async () => {
    create(1920, 1080, 1);
    paint(pipeline.picture, 1);
    pipeline.commit({ drawnAt: 0 });
    // The thread takes its time to start; until then the caller does all of it.
    for (let round = 0; round < 500 && pipeline.stats().pool!.tasks < 3; round++) {
      await encode(pipeline.refresh(3, 1, 0, 0));
      await settle();
    }
    const pool = pipeline.stats().pool!;
    expect(pool).toMatchObject({ threads: 1, retaken: 0 });
    expect(pool.tasks).toBeGreaterThanOrEqual(3);
    expect(pool.runP50).toBeGreaterThan(0);
  });

  test('that is closed leaves the work to the caller', async () => {
    create(1000, 700, 1);
    paint(pipeline.picture, 1);
    pipeline.commit({ drawnAt: 0 });
    await pipeline.close();
    const { headers } = await encode(pipeline.refresh(3, 1, 0, 0));
    expect(headers[headers.length - 1]!.last).toBe(true);
  });
});

describe('a pool that is ended while it works', () => {
  test('leaves no slice out', async () => {
    create(1920, 1080, 1);
    paint(pipeline.picture, 1);
    pipeline.commit({ drawnAt: 0 });
    for (let round = 0; round < 500 && pipeline.stats().pool!.tasks < 1; round++) {
      await encode(pipeline.refresh(3, 1, 0, 0));
      await settle();
    }
    const coding = encode(pipeline.refresh(3, 1, 0, 0));
    await pipeline.close();
    const { headers, bodies } = await coding;
    expect(headers.filter(({ last }) => last)).toHaveLength(1);
    const decoder = new FrameDecoder(module);
    decoder.resize(1920, 1080);
    for (const body of bodies) decoder.decode(body, 3);
    expect(samePixels(decoder.picture, pipeline.reference)).toBe(true);
  });
});

describe('frame numbers', () => {
  test('the first picture is a frame even if it is black; one without a change is none', () => {
    create(100, 100, 0);
    expect(pipeline.commit({ drawnAt: 0 })?.frame).toBe(1);
    expect(pipeline.commit({ drawnAt: 0 })).toBeUndefined();
    expect(pipeline.frame).toBe(1);
  });

  test('go on from those of another pipeline, and follow the source where they can', () => {
    create(100, 100, 0, 41);
    const next = (frame?: number) => {
      paint(pipeline.picture, Math.random() * 1e9);
      return pipeline.commit({ drawnAt: 0, ...(frame === undefined ? {} : { frame }) })?.frame;
    };
    expect([next(), next(50), next(50), next(2), next(2 ** 33), next()]).toEqual([42, 50, 51, 52, 53, 54]);
  });
});

describe('a refresh', () => {
  test('from a frame that is known has what changed since, from another one everything', async () => {
    create(640, 384, 0);
    paint(pipeline.picture, 1);
    pipeline.commit({ drawnAt: 10 });
    for (const [index, row] of [3, 200].entries()) {
      pipeline.picture.pixels.fill(
        index + 1,
        row * pipeline.picture.stride,
        row * pipeline.picture.stride + 40,
      );
      pipeline.commit({ drawnAt: 20 + index });
    }
    expect(pipeline.refresh(3, 1, 1, 99)).toMatchObject({ frame: 3, base: 1, drawnAt: 20 });
    expect([...pipeline.refresh(3, 1, 1, 99).boxes].filter((box) => box !== 0)).toHaveLength(2);
    expect([...pipeline.refresh(3, 1, 2, 99).boxes].filter((box) => box !== 0)).toHaveLength(1);
    for (const base of [0, 3, 7]) {
      const packet = pipeline.refresh(3, 1, base, 99);
      expect(packet).toMatchObject({ frame: 3, base: 0, drawnAt: 99 });
      expect([...packet.boxes].every((box) => box !== 0)).toBe(true);
    }
  });
});

describe('a size', () => {
  test('that is not allowed is refused before memory is touched', () => {
    create(1, 1, 0);
    expect(() => DisplayPipeline.create({ width: 9000, height: 9000, threads: 0, module, clock })).toThrow(
      SightlineError,
    );
  });
});
