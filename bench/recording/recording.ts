/**
 * What recording costs the thread that records, per megabyte of display messages: the copy alone, the recorder
 * with its deferred checksums, and the checksum in TypeScript against the kernel's; and what reading costs.
 * `node dist/bench/recording/recording.js`
 */
import { type ColourLevel, Crc32c, SightlineError } from '../../codecs/index.js';
import { bytesSource, crc32c, openRecording } from '../../codecs/recording/index.js';
import {
  type Clock,
  loadKernelModule,
  MemorySink,
  Recorder,
  SLICE_HEADER_BYTES,
  writeSliceHeader,
} from '../../engine/index.js';
import { type BenchResult, benchMain } from '../result.js';

const MEGABYTES = 48;
const ROUNDS = 7;
const SLICE_SIZES = [500, 5_000, 20_000, 200_000];

/** Time stands still: nothing is flushed before `stop`, so hot path and flush are measured apart. */
const frozen: Clock = { now: () => 0, after: () => () => {} };

export async function run(): Promise<BenchResult> {
  const kernels = new Crc32c(await loadKernelModule());
  const rows = [];
  for (const size of SLICE_SIZES)
    rows.push({ case: `slices of ${size} B`, figures: await measure(size, kernels) });
  return {
    name: 'recording',
    unit: 'ms of CPU per MB of display messages, median of 7',
    rows,
    notes: [
      'copy: the messages copied one behind the other, the least that keeping them costs.',
      'tap: what the recorder takes while a message is received. flush: checksums and hand-over, later.',
      'read: opening the recording and walking every block with its checksums.',
    ],
  };
}

async function measure(size: number, kernels: Crc32c): Promise<Record<string, number>> {
  const messages = makeSlices(size);
  const megabytes = (messages.length * size) / 1e6;
  const times: Record<string, number[]> = {};
  const note = (name: string, started: number) => {
    times[name] ??= [];
    times[name].push((performance.now() - started) / megabytes);
  };
  const target = new Uint8Array(messages.length * size);
  for (let round = 0; round < ROUNDS; round++) {
    let started = performance.now();
    messages.forEach((message, index) => {
      target.set(message, index * size);
    });
    note('copy', started);

    const sink = new MemorySink();
    const recorder = new Recorder({
      sink,
      clock: frozen,
      metadata: { session: 'bench', host: 'bench', program: 'bench', startedAt: 0 },
      pendingLimit: Number.POSITIVE_INFINITY,
    });
    started = performance.now();
    for (const message of messages) recorder.message(message, 0);
    note('tap', started);
    started = performance.now();
    const { error, frames } = await recorder.stop();
    note('flush', started);
    if (error !== undefined || frames !== messages.length) {
      throw new SightlineError('internal', `Recorded ${frames} of ${messages.length} frames.`);
    }

    started = performance.now();
    for (const message of messages) crc32c(message);
    note('crc32c TypeScript', started);
    started = performance.now();
    for (const message of messages) kernels.of(message);
    note('crc32c kernel', started);

    const bytes = sink.toBytes();
    started = performance.now();
    const recording = await openRecording(bytesSource(bytes));
    let blocks = 0;
    for await (const _block of recording.blocks()) blocks++;
    note('read', started);
    if (blocks < messages.length) throw new SightlineError('internal', 'Blocks are missing.');
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** One whole frame per message; the bodies are noise, which the recorder does not look at. */
function makeSlices(size: number): Uint8Array[] {
  const count = Math.floor((MEGABYTES * 1e6) / size);
  return Array.from({ length: count }, (_, index) => {
    const message = new Uint8Array(size);
    for (let at = SLICE_HEADER_BYTES; at < size; at++) message[at] = Math.imul(at, 2654435761 + index) >>> 24;
    writeSliceHeader(message, {
      level: 3 satisfies ColourLevel,
      first: true,
      last: true,
      approximate: false,
      refinement: false,
      frame: index + 1,
      base: index,
      viewer: 0,
      width: 1920,
      height: 1080,
      drawnAt: 0,
      slice: 0,
    });
    return message;
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

await benchMain(import.meta.url, run);
