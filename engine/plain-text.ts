/**
 * Text of others, as it may be shown: in a terminal it must not move the cursor, colour, rename the window or begin a
 * line of its own; anywhere it must not turn round what stands beside it. Runs in Node and in a page.
 */

/** Control characters, separators of lines and paragraphs, and marks that turn the direction of text. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Line ends and tabs as spaces, everything else that is unsafe as its number: `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (sign) => (/\s/.test(sign) ? ' ' : escapeOf(sign)));
}

/** Lines with what they hold unsafe as numbers. JSON that is so treated is of the same value. */
export function escapeLines(lines: string): string {
  return lines.replace(UNSAFE, (sign) => (sign === '\n' ? sign : escapeOf(sign)));
}

/** Line ends and tabs as spaces, everything else that is unsafe left out. */
export function withoutControls(text: string): string {
  return text.replace(UNSAFE, (sign) => (/\s/.test(sign) ? ' ' : ''));
}

/** The same of each line: line feeds stay. */
export function linesWithoutControls(lines: string): string {
  return lines.split('\n').map(withoutControls).join('\n');
}

function escapeOf(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
