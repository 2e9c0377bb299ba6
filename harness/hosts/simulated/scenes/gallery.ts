/** A gallery of photographs: one large, the others small below it; the large one changes every few seconds. */
import type { Micros } from '../../../../engine/index.js';
import { ink } from '../ink.js';
import type { Layer } from '../layer.js';
import { photo, photoName } from '../photo.js';
import { rect } from '../rects.js';
import type { Scene, Stage } from '../scene.js';

const SLIDE: Micros = 3_000_000;
const PHOTOS = 4;
const BACKGROUND = 0x20242b;
const GAP = 10;
const CAPTION = 26;

export function openGallery(stage: Stage): Scene {
  const window = stage.openWindow('Pictures', 0xb06fe0, [0.47, 0.5, 0.27, 0.46]);
  const { width, height } = window;
  const seed = stage.random.int(0, 100_000);
  const small = {
    width: Math.max(1, Math.floor((width - GAP * (PHOTOS + 1)) / PHOTOS)),
    height: Math.max(1, Math.floor(height * 0.18)),
  };
  const large = rect(
    GAP,
    GAP,
    Math.max(1, width - 2 * GAP),
    Math.max(1, height - small.height - CAPTION - 3 * GAP),
  );
  const strip = large.y + large.height + CAPTION + GAP;
  const photos: Layer[] = [];
  window.fill(rect(0, 0, width, height), BACKGROUND);
  for (let index = 0; index < PHOTOS; index++) {
    photos.push(photo(large.width, large.height, seed + index));
    const thumbnail = photo(small.width, small.height, seed + index);
    window.put(thumbnail, thumbnail.bounds, GAP + index * (small.width + GAP), strip);
  }
  let shown = -1;
  const show = (index: number): void => {
    shown = index;
    const layer = photos[index]!;
    window.put(layer, layer.bounds, large.x, large.y);
    const area = rect(0, large.y + large.height, width, CAPTION);
    window.paint(area, BACKGROUND, (context, text) => {
      text.draw(context, `${photoName(seed + index)}   ${index + 1} / ${PHOTOS}`, GAP, area.y + 18, {
        size: 13,
        colour: 0xd8dde4,
      });
      context.fillStyle = ink(0x6ea8fe);
      context.fillRect(GAP + index * (small.width + GAP), area.y + CAPTION - 2, small.width, 2);
    });
  };
  show(0);
  const indexAt = (at: Micros): number => Math.floor(at / SLIDE) % PHOTOS;
  return {
    advance(at) {
      const index = indexAt(at);
      if (index !== shown) show(index);
    },
    next: (at) => (Math.floor(at / SLIDE) + 1) * SLIDE,
  };
}
