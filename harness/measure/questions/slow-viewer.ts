/** What does one slow viewer among five cost the others? The last viewer's line is a modem; the first is measured. */
import { measure } from '../run.js';
import type { MeasureSettings } from '../settings.js';
import type { Answer, AnswerRow, OnRow } from './table.js';

const VIEWERS = 5;

export async function slowViewer(
  settings: MeasureSettings,
  links: readonly string[],
  onRow: OnRow = () => {},
): Promise<Answer> {
  const rows: AnswerRow[] = [];
  for (const link of links) {
    for (const [name, change] of [
      ['five alike', {}],
      ['one of them on a modem', { lastViewerLink: 'modem' }],
    ] as const) {
      const report = await measure({ ...settings, link, viewers: VIEWERS, ...change });
      const { display, clickToPicture, laser } = report.channels;
      const figures = {
        'display p50 ms': display.p50,
        'display p99 ms': display.p99,
        'click p50 ms': clickToPicture.p50,
        'click p99 ms': clickToPicture.p99,
        'laser p99 ms': laser.p99,
        fps: report.framesPerSecond,
      };
      const row = { case: `${link}: ${name}`, figures };
      rows.push(row);
      onRow(row);
    }
  }
  return { columns: Object.keys(rows[0]?.figures ?? {}), rows };
}
