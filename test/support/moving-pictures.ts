/** Sequences of pictures for coders of video: a desktop of random content that is drawn on, moved, or left alone. */
import type { Move, Picture, Rect } from '../../codecs/index.js';
import { blankPicture, CONTENTS, drawContent, generator } from './pictures.js';
import { blit } from './text.js';

export interface MovingPicture {
  readonly picture: Picture;
  /** What changed, undefined when it is not said. */
  readonly damage: readonly Rect[] | undefined;
  readonly moves: readonly Move[] | undefined;
}

/** `count` pictures, all seeded by `seed`; each is a picture of its own. */
export function movingPictures(width: number, height: number, seed: number, count: number): MovingPicture[] {
  const random = generator(seed);
  const picture = blankPicture(width, height);
  const below = (most: number) => random() % Math.max(1, most);
  const area = (): Rect => {
    const x = below(width);
    const y = below(height);
    return { x, y, width: 1 + below(width - x), height: 1 + below(height - y) };
  };
  drawContent(picture, CONTENTS[below(CONTENTS.length)]!, random());
  const frames: MovingPicture[] = [];
  for (let index = 0; index < count; index++) {
    let damage: Rect[] = [];
    let moves: Move[] | undefined;
    const kind = index === 0 ? 3 : below(4);
    if (kind === 1) {
      damage = [area(), area()];
      for (const rect of damage) drawContent(picture, CONTENTS[below(CONTENTS.length)]!, random(), rect);
    } else if (kind === 2) {
      const target = area();
      const fromX = below(width - target.width + 1);
      const fromY = below(height - target.height + 1);
      const before = { ...picture, pixels: picture.pixels.slice() };
      blit(
        before,
        picture,
        { x: fromX, y: fromY, width: target.width, height: target.height },
        target.x,
        target.y,
      );
      damage = [target];
      moves = [undefined, [], [{ ...target, fromX, fromY }]][random() % 3];
    } else if (kind === 3) {
      drawContent(picture, CONTENTS[below(CONTENTS.length)]!, random());
      damage = [{ x: 0, y: 0, width, height }];
    }
    frames.push({
      picture: { ...picture, pixels: picture.pixels.slice() },
      damage: random() % 3 === 0 ? undefined : damage,
      moves,
    });
  }
  return frames;
}
