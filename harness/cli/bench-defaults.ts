/** What the options of `sightline bench codec` are where nobody says. */

/** `--lossy` without a number: hardly to be seen. */
export const DEFAULT_QUALITY = 80;
export const MOST_FRAMES = 1_000_000;
