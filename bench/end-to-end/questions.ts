/** The laboratory's own questions, in virtual time: the same figures on every machine. */
import { ask, DEFAULT_SETTINGS, type QuestionName } from '../../harness/measure/index.js';
import type { BenchResult } from '../result.js';

const ABOUT: Readonly<Record<QuestionName, string>> = {
  'new-page': 'a new page of 1920 x 1080: when it can be read, and when it is exact',
  'busy-link': 'what a film and a file cost the laser, on the auto stream',
  'slow-viewer': 'what one viewer on a modem costs four others',
};

export async function answer(question: QuestionName, links: readonly string[]): Promise<BenchResult> {
  const settings = { ...DEFAULT_SETTINGS, duration: 10, warmup: 1 };
  const { rows } = await ask(question, { settings, links });
  return {
    name: question,
    unit: ABOUT[question],
    rows: rows.map((row) => ({
      case: row.case,
      figures: Object.fromEntries(
        Object.entries(row.figures).map(([name, value]) => [name, value ?? Number.NaN]),
      ),
    })),
    notes: ['In virtual time, with the work taking what harness/measure/costs.ts says.'],
  };
}
