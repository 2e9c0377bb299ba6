/**
 * How does the laser hold while the display fills the link, and while a file goes across? A film plays at the host; the
 * file is copied plainly, or with a narrow window; the technician has a link of its own for the laser, or has not.
 */
import { measure } from '../run.js';
import type { MeasureSettings } from '../settings.js';
import type { Answer, AnswerRow, OnRow } from './table.js';

const PLAIN_COPY = 1_000_000;
const NARROW = 16_000;

const CASES: readonly (readonly [string, Partial<MeasureSettings>])[] = [
  ['nothing else', { scenes: ['idle'] }],
  ['film', { scenes: ['film'] }],
  ['film, one link per viewer', { scenes: ['film'], lanes: false }],
  ['film, file in a window of 16 kB', { scenes: ['film'], bulkWindow: NARROW }],
  ['film, file copied plainly', { scenes: ['film'], bulkWindow: PLAIN_COPY }],
];

export async function busyLink(
  settings: MeasureSettings,
  links: readonly string[],
  onRow: OnRow = () => {},
): Promise<Answer> {
  const rows: AnswerRow[] = [];
  for (const link of links) {
    for (const [name, change] of CASES) {
      const report = await measure({ ...settings, link, ...change });
      const { laser, laserToViewers, display } = report.channels;
      const figures = {
        'laser p50 ms': laser.p50,
        'laser p99 ms': laser.p99,
        'to viewers p99 ms': laserToViewers.p99,
        'display p50 ms': display.p50,
        fps: report.framesPerSecond,
        'file kB/s': report.bulkBytesPerSecond / 1000,
      };
      const row = { case: `${link}: ${name}`, figures };
      rows.push(row);
      onRow(row);
    }
  }
  return { columns: Object.keys(rows[0]?.figures ?? {}), rows };
}
