import { describe, expect, it } from 'vitest';
import { bestPeers } from '../../harness/codec-bench/best-of.js';

const figures = (encodeCpuMsPerFrame: number, decodeCpuMsPerFrame: number) => ({
  bytesPerFrame: 10,
  psnr: null,
  encodeCpuMsPerFrame,
  decodeCpuMsPerFrame,
});

describe('the best of several runs', () => {
  it('has the least of each time, and every peer that was measured once', () => {
    const first = { figures: { tight: figures(5, 2), vp9: figures(9, 9) }, missing: { zrle: 'late' } };
    const second = { figures: { tight: figures(4, 3), zrle: figures(1, 1) }, missing: { vp9: 'late' } };
    expect(bestPeers(undefined, first)).toBe(first);
    expect(bestPeers(first, second)).toEqual({
      figures: { tight: figures(4, 2), vp9: figures(9, 9), zrle: figures(1, 1) },
      missing: {},
    });
  });
});
