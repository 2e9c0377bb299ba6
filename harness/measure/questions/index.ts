/** Questions that the laboratory answers by itself, in virtual time unless it is told otherwise. */
import { LEVEL_NAMES, type QualityName, SightlineError } from '../../../codecs/index.js';
import { LINK_NAMES } from '../../../engine/index.js';
import type { MeasureSettings } from '../settings.js';
import { busyLink } from './busy-link.js';
import type { QuestionName } from './names.js';
import { newPage } from './new-page.js';
import { slowViewer } from './slow-viewer.js';
import type { Answer, OnRow } from './table.js';

export { QUESTION_NAMES, type QuestionName } from './names.js';
export { PageSource } from './page-source.js';
export type { Answer, AnswerRow, OnRow } from './table.js';

/** What is asked of; what is left out is the question's own choice. */
export interface Asked {
  readonly settings: MeasureSettings;
  readonly levels?: readonly QualityName[];
  readonly links?: readonly string[];
  /** Over real sockets. A new page is shown in virtual time only. */
  readonly realTime?: boolean;
}

/** Rejects with `SightlineError`. In virtual time the same answer every time for one seed. */
export async function ask(
  question: QuestionName,
  { settings, ...asked }: Asked,
  onRow?: OnRow,
): Promise<Answer> {
  const { levels = [...LEVEL_NAMES, 'auto'], links = LINK_NAMES, realTime = false } = asked;
  const fixed: MeasureSettings = { ...settings, virtual: !realTime, verifyFrames: 0 };
  if (question === 'new-page' && realTime) {
    throw new SightlineError('bad-argument', 'A new page is shown in virtual time only.', {
      field: '--no-virtual',
    });
  }
  if (question === 'new-page') return newPage(fixed, levels, links, onRow);
  const level = asked.levels?.[0] ?? (question === 'busy-link' ? 'auto' : settings.level);
  if (question === 'busy-link') return busyLink({ ...fixed, level }, links, onRow);
  return slowViewer({ ...fixed, level }, links, onRow);
}
