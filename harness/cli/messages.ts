/** What the command line says, in English and French. */
import { type Locale, localeOfEnvironment } from '../messages/index.js';
import { type CliMessages, en } from './messages-en.js';

export type { CliMessages };

/** A language is loaded when it is spoken. */
const catalogues: Readonly<Record<Locale, () => CliMessages | Promise<CliMessages>>> = {
  en: () => en,
  fr: async () => (await import('./messages-fr.js')).fr,
};

/** The messages in the language that the environment asks for. */
export const messages: CliMessages = await catalogues[localeOfEnvironment(process.env)]();
