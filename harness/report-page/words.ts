/** Words and figures of the page in the reader's language. */
import {
  type Locale,
  MEASURING,
  type MeasuringWords,
  type Translate,
  translator,
} from '../messages/index.js';
import { en } from './messages-en.js';
import { fr } from './messages-fr.js';

export class Words {
  readonly locale: Locale;
  readonly say: Translate<typeof en>;
  readonly #measuring: MeasuringWords;

  constructor(locale: Locale) {
    this.locale = locale;
    this.say = translator({ en, fr }, locale);
    this.#measuring = MEASURING[locale];
  }

  channel(name: string): string {
    return this.#measuring.channel[name] ?? name;
  }

  stage(name: string): string {
    return this.#measuring.stage[name] ?? name;
  }

  /** With the digits that matter. */
  number(value: number): string {
    const size = Math.abs(value);
    const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return value.toLocaleString(this.locale, { maximumFractionDigits: digits });
  }

  ms(value: number): string {
    return `${this.number(value)} ms`;
  }

  bytes(value: number): string {
    const units = this.locale === 'fr' ? ['o', 'ko', 'Mo', 'Go'] : ['B', 'kB', 'MB', 'GB'];
    let scaled = value;
    let unit = 0;
    for (; scaled >= 1000 && unit < units.length - 1; unit++) scaled /= 1000;
    return `${this.number(scaled)} ${units[unit]}`;
  }

  setting(name: string): string {
    return this.#named(`setting.${name}`, name);
  }

  phase(name: string): string {
    return this.#named(`phase.${name}`, name);
  }

  settingValue(value: unknown): string {
    if (typeof value === 'boolean') return this.say(value ? 'yes' : 'no');
    if (Array.isArray(value)) return value.join(' + ');
    return String(value);
  }

  /** A newer report may hold what has no name yet. */
  #named(key: string, otherwise: string): string {
    return isKey(key) ? this.say(key) : otherwise;
  }
}

type PlainKey = Extract<keyof typeof en, `setting.${string}` | `phase.${string}`>;

function isKey(key: string): key is PlainKey {
  return Object.hasOwn(en, key);
}
