import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Picture, strideOf } from '../../codecs/index.js';
import { measurePeers, RawFrames } from '../../harness/codec-bench/peers/index.js';
import { runTool } from '../../harness/codec-bench/peers/tool.js';
import { compiledProgram } from '../../harness/codec-bench/peers/vnc-peers.js';

const PATH = process.env.PATH;
/** No multiple of a tile or of a row's alignment. */
const WIDTH = 150;
const HEIGHT = 70;

let folder: string;
let frames: RawFrames;

/** Lines on a ground of many colours, another place each time. */
function drawn(index: number): Picture {
  const stride = strideOf(WIDTH);
  const pixels = new Uint8Array(stride * HEIGHT).fill(255);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const isLine = (x + 7 * index) % 23 === 0;
      pixels.set(isLine ? [0, 0, 0] : [x, y * 2, x ^ y], y * stride + x * 4);
    }
  }
  return { width: WIDTH, height: HEIGHT, stride, pixels };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-peers-'));
  frames = new RawFrames({ width: WIDTH, height: HEIGHT }, 20);
  for (let index = 0; index < 3; index++) frames.add(drawn(index));
});
afterEach(() => {
  process.env.PATH = PATH;
  frames.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('raw frames', () => {
  it('come back without the rows\u2019 padding, and go with their folder', () => {
    expect(frames.frames).toBe(3);
    const frame = new Uint8Array(frames.frameBytes);
    frames.read(2, frame);
    const { pixels, stride } = drawn(2);
    expect(frame.subarray(0, WIDTH * 4)).toEqual(pixels.subarray(0, WIDTH * 4));
    const last = (HEIGHT - 1) * stride;
    expect(frame.subarray((HEIGHT - 1) * WIDTH * 4)).toEqual(pixels.subarray(last, last + WIDTH * 4));
    expect(() => frames.read(3, frame)).toThrow('has no frame 3');
    frames.close();
    expect(() => readdirSync(frames.folder)).toThrow('ENOENT');
  });
});

describe('peers', () => {
  it('of LibVNCServer are exact where they say so, or say what is missing', async () => {
    const { figures, missing } = await measurePeers(['tight', 'zrle', 'tight-jpeg'], frames);
    for (const reason of Object.values(missing)) expect(reason).toContain('LibVNCServer');
    for (const name of ['tight', 'zrle']) {
      if (missing[name] === undefined) expect(figures[name]).toMatchObject({ psnr: null });
    }
    if (missing['tight-jpeg'] === undefined) expect(figures['tight-jpeg']!.psnr!).toBeGreaterThan(25);
    expect(Object.keys(figures).length + Object.keys(missing).length).toBe(3);
  });

  it('that are not installed are missing with the reason, and nothing half made stays', async () => {
    process.env.PATH = folder;
    const { figures, missing } = await measurePeers(['qtrle'], frames);
    expect(figures).toEqual({});
    expect(missing).toEqual({ qtrle: 'ffmpeg cannot be started.' });
    await expect(compiledProgram(folder)).rejects.toMatchObject({
      code: 'missing-tool',
      message: expect.stringContaining('apt-get install'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('have no figures where the frames had no room', async () => {
    frames.fault = 'too little room for raw frames';
    const { figures, missing } = await measurePeers(['tight', 'vp9'], frames);
    expect(figures).toEqual({});
    expect(missing).toEqual({ tight: frames.fault, vp9: frames.fault });
  });

  it('end when they are told to', async () => {
    const reason = new Error('enough');
    await expect(measurePeers(['x264rgb'], frames, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const abort = new AbortController();
    const run = runTool(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { signal: abort.signal });
    abort.abort(reason);
    await expect(run).rejects.toBe(reason);
  });

  it('give the last line of what a program complains of', async () => {
    const script = 'console.error("one\\ntwo"); process.exit(3)';
    await expect(runTool(process.execPath, ['-e', script])).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/: two$/),
    });
  });
});
