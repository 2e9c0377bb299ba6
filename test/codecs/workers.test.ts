import { describe, expect, it } from 'vitest';
import {
  ColourLevel,
  createSharedMemory,
  encoderLayout,
  encodeSlice,
  exactCoding,
  FrameEncoder,
  instantiateKernels,
  sliceJob,
  writeJobs,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { jobsOf } from '../support/coder.js';
import { drawContent } from '../support/pictures.js';

const module = await loadKernelModule();

describe('several instances over one memory', () => {
  it('code the same slice to the same bytes, each in its own scratch and slot', () => {
    const layout = encoderLayout({ width: 200, height: 130, workers: 3, slots: 4 });
    const memory = createSharedMemory(layout.totalBytes);
    const encoder = new FrameEncoder(module, layout, memory);
    drawContent(encoder.picture, 'many', 5);
    drawContent(encoder.picture, 'stripes', 6, { x: 0, y: 0, width: 100, height: 130 });
    const jobs = jobsOf(encoder.commit().residual);
    const instances = [0, 1, 2, 3].map(() => instantiateKernels(module, memory));
    const bodies = instances.map((kernels, coder) => {
      writeJobs(memory, layout, coder, jobs);
      const job = structuredClone(
        sliceJob(layout, exactCoding(ColourLevel.Medium), coder, jobs.length, coder),
      );
      const bytes = encodeSlice(kernels, memory, job);
      return { offset: job.outOffset, bytes };
    });
    // Read after all have written: none has written into another one's place.
    const [first, ...others] = bodies.map(({ offset, bytes }) =>
      new Uint8Array(memory.buffer, offset, bytes).slice(),
    );
    expect(first!.length).toBeGreaterThan(1000);
    for (const other of others) expect(Buffer.compare(first!, other)).toBe(0);
  });

  it('instantiating again changes nothing in the memory', () => {
    const memory = createSharedMemory(1 << 20);
    const bytes = new Uint8Array(memory.buffer);
    bytes.fill(0x77);
    instantiateKernels(module, memory);
    expect(bytes.every((byte) => byte === 0x77)).toBe(true);
  });
});
