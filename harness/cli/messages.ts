/** What the command line says, in English and French. */
import { type Catalogue, localeOfEnvironment } from '../messages/index.js';
import { en } from './messages-en.js';
import { fr } from './messages-fr.js';

export type CliMessages = typeof en;

const catalogue: Catalogue<CliMessages> = { en, fr };

/** The messages in the language that the environment asks for. */
export const messages: CliMessages = catalogue[localeOfEnvironment(process.env)];
