/**
 * The fonts that come with the product: DejaVu Sans and DejaVu Sans Mono, upright and bold, under names of our own, so
 * that text has the same pixels and the same widths on every machine, whatever fonts that machine has.
 */
import { createRequire } from 'node:module';
import { SightlineError } from '../../../codecs/index.js';
import { GlobalFonts } from '../../../engine/canvas.js';

export type FontFamily = 'sans' | 'mono';

const NAMES = { sans: 'Sightline Sans', mono: 'Sightline Mono' } as const;

const require = createRequire(import.meta.url);
const registered = new Set<string>();

/**
 * The CSS name of a built-in family. Its font is read when it is asked for first (2 to 4 ms each): bold needs asking
 * for by name, as a canvas would otherwise thicken the upright one.
 *
 * @throws SightlineError (`internal`) when the font's package is broken.
 */
export function builtInFont(family: FontFamily, isBold = false): string {
  const file = `dejavu-${family}-latin-${isBold ? 700 : 400}-normal.woff`;
  if (!registered.has(file)) {
    // The files hold the whole fonts, whatever "latin" in their names says.
    const path = require.resolve(`@fontsource/dejavu-${family}/files/${file}`);
    if (GlobalFonts.registerFromPath(path, NAMES[family]) === null) {
      throw new SightlineError('internal', `The font ${file} cannot be read.`);
    }
    registered.add(file);
  }
  return `"${NAMES[family]}"`;
}

/**
 * Ranges of characters that all four fonts have: Latin, IPA, Greek, Cyrillic, punctuation, signs of currencies, arrows,
 * boxes, blocks and shapes.
 */
export const BUILT_IN_CHARACTERS = [
  [0x20, 0x7e],
  [0xa0, 0x1c3],
  [0x224, 0x241],
  [0x250, 0x2b9],
  [0x2c6, 0x2c9],
  [0x300, 0x33f],
  [0x384, 0x38a],
  [0x38e, 0x3a1],
  [0x3a3, 0x3ce],
  [0x400, 0x45f],
  [0x490, 0x49b],
  [0x1e00, 0x1e13],
  [0x1ee0, 0x1ee5],
  [0x2010, 0x2023],
  [0x2026, 0x2026],
  [0x2030, 0x2037],
  [0x2039, 0x203a],
  [0x203c, 0x203f],
  [0x20a0, 0x20b5],
  [0x2122, 0x2122],
  [0x2190, 0x2213],
  [0x2260, 0x2269],
  [0x2500, 0x262f],
  [0xfffd, 0xfffd],
] as const;

const MISSING = new RegExp(
  `[^${BUILT_IN_CHARACTERS.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('')}]`,
  'gu',
);
const WHITE_SPACE = /\s/u;

/**
 * The text as the built-in fonts can show it: a canvas would look for a character that they lack in the machine's own
 * fonts, so that one is drawn as U+FFFD.
 */
export function builtInText(text: string): string {
  return text.replace(MISSING, (character) => (WHITE_SPACE.test(character) ? ' ' : '\ufffd'));
}
