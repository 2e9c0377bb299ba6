/** One measurement of the whole path: a lab is opened, the phases are gone through, and nothing is left behind. */
import { SightlineError } from '../../codecs/index.js';
import { parseLink } from '../../engine/index.js';
import type { Lab } from './lab.js';
import { Measurement, type MeasureProgress } from './measurement.js';
import { RealLab } from './real-lab.js';
import { type ReplayPaths, replayPath } from './replays.js';
import type { MeasureReport } from './report.js';
import { lineOf, type MeasureSettings } from './settings.js';
import { VirtualLab } from './virtual-lab.js';

/** Rejects with `SightlineError`. Whatever happens, no process is left behind. */
export async function measure(
  settings: MeasureSettings,
  onProgress: (progress: MeasureProgress) => void = () => {},
  replays: ReplayPaths = new Map(),
): Promise<MeasureReport> {
  checkViewer(settings);
  checkBulk(settings);
  const replay = replayPath(settings, replays);
  const lab: Lab = settings.virtual
    ? await VirtualLab.open(settings, replay === undefined ? {} : { replay })
    : await RealLab.open(settings, replay);
  try {
    const measurement = new Measurement(settings, lab, onProgress);
    return await lab.run(measurement.run());
  } finally {
    await lab.close();
  }
}

function checkViewer({ viewer, virtual, lanes }: MeasureSettings): void {
  if (viewer === undefined) return;
  const problem = virtual
    ? 'A page in Chromium runs in real time only.'
    : 'The page always has a link of its own for input.';
  if (virtual || !lanes) throw new SightlineError('bad-argument', problem, { field: 'viewer' });
}

/** A file that nothing holds up would take all time that there is, virtual or real. */
function checkBulk(settings: MeasureSettings): void {
  if (settings.bulkWindow === 0) return;
  const { up } = parseLink(lineOf(settings, 0));
  const { down } = parseLink(lineOf(settings, 'host'));
  if (Number.isFinite(Math.min(up.bytesPerSecond, down.bytesPerSecond))) return;
  throw new SightlineError('bad-argument', 'A file needs a line with a rate on its way: name a link.', {
    field: 'bulkWindow',
  });
}
