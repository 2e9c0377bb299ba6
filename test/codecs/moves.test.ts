import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boxArea,
  ColourConverter,
  ColourLevel,
  encoderLayout,
  FrameDecoder,
  type FrameEncoder,
  MAX_MOVES,
  type Move,
  type Rect,
  TILE_SIZE,
  tileColumns,
  unionBox,
  unpackBox,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { makeEncoder, transfer } from '../support/coder.js';
import { blankPicture, CONTENTS, drawContent, generator, pictureDifference } from '../support/pictures.js';
import { blit, drawTextPage } from '../support/text.js';

/** Of a tile's 4096 pixels so few may be left over where nothing was uncovered: flat edges are not looked for. */
const EDGE_PIXELS = 256;

const module = await loadKernelModule();

function pair(width: number, height: number): { encoder: FrameEncoder; decoder: FrameDecoder } {
  const decoder = new FrameDecoder(module);
  decoder.resize(width, height);
  return { encoder: makeEncoder(module, width, height), decoder };
}

describe('moves', () => {
  it('scrolling text sends a move and the new lines only', () => {
    const { encoder, decoder } = pair(640, 480);
    const page = drawTextPage(640, 1200);
    const show = (top: number) =>
      blit(page, encoder.picture, { x: 0, y: top, width: 640, height: 480 }, 0, 0);
    show(0);
    const first = transfer(encoder, decoder, ColourLevel.High);
    for (let top = 18; top <= 180; top += 18) {
      show(top);
      const change = transfer(encoder, decoder, ColourLevel.High);
      expect(change.moves.length).toBe(1);
      expect(change.moves[0]!.fromY - change.moves[0]!.y).toBe(18);
      // One line of twenty-six is new; a tile's row costs a box and a palette of its own.
      expect(change.bytes).toBeLessThan(first.bytes / 10);
      expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
    }
  });

  it('finds two panes that scroll by different distances, one of them upwards', () => {
    const { encoder, decoder } = pair(640, 480);
    const page = drawTextPage(320, 1200, 5);
    const show = (left: number, right: number) => {
      blit(page, encoder.picture, { x: 0, y: left, width: 320, height: 480 }, 0, 0);
      blit(page, encoder.picture, { x: 0, y: right, width: 320, height: 480 }, 320, 0);
    };
    show(100, 400);
    const first = transfer(encoder, decoder, ColourLevel.High);
    show(136, 375);
    const change = transfer(encoder, decoder, ColourLevel.High);
    expect(new Set(change.moves.map((move) => move.fromY - move.y))).toEqual(new Set([36, -25]));
    expect(change.bytes).toBeLessThan(first.bytes / 5);
    expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
  });

  it('finds a window that is dragged in any direction', () => {
    const { encoder, decoder } = pair(800, 600);
    const page = drawTextPage(400, 300, 9);
    const desktop = blankPicture(800, 600);
    drawContent(desktop, 'gradient', 1);
    const show = (x: number, y: number) => {
      blit(desktop, encoder.picture, { x: 0, y: 0, width: 800, height: 600 }, 0, 0);
      blit(page, encoder.picture, { x: 0, y: 0, width: 400, height: 300 }, x, y);
    };
    show(30, 40);
    transfer(encoder, decoder, ColourLevel.High);
    for (const [x, y] of [
      [43, 47],
      [22, 90],
      [21, 90],
      [301, 255],
    ] as const) {
      show(x, y);
      const change = transfer(encoder, decoder, ColourLevel.High);
      const window = change.moves.find((move) => move.width >= 396 && move.height >= 280);
      expect(window).toBeDefined();
      expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
    }
  });

  it('moves are exact at every level', () => {
    const converter = new ColourConverter(module);
    for (const level of Object.values(ColourLevel)) {
      const { encoder, decoder } = pair(320, 256);
      const page = drawTextPage(320, 800, 3);
      for (let top = 0; top <= 300; top += 25) {
        blit(page, encoder.picture, { x: 0, y: top, width: 320, height: 256 }, 0, 0);
        transfer(encoder, decoder, level);
        const shown = converter.expandTo(encoder.picture, level);
        expect(pictureDifference(decoder.picture, shown, true)).toBeUndefined();
      }
    }
  });

  it('looks for none when little has changed', () => {
    const { encoder } = pair(640, 480);
    encoder.commit();
    drawContent(encoder.picture, 'noise', 8, { x: 0, y: 0, width: 64, height: 190 });
    expect(encoder.commit().moves).toEqual([]);
  });

  it('whatever is copied about, the reference and the viewer end with the picture', () => {
    const rounds = fc.array(fc.integer(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.integer({ min: 130, max: 400 }),
        fc.integer({ min: 130, max: 300 }),
        rounds,
        (width, height, seedList) => {
          const { encoder, decoder } = pair(width, height);
          drawContent(encoder.picture, 'noise', width * height);
          transfer(encoder, decoder, ColourLevel.High);
          for (const seed of seedList) {
            const random = generator(seed);
            // Several overlapping copies, of which later ones destroy sources of earlier ones.
            for (let copies = 1 + (random() % 4); copies > 0; copies--) {
              const w = 1 + (random() % width);
              const h = 1 + (random() % height);
              const from = {
                x: random() % (width - w + 1),
                y: random() % (height - h + 1),
                width: w,
                height: h,
              };
              const before = { ...encoder.picture, pixels: encoder.picture.pixels.slice() };
              blit(before, encoder.picture, from, random() % (width - w + 1), random() % (height - h + 1));
            }
            if (random() % 3 === 0) {
              const content = CONTENTS[random() % CONTENTS.length]!;
              drawContent(encoder.picture, content, random(), { x: 10, y: 10, width: 60, height: 90 });
            }
            const change = transfer(encoder, decoder, ColourLevel.High);
            expect(change.moves.length).toBeLessThanOrEqual(MAX_MOVES);
            expect(change.moves.every((move) => isInside(move, width, height))).toBe(true);
            expect(isInOrder(change.moves)).toBe(true);
            expect(pictureDifference(encoder.reference, encoder.picture, true)).toBeUndefined();
            expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('makes a move before another one overwrites its source', () => {
    const { encoder, decoder } = pair(320, 448);
    const page = drawTextPage(320, 900, 21);
    // A bar stays over the page: what scrolls up from under it comes from where the lower part goes.
    const show = (top: number) => {
      blit(page, encoder.picture, { x: 0, y: top, width: 320, height: 448 }, 0, 0);
      drawContent(encoder.picture, 'many', 9, { x: 0, y: 100, width: 320, height: 20 });
    };
    show(0);
    transfer(encoder, decoder, ColourLevel.High);
    show(50);
    const change = transfer(encoder, decoder, ColourLevel.High);
    expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
    expect(change.moves.length).toBeGreaterThanOrEqual(3);
    // Rows 50 to 69 were under the bar; the rest of rows 64 to 127 was to be seen before.
    for (const box of change.residual.slice(5, 10)) {
      const rect = unpackBox(box);
      if (rect !== undefined) expect(64 + rect.y + rect.height).toBeLessThanOrEqual(70);
    }
  });

  it('marks as changed what a hint forgot and the second comparison found', () => {
    const { encoder, decoder } = pair(640, 480);
    const page = drawTextPage(640, 1200);
    const show = (top: number) =>
      blit(page, encoder.picture, { x: 0, y: top, width: 640, height: 480 }, 0, 0);
    show(0);
    transfer(encoder, decoder, ColourLevel.High);
    show(18);
    const change = transfer(encoder, decoder, ColourLevel.High, [{ x: 0, y: 10, width: 640, height: 470 }]);
    expect(change.moves.length).toBeGreaterThan(0);
    // Row 5, which no hint named, has new text in it.
    const marked = Array.from(change.changed.slice(0, 10)).some((box) => ((box >> 6) & 63) < 10);
    expect(marked).toBe(true);
    expect(pictureDifference(decoder.picture, encoder.reference)).toBeUndefined();
    for (const [tile, box] of change.residual.entries()) {
      if (box !== 0) expect(unionBox(change.changed[tile]!, box)).toBe(change.changed[tile]);
    }
  });

  it('leaves only what is uncovered of a scroll behind a window', () => {
    const { encoder, decoder } = pair(800, 600);
    const page = drawTextPage(800, 2000, 31);
    const show = (top: number) => {
      blit(page, encoder.picture, { x: 0, y: top, width: 800, height: 560 }, 0, 40);
      drawContent(encoder.picture, 'noise', 9, { x: 333, y: 177, width: 300, height: 210 });
    };
    show(0);
    transfer(encoder, decoder, ColourLevel.High);
    for (const [before, top] of [
      [0, 37],
      [37, 60],
      [60, 41],
    ] as const) {
      show(top);
      const change = transfer(encoder, decoder, ColourLevel.High);
      const by = Math.abs(top - before);
      // What comes in at the page's edge, and out from behind the window on either side.
      const uncovered = [
        { x: 0, y: top > before ? 600 - by : 40, width: 800, height: by },
        { x: 333, y: top > before ? 177 - by : 387, width: 300, height: by },
      ];
      expect(tilesOutside(change.residual, uncovered, 800)).toEqual([]);
      expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
    }
  });

  it('finds a table that is scrolled sideways', () => {
    const { encoder, decoder } = pair(700, 400);
    const page = drawTextPage(1800, 300, 33);
    const show = (left: number) =>
      blit(page, encoder.picture, { x: left, y: 0, width: 610, height: 300 }, 41, 53);
    show(0);
    transfer(encoder, decoder, ColourLevel.High);
    for (const left of [19, 60, 23]) {
      const before = [0, 19, 60][[19, 60, 23].indexOf(left)]!;
      show(left);
      const change = transfer(encoder, decoder, ColourLevel.High);
      const by = left - before;
      const uncovered = [{ x: by > 0 ? 651 - by : 41, y: 53, width: Math.abs(by), height: 300 }];
      expect(tilesOutside(change.residual, uncovered, 700)).toEqual([]);
      expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
    }
  });

  it('leaves only what a dragged window uncovers, whatever is behind it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('noise', 'gradient'), (seed, behind) => {
        const random = generator(seed);
        const { encoder, decoder } = pair(720, 520);
        const width = 200 + (random() % 250);
        const height = 150 + (random() % 150);
        const page = drawTextPage(width, height, random() & 0xffff);
        let x = 60 + (random() % 150);
        let y = 60 + (random() % 100);
        const show = () => {
          drawContent(encoder.picture, behind, 7);
          blit(page, encoder.picture, { x: 0, y: 0, width, height }, x, y);
        };
        show();
        transfer(encoder, decoder, ColourLevel.High);
        for (let step = 0; step < 3; step++) {
          const old = { x, y, width, height };
          x += (random() % 41) - 20;
          y += (random() % 41) - 20;
          show();
          const change = transfer(encoder, decoder, ColourLevel.High);
          expect(tilesOutside(change.residual, uncoveredBy(old, { x, y, width, height }), 720)).toEqual([]);
          expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('finds a scroll that begins beside a film', () => {
    const { encoder, decoder } = pair(900, 640);
    const page = drawTextPage(500, 2000, 41);
    const film = { x: 560, y: 100, width: 320, height: 320 };
    const show = (frame: number, top: number) => {
      drawContent(encoder.picture, 'noise', frame, film);
      blit(page, encoder.picture, { x: 0, y: top, width: 500, height: 600 }, 0, 20);
    };
    for (let frame = 0; frame < 20; frame++) {
      show(frame, 0);
      expect(transfer(encoder, decoder, ColourLevel.High).moves).toEqual([]);
    }
    show(20, 33);
    const change = transfer(encoder, decoder, ColourLevel.High);
    expect(change.moves.length).toBeGreaterThan(0);
    expect(tilesOutside(change.residual, [film, { x: 0, y: 587, width: 500, height: 33 }], 900)).toEqual([]);
    expect(pictureDifference(decoder.picture, encoder.picture, true)).toBeUndefined();
  });

  it('has the scratch that the kernel asks for', () => {
    const encoder = makeEncoder(module, 1, 1);
    for (const [width, height] of [
      [1, 1],
      [1920, 1080],
      [8192, 4050],
      [4050, 8192],
      [17, 8192],
    ] as const) {
      const layout = encoderLayout({ width, height, workers: 1 });
      expect(layout.search + encoder.kernels.moveSearchBytes(width, height)).toBeLessThanOrEqual(
        layout.totalBytes,
      );
    }
  });
});

function isInside(move: Move, width: number, height: number): boolean {
  return (
    move.width > 0 &&
    move.height > 0 &&
    Math.max(move.x, move.fromX) + move.width <= width &&
    Math.max(move.y, move.fromY) + move.height <= height
  );
}

/** Whether targets do not meet, and none covers what a later move reads. */
function isInOrder(moves: readonly Move[]): boolean {
  return moves.every((move, index) =>
    moves.slice(index + 1).every((later) => {
      const target = { x: move.x, y: move.y, width: move.width, height: move.height };
      const source = { x: later.fromX, y: later.fromY, width: later.width, height: later.height };
      return !meets(target, later) && !meets(target, source);
    }),
  );
}

function meets(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** What was in `before` and is not in `after`. */
function uncoveredBy(before: Rect, after: Rect): Rect[] {
  const above = { ...before, height: Math.max(0, after.y - before.y) };
  const below = Math.max(0, before.y - after.y);
  const left = { ...before, width: Math.max(0, after.x - before.x) };
  const right = Math.max(0, before.x - after.x);
  return [
    above,
    { ...before, y: before.y + before.height - below, height: below },
    left,
    { ...before, x: before.x + before.width - right, width: right },
  ].filter((rect) => rect.width > 0 && rect.height > 0);
}

/**
 * The tiles of a picture that have damage, more than a few pixels at an edge, though they meet none of the
 * rectangles.
 */
function tilesOutside(boxes: Uint32Array, rects: readonly Rect[], width: number): Rect[] {
  const columns = tileColumns(width);
  return Array.from(boxes, (box, tile) => ({ box, tile }))
    .filter(({ box }) => boxArea(box) > EDGE_PIXELS)
    .map(({ tile }) => ({
      x: (tile % columns) * TILE_SIZE,
      y: Math.floor(tile / columns) * TILE_SIZE,
      width: TILE_SIZE,
      height: TILE_SIZE,
    }))
    .filter((square) => !rects.some((rect) => meets(rect, square)));
}
