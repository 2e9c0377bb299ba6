import { describe, expect, it } from 'vitest';
import {
  COUNTERS_BYTES,
  ColourLevel,
  DECODE_SCRATCH_BYTES,
  Effort,
  FrameDecoder,
  type Move,
  packBox,
  packQuality,
  SightlineError,
  type TileJob,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { encodeBodies, jobsOf, makeEncoder } from '../support/coder.js';
import { KernelMemory } from '../support/kernel-memory.js';
import {
  blankPicture,
  CONTENTS,
  drawContent,
  drawPhotograph,
  generator,
  pictureDifference,
} from '../support/pictures.js';
import { decodeSlice } from '../support/twins/slice.js';

const module = await loadKernelModule();
/** A small picture with narrow tiles at its edges. */
const WIDTH = 70;
const HEIGHT = 66;
/** More in an extended run: SIGHTLINE_FUZZ=2000000. */
const MUTATIONS = Number(process.env.SIGHTLINE_FUZZ ?? 200_000);
const TWIN_MUTATIONS = 4_000;

interface Seed {
  readonly level: ColourLevel;
  readonly body: Uint8Array;
}

/** Well-formed bodies of every mode and level, small ones among them, with and without moves. */
function seeds(): Seed[] {
  const moves: Move[] = [
    { fromX: 0, fromY: 4, x: 0, y: 0, width: 70, height: 60 },
    { fromX: 10, fromY: 0, x: 13, y: 1, width: 20, height: 20 },
  ];
  const made: Seed[] = [];
  for (const level of Object.values(ColourLevel)) {
    CONTENTS.forEach((content, index) => {
      const encoder = makeEncoder(module, WIDTH, HEIGHT);
      drawContent(encoder.picture, content, index + 3);
      const change = encoder.commit();
      for (const effort of Object.values(Effort)) {
        for (const body of encodeBodies(encoder, level, moves, jobsOf(change.residual), effort))
          made.push({ level, body });
      }
      const small: TileJob[] = [
        { tile: 0, box: packBox(3, 4, 19, 9) },
        { tile: 3, box: packBox(0, 0, 5, 1) },
      ];
      for (const body of encodeBodies(encoder, level, [], small)) made.push({ level, body });
    });
  }
  for (const quality of [1, 20, 64, 100]) {
    const encoder = makeEncoder(module, WIDTH, HEIGHT);
    drawPhotograph(encoder.picture, quality);
    const jobs = jobsOf(encoder.commit().residual);
    const lossy = packQuality(quality);
    for (const body of encodeBodies(encoder, ColourLevel.High, moves, jobs, Effort.Balanced, lossy))
      made.push({ level: ColourLevel.High, body });
  }
  return made;
}

/** One to four faults: a byte changed, a bit flipped, a piece cut out or doubled, the end cut off. */
function mutate(seed: Uint8Array, random: () => number, buffer: Uint8Array): Uint8Array {
  let length = seed.length;
  buffer.set(seed);
  // Most faults go where the headers are.
  const place = () => (random() & 1 ? random() % Math.min(length, 40) : random() % length);
  for (let faults = 1 + (random() & 3); faults > 0 && length > 0; faults--) {
    const at = place();
    const kind = random() % 8;
    if (kind < 3) buffer[at] = random();
    else if (kind < 5) buffer[at] = buffer[at]! ^ (1 << (random() & 7));
    else if (kind === 5) buffer[at] = random() & 1 ? 255 : 0;
    else if (kind === 6) length = at;
    else {
      const part = Math.min(1 + (random() % 8), length - at);
      if (random() & 1) {
        buffer.copyWithin(at, at + part, length);
        length -= part;
      } else {
        buffer.copyWithin(at + part, at, length);
        length += part;
      }
    }
  }
  return buffer.subarray(0, length);
}

describe('hostile slices', () => {
  const inputs = seeds();

  it(
    `${MUTATIONS} mutated bodies: no trap, and nothing written outside the picture`,
    () => {
      const random = generator(20_261_121);
      const longest = Math.max(...inputs.map((seed) => seed.body.length)) + 64;
      const memory = new KernelMemory(module, 1 << 20);
      const scratch = memory.take(DECODE_SCRATCH_BYTES);
      const counters = memory.take(COUNTERS_BYTES);
      const stride = blankPicture(WIDTH, HEIGHT).stride;
      const picture = memory.take(stride * HEIGHT);
      const bodies = new Uint8Array(longest);
      // The body ends where a canary begins, so that reading over its end would show as another result.
      const body = memory.take(longest);
      const { kernels } = memory;
      kernels.prepareDecoder(scratch);
      memory.view(picture, stride * HEIGHT).fill(0x5a);
      const outcomes = { accepted: 0, badSlice: 0, badTile: 0 };
      for (let index = 0; index < MUTATIONS; index++) {
        const seed = inputs[random() % inputs.length]!;
        const hostile = mutate(seed.body, random, bodies);
        const at = body + longest - hostile.length;
        memory.bytes.set(hostile, at);
        const level = random() % 16 === 0 ? random() % 4 : seed.level;
        const result = kernels.decodeSlice(
          at,
          hostile.length,
          picture,
          stride,
          WIDTH,
          HEIGHT,
          level,
          scratch,
          counters,
        );
        if (result >= 0) outcomes.accepted++;
        else if (result === -1) outcomes.badSlice++;
        else outcomes.badTile++;
        if (!memory.intact()) throw new Error(`Canary overwritten by mutation ${index}.`);
      }
      for (let y = 0; y < HEIGHT; y++) {
        const padding = memory.view(picture + y * stride + WIDTH * 4, stride - WIDTH * 4);
        expect(padding.every((byte) => byte === 0x5a)).toBe(true);
      }
      // The mutations are worth something only when they reach every outcome.
      expect(Math.min(outcomes.accepted, outcomes.badSlice, outcomes.badTile)).toBeGreaterThan(
        MUTATIONS / 50,
      );
    },
    Math.max(60_000, MUTATIONS / 2),
  );

  it(`${TWIN_MUTATIONS} of them are judged, and painted, as the twin does`, () => {
    const random = generator(4);
    const bodies = new Uint8Array(Math.max(...inputs.map((seed) => seed.body.length)) + 64);
    const decoder = new FrameDecoder(module);
    for (let index = 0; index < TWIN_MUTATIONS; index++) {
      const seed = inputs[random() % inputs.length]!;
      const hostile = mutate(seed.body, random, bodies);
      decoder.resize(WIDTH, HEIGHT);
      const twin = blankPicture(WIDTH, HEIGHT);
      const expected = decodeSlice(hostile, seed.level, twin);
      let accepted = true;
      try {
        decoder.decode(hostile, seed.level);
      } catch (error) {
        accepted = false;
        expect(error).toBeInstanceOf(SightlineError);
        expect((error as SightlineError).code).toMatch(/^bad-(slice|tile)$/);
        expect((error as SightlineError).offset).toBeLessThanOrEqual(hostile.length);
      }
      expect(accepted).toBe(expected);
      if (accepted) expect(pictureDifference(decoder.picture, twin)).toBeUndefined();
    }
  });

  it('refuses what is too long, and a level that is none', () => {
    const decoder = new FrameDecoder(module);
    expect(() => decoder.decode(new Uint8Array(500_000), ColourLevel.High)).toThrowError(
      expect.objectContaining({ code: 'bad-slice' }),
    );
    expect(() => decoder.decode(new Uint8Array(4), 7 as ColourLevel)).toThrowError(
      expect.objectContaining({ code: 'bad-slice', field: 'level' }),
    );
  });
});
