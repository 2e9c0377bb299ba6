/** A screen at rest: an open text, and nothing but its blinking cursor. */
import type { Scene, Stage } from '../scene.js';
import { prose, wrap } from '../words.js';
import { EDITOR_GUTTER, EDITOR_TEXT, Editor } from './editor.js';

export function openIdle(stage: Stage): Scene {
  const window = stage.openWindow('notes.txt - Editor', 0x7a8794, [0.06, 0.08, 0.34, 0.46]);
  const measure = (line: string): number => window.text.width(line, EDITOR_TEXT);
  const text = wrap(prose(stage.random, 520), window.width - EDITOR_GUTTER - 12, measure).join('\n');
  const editor = new Editor(stage, window, text);
  return {
    advance: (at) => editor.caret.advance(at),
    next: (at) => editor.next(at),
  };
}
