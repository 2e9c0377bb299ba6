import { describe, expect, it } from 'vitest';
import {
  format,
  localeOfEnvironment,
  pickLocale,
  placeholdersOf,
  translator,
} from '../../harness/messages/index.js';

describe('the choice of a language', () => {
  it('takes the first wish that is spoken, whatever its region', () => {
    expect(pickLocale(['de-CH', 'fr-CA', 'en'])).toBe('fr');
    expect(pickLocale([null, undefined, 'EN-gb'])).toBe('en');
    expect(pickLocale(['ja', 'frisian'])).toBe('en');
    expect(pickLocale([])).toBe('en');
  });

  it('reads a terminal as POSIX says', () => {
    expect(localeOfEnvironment({ LANG: 'fr_FR.UTF-8' })).toBe('fr');
    expect(localeOfEnvironment({ LANG: 'fr_FR.UTF-8', LC_ALL: 'en_GB.UTF-8' })).toBe('en');
    expect(localeOfEnvironment({ LANG: 'en_US.UTF-8', LANGUAGE: 'de:fr:en' })).toBe('fr');
    expect(localeOfEnvironment({ LC_ALL: 'C', LANG: 'fr_FR.UTF-8', LANGUAGE: 'fr' })).toBe('en');
    expect(localeOfEnvironment({})).toBe('en');
  });
});

describe('sentences', () => {
  const en = { hello: 'Hello {name}', count: '{count} frames', plain: 'Plain' } as const;
  const fr = { hello: 'Bonjour {name}', count: '{count} images', plain: 'Simple' };

  it('come in the language asked for, with their values', () => {
    expect(translator({ en, fr }, 'en')('hello', { name: 'Ada' })).toBe('Hello Ada');
    expect(translator({ en, fr }, 'fr')('hello', { name: 'Ada' })).toBe('Bonjour Ada');
    expect(translator({ en, fr }, 'fr')('plain')).toBe('Simple');
  });

  it('write numbers as the language does', () => {
    expect(translator({ en, fr }, 'en')('count', { count: 12345.5 })).toBe('12,345.5 frames');
    expect(translator({ en, fr }, 'fr')('count', { count: 12345.5 }).replace(/\s/g, ' ')).toBe(
      '12 345,5 images',
    );
  });

  it('keep what has no value and do not read values again', () => {
    expect(format('{a} {b} {toString}', { a: '{b}' })).toBe('{b} {b} {toString}');
    expect(placeholdersOf('{b} of {a} and {b}')).toEqual(['a', 'b']);
  });
});
