/**
 * Colours for a canvas. Canvas memory is R, G, B, A and framebuffers here are B, G, R, A, so everything is drawn
 * with red and blue exchanged: the canvas's bytes then are the framebuffer's, and nothing is converted. Every colour
 * that reaches a canvas must come from here.
 */
export function ink(rgb: number, alpha = 1): string {
  return `rgba(${rgb & 255},${(rgb >> 8) & 255},${(rgb >> 16) & 255},${alpha})`;
}
