import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ColourLevel,
  Effort,
  encodeSlice,
  exactCoding,
  FrameDecoder,
  ModeCounters,
  type ModeTable,
  sliceJob,
  TILE_MODES,
  wholeBox,
  writeJobs,
} from '../../codecs/index.js';
import { loadKernelModule, projectRoot } from '../../engine/artifacts.js';
import { makeEncoder } from '../support/coder.js';

const module = await loadKernelModule();

describe('the modes of tiles', () => {
  it('are those of docs/CODEC.md, by number and name', () => {
    const document = readFileSync(join(projectRoot(), 'docs', 'CODEC.md'), 'utf8');
    const table = document.slice(document.indexOf('## Modes'), document.indexOf('## Range coder'));
    const rows = [...table.matchAll(/^\| +(\d+) \| ([^|]+?) +\|/gm)];
    expect(rows.map(([, id, name]) => `${id} ${name}`)).toEqual(
      TILE_MODES.map(({ id, name }) => `${id} ${name}`),
    );
  });

  it('are numbered from 0, each with a key of its own', () => {
    TILE_MODES.forEach(({ id }, index) => {
      expect(id).toBe(index);
    });
    expect(new Set(TILE_MODES.map(({ key }) => key)).size).toBe(TILE_MODES.length);
  });
});

describe('counters of modes', () => {
  /** A solid, a two-coloured and a noisy tile. */
  function code(effort: Effort, now?: () => number): { written: ModeTable; read: ModeTable; bytes: number } {
    const { picture, layout, memory, kernels } = makeEncoder(module, 192, 64, now);
    const words = new Uint32Array(memory.buffer, layout.reference, (picture.stride / 4) * 64);
    for (let y = 0; y < 64; y++) {
      for (let x = 64; x < 192; x++) {
        const mixed = Math.imul(x * 71 + y * 1013, 0x9e3779b1);
        const noise = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca77) >>> 8;
        words[(y * picture.stride) / 4 + x] = 0xff000000 | (x < 128 ? (noise & 1) * 0xffffff : noise);
      }
    }
    const jobs = [0, 1, 2].map((tile) => ({ tile, box: wholeBox(tile, layout) }));
    writeJobs(memory, layout, 0, jobs);
    const job = sliceJob(layout, exactCoding(ColourLevel.High, effort), 0, jobs.length, 0);
    const bytes = encodeSlice(kernels, memory, job);
    const decoder = new FrameDecoder(module);
    decoder.resize(192, 64);
    decoder.decode(new Uint8Array(memory.buffer, job.outOffset, bytes).slice(), ColourLevel.High);
    return {
      written: new ModeCounters(memory, layout.counters).read(ColourLevel.High),
      read: decoder.modes(ColourLevel.High),
      bytes,
    };
  }

  it('count what is coded, and decoding counts the same', () => {
    const { written, read, bytes } = code(Effort.Fast);
    expect(written).toEqual({
      solid: { tiles: 1, pixels: 4096, bytes: 6, ms: 0 },
      'two-colours': expect.objectContaining({ tiles: 1, pixels: 4096, bytes: 521 }),
      raw: expect.objectContaining({ tiles: 1, pixels: 4096, bytes: 12_291 }),
    });
    expect(Object.values(written).reduce((sum, mode) => sum + mode.bytes, 0)).toBe(bytes - 4);
    expect(read).toEqual(written);
    expect(Object.keys(code(Effort.Balanced).written)).toContain('text');
  });

  it('go on in a larger picture, level by level', () => {
    const { layout, memory, kernels } = makeEncoder(module, 64, 64);
    writeJobs(memory, layout, 0, [{ tile: 0, box: wholeBox(0, layout) }]);
    const decoder = new FrameDecoder(module);
    decoder.resize(64, 64);
    for (const level of [ColourLevel.Low, ColourLevel.High]) {
      const job = sliceJob(layout, exactCoding(level), 0, 1, 0);
      const bytes = encodeSlice(kernels, memory, job);
      decoder.decode(new Uint8Array(memory.buffer, job.outOffset, bytes).slice(), level);
    }
    decoder.resize(1920, 1080);
    expect(decoder.modes(ColourLevel.Low)).toEqual({ solid: { tiles: 1, pixels: 4096, bytes: 4, ms: 0 } });
    expect(decoder.modes(ColourLevel.Medium)).toEqual({});
    expect(decoder.modes()).toEqual({ solid: { tiles: 2, pixels: 8192, bytes: 10, ms: 0 } });
  });

  it('take time only from a clock that they are given', () => {
    let time = 0;
    const { written, read } = code(Effort.Fast, () => time++);
    for (const mode of Object.values(written)) expect(mode.ms).toBe(1);
    for (const mode of Object.values(read)) expect(mode.ms).toBe(0);
  });
});
