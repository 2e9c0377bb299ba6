/** Questions that the laboratory answers by itself, in virtual time. */
import { LEVEL_NAMES, type QualityName } from '../../../codecs/index.js';
import { LINK_NAMES } from '../../../engine/index.js';
import type { MeasureSettings } from '../settings.js';
import { busyLink } from './busy-link.js';
import { newPage } from './new-page.js';
import { slowViewer } from './slow-viewer.js';
import type { Answer, OnRow } from './table.js';

export { PageSource } from './page-source.js';
export type { Answer, AnswerRow, OnRow } from './table.js';

export const QUESTION_NAMES = ['new-page', 'busy-link', 'slow-viewer'] as const;
export type QuestionName = (typeof QUESTION_NAMES)[number];

/** What is asked of; what is left out is the question's own choice. */
export interface Asked {
  readonly settings: MeasureSettings;
  readonly levels?: readonly QualityName[];
  readonly links?: readonly string[];
}

/** Rejects with `SightlineError`. The same answer every time for one seed. */
export function ask(question: QuestionName, { settings, ...asked }: Asked, onRow?: OnRow): Promise<Answer> {
  const { levels = [...LEVEL_NAMES, 'auto'], links = LINK_NAMES } = asked;
  const fixed: MeasureSettings = { ...settings, virtual: true, verifyFrames: 0 };
  if (question === 'new-page') return newPage(fixed, levels, links, onRow);
  const level = asked.levels?.[0] ?? (question === 'busy-link' ? 'auto' : settings.level);
  if (question === 'busy-link') return busyLink({ ...fixed, level }, links, onRow);
  return slowViewer({ ...fixed, level }, links, onRow);
}
