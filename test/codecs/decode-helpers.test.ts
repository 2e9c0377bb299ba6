import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ColourLevel,
  type DecodeHelp,
  Effort,
  EXACT,
  FrameDecoder,
  type FrameEncoder,
  packQuality,
  type Rect,
  SightlineError,
} from '../../codecs/index.js';
import { decodeThreads, loadKernelModule } from '../../engine/index.js';
import { encodeBodies, jobsOf, makeEncoder } from '../support/coder.js';
import { PlayedHelp } from '../support/decode-help.js';
import { CONTENTS, drawContent, drawPhotograph, generator, pictureDifference } from '../support/pictures.js';

const module = await loadKernelModule();
const WIDTH = 650;
const HEIGHT = 330;

const open: FrameDecoder[] = [];
afterEach(() => {
  for (const decoder of open.splice(0)) decoder.close();
});

function makeDecoder(help?: DecodeHelp): FrameDecoder {
  const decoder = new FrameDecoder(module, help);
  decoder.resize(WIDTH, HEIGHT);
  open.push(decoder);
  return decoder;
}

/** A decoder whose threads have begun. */
async function helpedDecoder(threads: number): Promise<FrameDecoder> {
  const decoder = makeDecoder(decodeThreads(threads));
  await expect.poll(() => decoder.threads.threads, { timeout: 20_000 }).toBe(threads + 1);
  return decoder;
}

/** Bodies of the encoder's next frame, of a few tiles each. */
function frameOf(encoder: FrameEncoder, tiles: number, level: ColourLevel, quality = EXACT): Uint8Array[] {
  const change = encoder.commit();
  const jobs = jobsOf(change.residual);
  const bodies = encodeBodies(encoder, level, change.moves, jobs.slice(0, tiles), Effort.Balanced, quality);
  for (let at = tiles; at < jobs.length; at += tiles) {
    bodies.push(...encodeBodies(encoder, level, [], jobs.slice(at, at + tiles), Effort.Balanced, quality));
  }
  return bodies;
}

/** A first picture of noise: every slice is long enough to be shared. */
function noise(seed: number, tiles = 8): Uint8Array[] {
  const encoder = makeEncoder(module, WIDTH, HEIGHT);
  drawContent(encoder.picture, 'noise', seed);
  return frameOf(encoder, tiles, ColourLevel.High);
}

function decodeFrame(decoder: FrameDecoder, bodies: readonly Uint8Array[], level: ColourLevel): Rect[] {
  const last = bodies.length - 1;
  return bodies.flatMap((body, index) =>
    decoder.decode(body, level, { first: index === 0, last: index === last }),
  );
}

function inOrder(rects: readonly Rect[]): Rect[] {
  return [...rects].sort((a, b) => a.y - b.y || a.x - b.x || a.width - b.width || a.height - b.height);
}

describe('a decoder whose slices are shared with threads', () => {
  it('gives the picture and rectangles that one thread gives, whatever the frames', async () => {
    const helped = await helpedDecoder(2);
    const drawing = fc.record({
      content: fc.constantFrom(...CONTENTS, 'photograph' as const),
      seed: fc.nat(1000),
      x: fc.nat(WIDTH - 1),
      y: fc.nat(HEIGHT - 1),
      width: fc.integer({ min: 1, max: WIDTH }),
      height: fc.integer({ min: 1, max: HEIGHT }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(drawing, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 3, max: 20 }),
        fc.constantFrom(...Object.values(ColourLevel)),
        fc.constantFrom(EXACT, packQuality(40)),
        (frames, tiles, level, quality) => {
          const encoder = makeEncoder(module, WIDTH, HEIGHT);
          const alone = makeDecoder();
          helped.resize(WIDTH, HEIGHT);
          for (const drawings of frames) {
            for (const { content, seed, ...area } of drawings) {
              if (content === 'photograph') drawPhotograph(encoder.picture, seed);
              else {
                const width = Math.min(area.width, WIDTH - area.x);
                const height = Math.min(area.height, HEIGHT - area.y);
                drawContent(encoder.picture, content, seed, { ...area, width, height });
              }
            }
            const bodies = frameOf(encoder, tiles, level, quality);
            const expected = decodeFrame(alone, bodies, level);
            expect(inOrder(decodeFrame(helped, bodies, level))).toEqual(inOrder(expected));
            expect(pictureDifference(helped.picture, alone.picture)).toBeUndefined();
          }
        },
      ),
      { numRuns: 30 },
    );
    expect(helped.threads).toMatchObject({ threads: 3, lost: false });
  }, 120_000);

  it('lets the threads decode, as soon as the system lets them run', async () => {
    const helped = await helpedDecoder(1);
    const bodies = noise(2, 4);
    const decode = () => {
      decodeFrame(helped, bodies, ColourLevel.High);
      return helped.threads.helped;
    };
    await expect.poll(decode, { timeout: 20_000 }).toBeGreaterThan(0);
  });

  it('counts tiles, pixels and bytes as one thread does', async () => {
    const helped = await helpedDecoder(1);
    const alone = makeDecoder();
    const bodies = noise(3);
    for (const decoder of [helped, alone]) decodeFrame(decoder, bodies, ColourLevel.High);
    expect(helped.modes()).toEqual(alone.modes());
  });

  it('decodes nothing but the first and last slice while another thread has time', () => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const bodies = noise(5);
    const last = bodies.length - 1;
    bodies.forEach((body, index) => {
      const touched = decoder.decode(body, ColourLevel.High, { first: index === 0, last: index === last });
      help.begin()?.();
      if (index > 0 && index < last) expect(touched).toEqual([]);
    });
    expect(help.slices).toBe(bodies.length - 2);
    expect(decoder.threads.helped).toBe(help.slices);
    const alone = makeDecoder();
    decodeFrame(alone, bodies, ColourLevel.High);
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
  });

  it('does without threads that do not begin', () => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const alone = makeDecoder();
    const bodies = noise(6);
    const rects = decodeFrame(decoder, bodies, ColourLevel.High);
    expect(inOrder(rects)).toEqual(inOrder(decodeFrame(alone, bodies, ColourLevel.High)));
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
    expect(help.slices).toBe(0);
    expect(decoder.threads.helped).toBe(0);
  });

  it('keeps small frames to itself', () => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const encoder = makeEncoder(module, WIDTH, HEIGHT);
    const small = (seed: number) => {
      drawContent(encoder.picture, 'two', seed, { x: 100, y: 100, width: 12, height: 16 });
      return frameOf(encoder, 8, ColourLevel.High);
    };
    decodeFrame(decoder, small(1), ColourLevel.High);
    // Several slices that are short.
    drawContent(encoder.picture, 'flat', 9);
    const bodies = frameOf(encoder, 8, ColourLevel.High);
    expect(bodies.length).toBeGreaterThan(4);
    for (const [index, body] of bodies.entries()) {
      decoder.decode(body, ColourLevel.High, { first: index === 0, last: index === bodies.length - 1 });
      expect(help.begin()).toBeUndefined();
    }
  });

  it('paints nothing of an abandoned frame over the next one', () => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const [old, fresh] = [noise(7), noise(8)];
    decoder.decode(old[0]!, ColourLevel.High, { first: true, last: false });
    decoder.decode(old[1]!, ColourLevel.High, { first: false, last: false });
    const alone = makeDecoder();
    const expected = decodeFrame(alone, fresh, ColourLevel.High);
    const touched = decodeFrame(decoder, fresh, ColourLevel.High);
    expect(help.begin()).toBeUndefined();
    expect(inOrder(touched)).toEqual(inOrder(expected));
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
  });

  it('makes moves behind the slices before them, and before those behind', () => {
    const moving = makeEncoder(module, WIDTH, HEIGHT);
    const moves = [{ fromX: 0, fromY: 0, x: 0, y: 64, width: WIDTH, height: HEIGHT - 64 }];
    const bodies = noise(10);
    bodies.splice(3, 0, ...encodeBodies(moving, ColourLevel.High, moves, []));
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const alone = makeDecoder();
    const rects = decodeFrame(decoder, bodies, ColourLevel.High);
    expect(inOrder(rects)).toEqual(inOrder(decodeFrame(alone, bodies, ColourLevel.High)));
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
  });

  it('reports a malformed slice at the latest with the last, and decodes the next frame', () => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const bodies = noise(11);
    const broken = bodies.map((body, index) => (index === 1 ? body.subarray(0, body.length - 1) : body));
    const decode = () => {
      broken.forEach((body, index) => {
        decoder.decode(body, ColourLevel.High, { first: index === 0, last: index === broken.length - 1 });
        help.begin()?.();
      });
    };
    expect(decode).toThrowError(expect.objectContaining({ code: 'bad-tile' }));
    const alone = makeDecoder();
    const expected = decodeFrame(alone, bodies, ColourLevel.High);
    expect(inOrder(decodeFrame(decoder, bodies, ColourLevel.High))).toEqual(inOrder(expected));
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
  });

  it('holds out against mutated slices on several threads', async () => {
    const decoder = await helpedDecoder(2);
    const alone = makeDecoder();
    const random = generator(77);
    const seeds = [noise(12, 5), noise(13, 9)];
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      const bodies = seeds[round & 1]!.map((body) => {
        const hostile = body.slice();
        // Heads of tiles say where is painted; numbers of moves and tiles what follows.
        if (random() % 3 === 0) hostile[random() % 12] = random();
        if (random() % 6 === 0) hostile[random() % hostile.length] = random();
        return random() % 9 === 0 ? hostile.subarray(0, random() % hostile.length) : hostile;
      });
      try {
        decodeFrame(decoder, bodies, ColourLevel.High);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(SightlineError);
        expect((error as SightlineError).code).toMatch(/^bad-(slice|tile)$/);
      }
    }
    expect(refused).toBeGreaterThan(10);
    // The threads are as they were, and so is what they decode.
    expect(decoder.threads).toMatchObject({ threads: 3, lost: false });
    const bodies = noise(14);
    for (const one of [decoder, alone]) decodeFrame(one, bodies, ColourLevel.High);
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
  }, 60_000);

  it('gives one picture or the other where two slices paint one tile, and touches no other', async () => {
    const decoder = await helpedDecoder(1);
    const [first, other] = [noise(15), noise(16)];
    const [tile, again] = [first[1]!, other[1]!];
    const pictures = [tile, again].map((body) => {
      const alone = makeDecoder();
      alone.decode(body, ColourLevel.High);
      return alone.picture;
    });
    for (let round = 0; round < 10; round++) {
      decoder.resize(WIDTH, HEIGHT);
      const nothing = new Uint8Array(4);
      const bodies = [nothing, tile, again, tile, again, nothing];
      decodeFrame(decoder, bodies, ColourLevel.High);
      const { pixels } = decoder.picture;
      for (let at = 0; at < pixels.length; at++) {
        const value = pixels[at];
        if (value !== pictures[0]!.pixels[at] && value !== pictures[1]!.pixels[at]) {
          throw new Error(`Byte ${at} is neither picture's.`);
        }
      }
    }
  });
});

describe('threads that fail', () => {
  it('are done without where they cannot be started', () => {
    const decoder = makeDecoder({
      threads: 1,
      start() {
        throw new Error('no workers here');
      },
    });
    expect(decoder.threads).toMatchObject({ threads: 1, lost: true });
    const alone = makeDecoder();
    const bodies = noise(20);
    for (const one of [decoder, alone]) decodeFrame(one, bodies, ColourLevel.High);
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
  });

  it.each(['hangs', 'dies'])('one that %s with a slice costs that frame, and can do no harm later', (how) => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const bodies = noise(21);
    decodeFrame(decoder, bodies, ColourLevel.High);
    const before = decoder.picture;
    const place = { first: false, last: false };
    decoder.decode(bodies[0]!, ColourLevel.High, { first: true, last: false });
    decoder.decode(bodies[1]!, ColourLevel.High, place);
    const finishLate = help.begin()!;
    if (how === 'dies') help.die();
    expect(() => decoder.decode(bodies[2]!, ColourLevel.High, { first: false, last: true })).toThrowError(
      expect.objectContaining({ code: 'timeout' }),
    );
    expect(help.ended).toBe(1);
    expect(decoder.threads).toMatchObject({ threads: 1, lost: true });
    // What was seen is still there, where the thread cannot write.
    expect(pictureDifference(decoder.picture, before)).toBeUndefined();
    expect(decoder.memory.buffer).not.toBe(before.pixels.buffer);
    const fresh = noise(22);
    const alone = makeDecoder();
    for (const one of [decoder, alone]) decodeFrame(one, fresh, ColourLevel.High);
    finishLate();
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
    decoder.resize(2 * WIDTH, 4 * HEIGHT);
    expect(help.started).toBe(1);
  });

  it('one that hangs with a slice of an abandoned frame does not hold up the next', () => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    const bodies = noise(23);
    decoder.decode(bodies[0]!, ColourLevel.High, { first: true, last: false });
    decoder.decode(bodies[1]!, ColourLevel.High, { first: false, last: false });
    const finishLate = help.begin()!;
    const fresh = noise(24);
    const alone = makeDecoder();
    for (const one of [decoder, alone]) decodeFrame(one, fresh, ColourLevel.High);
    finishLate();
    expect(pictureDifference(decoder.picture, alone.picture)).toBeUndefined();
    expect(decoder.threads.lost).toBe(true);
  });

  it('begin anew with a larger picture, and end with the decoder', async () => {
    const help = new PlayedHelp();
    const decoder = makeDecoder(help);
    expect(help.started).toBe(1);
    decoder.resize(2500, 1400);
    expect({ started: help.started, ended: help.ended }).toEqual({ started: 2, ended: 1 });
    expect(decoder.threads).toMatchObject({ threads: 2, lost: false });
    decoder.close();
    expect(help.ended).toBe(2);

    const { start, ...rest } = decodeThreads(1);
    const ended = new Promise<void>((resolve) => {
      const real = makeDecoder({
        ...rest,
        start: (task, onLost) =>
          start(task, () => {
            onLost();
            resolve();
          }),
      });
      real.close();
    });
    await ended;
  });
});
