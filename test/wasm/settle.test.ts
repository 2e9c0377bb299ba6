import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BOX_HELD,
  boxRect,
  type Move,
  markHeld,
  type Picture,
  tileColumns,
  tileRows,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { KernelMemory } from '../support/kernel-memory.js';
import { blankPicture, drawContent, generator, pictureDifference } from '../support/pictures.js';
import { blit } from '../support/text.js';
import { dirtyTiles } from '../support/twins/dirty-tiles.js';

const module = await loadKernelModule();

function copyOf(picture: Picture): Picture {
  return { ...picture, pixels: picture.pixels.slice() };
}

function meets(x: number, y: number, a: Move, otherX: number, otherY: number, b: Move): boolean {
  return x < otherX + b.width && otherX < x + a.width && y < otherY + b.height && otherY < y + a.height;
}

/** Random moves that keep what `findMoves` promises. */
function drawMoves(random: () => number, width: number, height: number): Move[] {
  const moves: Move[] = [];
  for (let tries = 0; tries < 6; tries++) {
    const w = 1 + (random() % width);
    const h = 1 + (random() % height);
    const x = random() % (width - w + 1);
    const y = random() % (height - h + 1);
    // Every third one goes straight sideways, inside its own rows.
    const fromY = tries % 3 === 0 ? y : random() % (height - h + 1);
    const move = { fromX: random() % (width - w + 1), fromY, x, y, width: w, height: h };
    const fits = moves.every(
      (other) =>
        !meets(x, y, move, other.x, other.y, other) &&
        !meets(other.x, other.y, other, move.fromX, move.fromY, move),
    );
    if (fits) moves.push(move);
  }
  return moves;
}

describe('settle', () => {
  it('leaves exactly what differs when the moves are made, and the reference is the picture', () => {
    const sides = fc.integer({ min: 1, max: 260 });
    fc.assert(
      fc.property(sides, sides, fc.integer(), (width, height, seed) => {
        const random = generator(seed);
        const reference = blankPicture(width, height);
        drawContent(reference, 'few', random());
        for (let at = 3; at < reference.pixels.length; at += 4) reference.pixels[at] = 255;
        const moves = drawMoves(random, width, height);
        const moved = copyOf(reference);
        for (const move of moves) {
          const source = { x: move.fromX, y: move.fromY, width: move.width, height: move.height };
          blit(reference, moved, source, move.x, move.y);
        }
        const picture = copyOf(moved);
        for (let spots = random() % 4; spots > 0; spots--) {
          const x = random() % width;
          const y = random() % height;
          const area = {
            x,
            y,
            width: 1 + (random() % Math.min(9, width - x)),
            height: 1 + (random() % Math.min(9, height - y)),
          };
          drawContent(picture, 'noise', random(), area);
        }
        for (let at = 3; at < picture.pixels.length; at += 4) picture.pixels[at] = random() & 255;

        const memory = new KernelMemory(module, 1 << 21);
        const tiles = tileColumns(width) * tileRows(height);
        const at = {
          picture: memory.put(picture.pixels),
          reference: memory.put(reference.pixels),
          changed: memory.put(new Uint8Array(dirtyTiles(picture, reference).buffer)),
          residual: memory.put(new Uint8Array(tiles * 4).fill(255)),
          held: memory.take(reference.pixels.length),
          moves: memory.put(
            new Uint8Array(
              Uint16Array.from(moves.flatMap((m) => [m.fromX, m.fromY, m.x, m.y, m.width, m.height])).buffer,
            ),
          ),
        };
        memory.kernels.settle(
          at.picture,
          at.reference,
          picture.stride,
          width,
          height,
          at.moves,
          moves.length,
          at.changed,
          at.residual,
          at.held,
        );
        expect(memory.intact()).toBe(true);
        expect(memory.words(at.residual, tiles)).toEqual(dirtyTiles(picture, moved));
        // What is marked as held is what the moves left there.
        const boxes = memory.words(at.residual, tiles);
        markHeld(boxes, moves, picture);
        const held = { ...reference, pixels: memory.view(at.held, reference.pixels.length) };
        for (let tile = 0; tile < tiles; tile++) {
          if ((boxes[tile]! & BOX_HELD) === 0) continue;
          const { x, y, width: w, height: h } = boxRect(tile, boxes[tile]!, tileColumns(width))!;
          for (let row = y; row < y + h; row++) {
            const [from, to] = [row * picture.stride + x * 4, row * picture.stride + (x + w) * 4];
            expect(held.pixels.subarray(from, to)).toEqual(moved.pixels.subarray(from, to));
          }
        }
        const settled = { ...reference, pixels: memory.view(at.reference, reference.pixels.length) };
        expect(pictureDifference(settled, picture, true)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
