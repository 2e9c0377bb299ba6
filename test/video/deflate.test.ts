import { constants, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharedMemory } from '../../codecs/index.js';
import { DEFLATE_WINDOW, instantiateRecordingKernels } from '../../codecs/video/kernels.js';
import { loadRecordingModule } from '../../engine/artifacts.js';
import { generator } from '../support/pictures.js';

const module = await loadRecordingModule();
const MOST = 400_000;
const STATE = 65_536;
const memory = createSharedMemory(4 << 20);
const kernels = instantiateRecordingKernels(module, memory);
const bytes = new Uint8Array(memory.buffer);
const DATA = STATE + kernels.deflateStateBytes() + DEFLATE_WINDOW + 64;
const OUT = DATA + MOST + 64;
const CANARY = 0xa5;

/** Frames through one stream, each flushed; the answer is what came out for each. */
function deflate(frames: readonly Uint8Array[], unit: number): Uint8Array[] {
  kernels.deflateReset(STATE);
  return frames.map((frame) => {
    bytes.set(frame, DATA);
    const bound = kernels.deflateBound(frame.length);
    bytes.fill(CANARY, OUT, OUT + bound + 64);
    const length = kernels.deflateFrame(STATE, DATA, frame.length, unit, OUT);
    expect(length).toBeLessThanOrEqual(bound);
    expect(bytes.subarray(OUT + bound, OUT + bound + 64).every((byte) => byte === CANARY)).toBe(true);
    return bytes.slice(OUT, OUT + length);
  });
}

function inflate(parts: readonly Uint8Array[]): Buffer {
  return inflateSync(Buffer.concat(parts), { finishFlush: constants.Z_SYNC_FLUSH });
}

/** Noise, copies from before, and flat stretches, in whole units. */
function content(seed: number, length: number, unit: number): Uint8Array {
  const random = generator(seed);
  const out = new Uint8Array(length - (length % unit));
  for (let at = 0; at < out.length; ) {
    const part = Math.min(out.length - at, unit * (1 + (random() % 2000)));
    const kind = random() % 4;
    const back = unit * (1 + (random() % 20_000));
    const flat = random() & 255;
    for (let index = 0; index < part; index++, at++) {
      if (kind === 0) out[at] = random() & 255;
      else if (kind === 1) out[at] = at >= back ? out[at - back]! : 0;
      else if (kind === 2) out[at] = flat;
      else out[at] = random() & 3;
    }
  }
  return out;
}

describe('DEFLATE', () => {
  it('is inflated by zlib, every frame as soon as it is there', () => {
    const frame = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 90_000 }));
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 2, 4),
        (seeds, unit) => {
          const frames = seeds.map(([seed, length]) => content(seed, length, unit));
          const parts = deflate(frames, unit);
          for (let count = 1; count <= parts.length; count++) {
            const got = inflate(parts.slice(0, count));
            expect(Buffer.compare(got, Buffer.concat(frames.slice(0, count)))).toBe(0);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('handles what is long: zeros, noise, and a symbol of each frequency', () => {
    const random = generator(1);
    const noise = new Uint8Array(MOST).map(() => random());
    const skewed = new Uint8Array(MOST).map(() => Math.min(255, Math.clz32(random()) * 8));
    for (const data of [new Uint8Array(MOST), noise, skewed, new Uint8Array(4), new Uint8Array(0)]) {
      for (const unit of [1, 4]) expect(Buffer.compare(inflate(deflate([data], unit)), data)).toBe(0);
    }
    expect(deflate([new Uint8Array(MOST)], 4)[0]!.length).toBeLessThan(800);
  });

  it('finds in a frame what was in the one before', () => {
    const frame = content(9, 20_000, 4);
    const [first, second] = deflate([frame, frame], 4);
    expect(second!.length).toBeLessThan(first!.length / 20);
  });
});
