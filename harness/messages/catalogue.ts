/**
 * Message catalogues: one object of sentences per language, all with the keys of the first. A `{name}` in a
 * sentence stands for a value; the compiler asks for exactly the values that the English sentence names.
 */
import { escapeControls, withoutControls } from '../../engine/plain-text.js';
import type { Locale } from './locale.js';

export type MessageValue = string | number;

/** The same messages in every language; the compiler sees to it that none is missing. */
export type Catalogue<Messages> = Readonly<Record<Locale, Messages>>;

/** The names between braces in a sentence. */
export type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Values<S extends string> = [Placeholders<S>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholders<S>, MessageValue>>];

/** One language's sentences for the keys of `Source`. */
export type Translation<Source extends Readonly<Record<string, string>>> = {
  readonly [K in keyof Source]: string;
};

export type Translate<Source extends Readonly<Record<string, string>>> = <K extends keyof Source>(
  key: K,
  ...values: Values<Source[K]>
) => string;

/** A function from key (and values) to a sentence in `locale`; numbers are written as that language does. */
export function translator<const Source extends Readonly<Record<string, string>>>(
  catalogues: { readonly en: Source } & Readonly<Record<Exclude<Locale, 'en'>, Translation<Source>>>,
  locale: Locale,
): Translate<Source> {
  const sentences: Readonly<Record<string, string>> = catalogues[locale];
  const numbers = new Intl.NumberFormat(locale);
  return (key, ...values) =>
    format(sentences[String(key)] ?? String(key), values[0] ?? {}, numbers, isolated);
}

/** Letters of scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * A value that may be somebody's name: on one line, and where it is written from right to left, between marks (first
 * strong isolate) that keep the sentence around it in its order. For pages.
 */
function isolated(value: string): string {
  const plain = withoutControls(value);
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/**
 * Puts values in the place of their `{name}`; a name without a value stays as it is. `show` makes what others wrote
 * harmless: for a terminal unless told.
 */
export function format(
  sentence: string,
  values: Readonly<Record<string, MessageValue>>,
  numbers: Intl.NumberFormat = new Intl.NumberFormat('en'),
  show: (value: string) => string = escapeControls,
): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    const value = values[name];
    return typeof value === 'number' ? numbers.format(value) : show(String(value));
  });
}

/** The names between braces in a sentence, sorted: what a translation must have in common with its source. */
export function placeholdersOf(sentence: string): string[] {
  return [...new Set(Array.from(sentence.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? ''))].sort();
}
