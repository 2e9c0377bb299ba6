/** Fills a message's places; numbers are written in the reader's language. */
import { format, localeOfEnvironment, type MessageValue } from '../messages/index.js';

const numbers = new Intl.NumberFormat(localeOfEnvironment(process.env), { maximumFractionDigits: 3 });

export function text(sentence: string, values: Readonly<Record<string, MessageValue>>): string {
  return format(sentence, values, numbers);
}

/** `--help`'s examples. */
export function examples(heading: string, lines: readonly string[]): string {
  return `\n${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
