/** Which language a person reads. */

/** Languages that Sightline speaks; the first is the one for everybody else. */
export const LOCALES = ['en', 'fr'] as const;
export type Locale = (typeof LOCALES)[number];

/**
 * The first of `wanted` (BCP 47 tags such as `fr-CA`, most wished first) that Sightline speaks; its region
 * does not matter. English where none is.
 */
export function pickLocale(wanted: Iterable<string | null | undefined>): Locale {
  for (const tag of wanted) {
    const language = tag?.toLowerCase().split(/[-_.@]/, 1)[0];
    const locale = LOCALES.find((known) => known === language);
    if (locale !== undefined) return locale;
  }
  return LOCALES[0];
}

/** The language of a terminal, from POSIX variables in their order of precedence: `fr_FR.UTF-8` is French. */
export function localeOfEnvironment(environment: Readonly<Record<string, string | undefined>>): Locale {
  const { LC_ALL, LC_MESSAGES, LANG, LANGUAGE } = environment;
  const set = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== '');
  // As gettext does: LANGUAGE is a list of wishes, heeded only where a language is set at all.
  if (set === undefined || set === 'C' || set === 'POSIX') return LOCALES[0];
  return pickLocale([...(LANGUAGE ?? '').split(':'), set]);
}
