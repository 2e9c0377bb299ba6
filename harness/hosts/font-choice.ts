/** The fonts that a simulated desktop can be told to draw with: apart from it, so that it can be named without loading it. */

/**
 * `built-in`: the same pixels and widths on every machine; `system`: the machine's fonts, and the built-in ones where
 * it has none of those that are looked for.
 */
export const FONT_CHOICES = ['built-in', 'system'] as const;
export type FontChoice = (typeof FONT_CHOICES)[number];
