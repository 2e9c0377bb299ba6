/**
 * The whole path on one machine: relay, host and viewer in three processes, a character typed twenty times a second
 * at 1920x1080. The same as `sightline measure`.
 */
import { CHANNEL_NAMES, DEFAULT_SETTINGS, measure } from '../../harness/measure/index.js';
import { type BenchResult, benchMain } from '../result.js';

export async function run(): Promise<BenchResult> {
  const report = await measure({ ...DEFAULT_SETTINGS, duration: 30, viewers: 2 });
  const parts = report.stages.display ?? [];
  const total = parts.reduce((sum, { mean }) => sum + mean, 0);
  const work = parts.filter(({ kind }) => kind === 'working').reduce((sum, { mean }) => sum + mean, 0);
  return {
    name: 'end to end',
    unit: 'ms',
    rows: [
      ...CHANNEL_NAMES.map((name) => {
        const { samples, p50, p90, p99, max, mean } = report.channels[name];
        return { case: name, figures: { samples, p50, p90, p99, max, mean } };
      }),
      {
        case: 'work in the display latency',
        figures: { mean: work, share: total > 0 ? work / total : 0 },
      },
    ],
    notes: [
      `${report.framesPerSecond} frames per second, ${report.bytesPerFrame} bytes per frame.`,
      `CPU per frame: host ${report.cpuMsPerFrame.host} ms, relay ${report.cpuMsPerFrame.relay} ms, viewer ${report.cpuMsPerFrame.viewer} ms.`,
      `Means of the display's stages: ${parts.map(({ stage, mean }) => `${stage} ${mean} ms`).join(', ')}.`,
      `Error of the clocks' comparison: at most ${report.clockErrorMs.toFixed(2)} ms.`,
      `${report.framesCompared} frames compared with the host by hash, ${report.mismatches} differ.`,
    ],
  };
}

await benchMain(import.meta.url, run);
