/** What the auto stream keeps of what its viewers hold not exactly: against a model of single pixels. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AUTO_STREAM, packBox, packQuality, unpackBox } from '../../codecs/index.js';
import { AutoStream } from '../../engine/display/auto-stream.js';
import { LossMap, subtractBox } from '../../engine/display/loss-map.js';
import { Outcome } from '../../engine/display/outcome.js';

const SIZE = { width: 128, height: 128 };
const TILES = 4;

const box = fc
  .tuple(fc.nat(63), fc.nat(63), fc.nat(63), fc.nat(63))
  .map(([a, b, c, d]) => packBox(Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)));

function holds(packed: number, x: number, y: number): boolean {
  const inside = unpackBox(packed);
  return (
    inside !== undefined &&
    x >= inside.x &&
    x < inside.x + inside.width &&
    y >= inside.y &&
    y < inside.y + inside.height
  );
}

/** Whether a pixel of the picture lies in the boxes. */
function lies(boxes: Uint32Array, x: number, y: number): boolean {
  return holds(boxes[(y >> 6) * 2 + (x >> 6)]!, x & 63, y & 63);
}

describe('boxes', () => {
  test('less other boxes hold every pixel that is left, in a box no larger than before', () => {
    fc.assert(
      fc.property(box, box, fc.nat(63), fc.nat(63), (whole, cut, x, y) => {
        const rest = subtractBox(whole, cut);
        if (holds(whole, x, y) && !holds(cut, x, y)) expect(holds(rest, x, y)).toBe(true);
        if (!holds(whole, x, y)) expect(holds(rest, x, y)).toBe(false);
      }),
    );
    expect(subtractBox(packBox(0, 0, 63, 63), packBox(0, 0, 63, 63))).toBe(0);
    expect(subtractBox(packBox(0, 0, 63, 63), packBox(0, 0, 31, 63))).toBe(packBox(32, 0, 63, 63));
  });
});

describe('what is lost', () => {
  test('moves along with the picture', () => {
    const rect = fc.record({
      fromX: fc.nat(60),
      fromY: fc.nat(60),
      x: fc.nat(60),
      y: fc.nat(60),
      width: fc.integer({ min: 1, max: 68 }),
      height: fc.integer({ min: 1, max: 68 }),
    });
    fc.assert(
      fc.property(
        fc.array(box, { minLength: TILES, maxLength: TILES }),
        fc.array(rect, { maxLength: 4 }),
        (boxes, moves) => {
          const loss = new LossMap(SIZE);
          boxes.forEach((one, tile) => {
            if (tile % 2 === 0) loss.lost(tile, one, 30);
          });
          let model = Array.from({ length: 128 * 128 }, (_, at) => lies(loss.boxes, at % 128, at >> 7));
          for (const { fromX, fromY, x, y, width, height } of moves) {
            const before = model;
            model = before.slice();
            for (let row = 0; row < height; row++) {
              for (let column = 0; column < width; column++) {
                model[(y + row) * 128 + x + column] = before[(fromY + row) * 128 + fromX + column]!;
              }
            }
          }
          loss.moved(moves);
          model.forEach((isLost, at) => {
            if (isLost && !lies(loss.boxes, at % 128, at >> 7))
              throw new Error(`Pixel ${at} is taken for exact.`);
          });
        },
      ),
    );
  });

  test('rests for longer the more often it changes, and all of it when the source is quiet', () => {
    const loss = new LossMap(SIZE);
    const changed = new Uint32Array(TILES);
    changed[1] = packBox(0, 0, 63, 63);
    for (const tile of [0, 1]) loss.lost(tile, packBox(0, 0, 63, 63), 30);
    let now = 1_000_000;
    for (let frame = 0; frame < 10; frame++) {
      now += 100_000;
      loss.changed(changed, now);
    }
    expect([...loss.rested(now, Number.POSITIVE_INFINITY).tiles]).toEqual([0]);
    expect(loss.rested(now, Number.POSITIVE_INFINITY).nextAt).toBe(now + 250_000);
    expect([...loss.rested(now + 250_000, Number.POSITIVE_INFINITY).tiles]).toEqual([0, 1]);
    expect([...loss.rested(now + 120_000, now + 120_000).tiles]).toEqual([0, 1]);
  });
});

describe('what lies beside a film in its tile', () => {
  const whole = packBox(0, 0, 63, 63);
  const film = packBox(0, 0, 63, 40);
  const below = packBox(0, 41, 63, 63);
  const one = (tile: number) => Uint32Array.from({ length: TILES }, (_, at) => (at === 0 ? tile : 0));

  test('is sharpened when it has rested, and the film is left alone', () => {
    const loss = new LossMap(SIZE);
    loss.changed(one(whole), 0);
    loss.lost(0, whole, 30);
    const due: [number, number][] = [];
    for (let now = 40_000; now <= 10_000_000; now += 40_000) {
      loss.changed(one(film), now);
      loss.lost(0, film, 30);
      const { tiles } = loss.rested(now, Number.POSITIVE_INFINITY);
      for (const tile of tiles) {
        due.push([now, loss.due[tile]!]);
        loss.exact(tile, loss.due[tile]!);
      }
      expect(loss.coarsest).toBe(30);
    }
    expect(due.map(([, box]) => box)).toEqual([below]);
    expect(due[0]![0]).toBeLessThanOrEqual(2_100_000);
    expect(loss.boxes[0]).toBe(film);
  });

  test('is sharpened with all the rest when that rests', () => {
    const loss = new LossMap(SIZE);
    loss.changed(one(whole), 0);
    loss.lost(0, whole, 30);
    expect([...loss.rested(200_000, Number.POSITIVE_INFINITY).tiles]).toEqual([0]);
    expect(loss.due[0]).toBe(whole);
    loss.exact(0, whole);
    expect(loss.coarsest).toBe(0);
  });
});

describe('a packet', () => {
  const quality = packQuality(30);
  const whole = packBox(0, 0, 63, 63);

  test('whose move covers what was lost tells what those who miss the move are to be given', () => {
    const stream = new AutoStream(SIZE);
    stream.startAt(1);
    stream.loss.lost(3, whole, 30);
    const nothing = new Uint32Array(TILES);
    const move = { fromX: 0, fromY: 0, x: 64, y: 64, width: 64, height: 64 };
    const change = { changed: nothing, residual: nothing, changedTiles: 0, moves: [move], fraction: 0 };
    const packet = { ...stream.packet(2, change, 5), viewer: 0 };
    expect(stream.loss.isEmpty).toBe(true);
    expect([...stream.settle(packet, new Outcome(TILES), 'stream')]).toEqual([0, 0, 0, whole]);
  });

  test('gives every second place to what has waited longest, and is as old as that', () => {
    const stream = new AutoStream(SIZE);
    stream.startAt(1);
    const left = new Outcome(TILES);
    left.isExact = false;
    const send = (drawnAt: number, changed: readonly number[], leaves: readonly number[]) => {
      const boxes = Uint32Array.from({ length: TILES }, (_, tile) => (changed.includes(tile) ? whole : 0));
      const change = { changed: boxes, residual: boxes, changedTiles: 1, moves: [], fraction: 0 };
      const packet = { ...stream.packet(drawnAt, change, drawnAt), viewer: 0 };
      const pixels = stream.leftPixels;
      for (let tile = 0; tile < TILES; tile++)
        left.left[tile] = leaves.includes(tile) ? packet.boxes[tile]! : 0;
      stream.settle(packet, left, 'stream');
      return { drawnAt: packet.drawnAt, before: pixels, after: stream.leftPixels };
    };
    expect(send(5, [0, 1, 2], [2])).toEqual({ drawnAt: 5, before: 0, after: 4096 });
    expect(send(6, [0, 1], [1, 2])).toMatchObject({ drawnAt: 5, after: 8192 });
    const order = Uint32Array.of(0, 3, 1, 2);
    stream.shareWithLeft(order);
    expect([...order]).toEqual([0, 2, 3, 1]);
    // What waited longest was sent: what is left is as old as itself.
    expect(send(7, [0, 3], [1])).toMatchObject({ drawnAt: 5, after: 4096 });
    expect(send(8, [0], [])).toMatchObject({ drawnAt: 6, after: 0 });
    expect(send(9, [0], [])).toMatchObject({ drawnAt: 9 });
  });

  test('leaves what its budget has no room for, and the next one carries it late', () => {
    const stream = new AutoStream(SIZE);
    stream.startAt(1);
    const changed = Uint32Array.of(whole, whole, 0, 0);
    const first = {
      ...stream.packet(2, { changed, residual: changed, changedTiles: 2, moves: [], fraction: 0.5 }, 5),
      viewer: 0,
      quality,
    };
    const outcome = new Outcome(TILES);
    outcome.isExact = false;
    outcome.approximate[0] = whole;
    outcome.left[1] = whole;
    expect([...stream.settle(first, outcome, 'stream')]).toEqual([0, 0, 0, 0]);
    expect(stream.isPending).toBe(true);
    expect([...stream.loss.boxes]).toEqual([whole, 0, 0, 0]);
    const next = { ...stream.packet(3), viewer: 0 };
    expect([next.base, ...next.boxes]).toEqual([2, 0, whole, 0, 0]);
    expect([...stream.settle(next, new Outcome(TILES), 'stream')]).toEqual([0, whole, 0, 0]);
    expect(stream.isPending).toBe(false);
    expect(stream.level).toBe(AUTO_STREAM);
  });
});
