/** What can be asked, apart from what answers it. */
export const QUESTION_NAMES = ['new-page', 'busy-link', 'slow-viewer'] as const;
export type QuestionName = (typeof QUESTION_NAMES)[number];
