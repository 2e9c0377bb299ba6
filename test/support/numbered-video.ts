/** Pictures that say which they are: a number of light and dark squares, read from what a player shows. */
import type { Page } from 'playwright-core';
import type { Picture, Size } from '../../codecs/index.js';

/** A bit of the number is a square of this side, along the top; the first is the lowest. */
export const SQUARE = 32;
export const BITS = 6;

/** Where a square is, by its column. */
export function fillSquare(
  picture: Picture,
  column: number,
  top: number,
  [red, green, blue]: readonly number[],
): void {
  for (let y = top; y < top + SQUARE; y++) {
    for (let x = column * SQUARE; x < (column + 1) * SQUARE; x++) {
      picture.pixels.set([blue!, green!, red!, 255], y * picture.stride + x * 4);
    }
  }
}

/** The picture is at least `BITS` squares wide. */
export function drawNumber(picture: Picture, number: number): void {
  for (let bit = 0; bit < BITS; bit++) {
    const light = ((number >> bit) & 1) * 255;
    fillSquare(picture, bit, 0, [light, light, light]);
  }
}

/** Of pixels in `width` columns, `step` bytes each, of which the first is looked at. */
export function readNumber(pixels: ArrayLike<number>, width: number, step: number): number {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const at = ((SQUARE / 2) * width + bit * SQUARE + SQUARE / 2) * step;
    if (pixels[at]! > 127) number |= 1 << bit;
  }
  return number;
}

/** Makes the page's only content a video of those bytes; resolves when it can be played. */
export async function openWebm(page: Page, file: Uint8Array): Promise<void> {
  const source = `data:video/webm;base64,${Buffer.from(file).toString('base64')}`;
  await page.setContent('<video muted></video>');
  await page.evaluate((url) => {
    const video = document.querySelector('video')!;
    return new Promise<void>((resolve, reject) => {
      video.addEventListener('canplaythrough', () => resolve(), { once: true });
      video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
      video.src = url;
    });
  }, source);
}

/** What the page's video shows: R, G, B, A of all pixels. */
export function videoPixels(page: Page, { width, height }: Size): Promise<number[]> {
  return page.evaluate(
    ([wide, high]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: wide, height: high });
      const context = canvas.getContext('2d')!;
      context.drawImage(document.querySelector('video')!, 0, 0);
      return [...context.getImageData(0, 0, wide, high).data];
    },
    [width, height] as const,
  );
}

export function seekVideo(page: Page, seconds: number): Promise<void> {
  return page.evaluate((to) => {
    const video = document.querySelector('video')!;
    return new Promise<void>((resolve) => {
      video.addEventListener('seeked', () => resolve(), { once: true });
      video.currentTime = to;
    });
  }, seconds);
}
