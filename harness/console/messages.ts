/** The page's catalogues, bound to the reader's language. */
import { type Locale, type Translate, translator } from '../messages/index.js';
import { en } from './messages-en.js';
import { fr } from './messages-fr.js';

export type Say = Translate<typeof en>;

export function sayIn(locale: Locale): Say {
  return translator({ en, fr }, locale);
}

/** Sentences in a language that may become another one while the page is open. */
export class Speaker {
  #say: Say;

  constructor(locale: Locale) {
    this.#say = sayIn(locale);
  }

  readonly say: Say = (key, ...values) => this.#say(key, ...values);

  speak(locale: Locale): void {
    this.#say = sayIn(locale);
  }
}

export const catalogues = { en, fr };

type AutoReason = Extract<keyof typeof en, `auto.${string}`>;

/** Whether there are words for a reason of the auto stream: a newer host may know more reasons. */
export function isAutoReason(key: string): key is AutoReason {
  return key.startsWith('auto.') && Object.hasOwn(en, key);
}
