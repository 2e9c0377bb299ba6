/** Fills a message's places; numbers are written in the reader's language. */
import { format, localeOfEnvironment, type MessageValue } from '../messages/index.js';

/** Made when the first sentence has a place: help has none. */
let numbers: Intl.NumberFormat | undefined;

export function text(sentence: string, values: Readonly<Record<string, MessageValue>>): string {
  numbers ??= new Intl.NumberFormat(localeOfEnvironment(process.env), { maximumFractionDigits: 3 });
  return format(sentence, values, numbers);
}

/** `--help`'s examples. */
export function examples(heading: string, lines: readonly string[]): string {
  return `\n${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
