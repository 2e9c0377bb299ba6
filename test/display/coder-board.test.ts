import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactCoding } from '../../codecs/index.js';
import { CoderBoard } from '../../engine/display/coder-board.js';

const SLOTS = 8;

describe('the board', () => {
  test('gives every slice once, slice 0 to who opened the round', () => {
    const board = make();
    board.open(exactCoding(3), 5);
    expect(board.coding()).toEqual(exactCoding(3));
    expect([board.take(), board.take(), board.take(), board.take()]).toEqual([1, 2, 3, 4]);
    for (let idle = 0; idle < 1000; idle++) expect(board.take()).toBe(-1);
    board.open(exactCoding(0), 3);
    expect([board.take(), board.take(), board.take()]).toEqual([1, 2, -1]);
  });

  test('numbers those who join from 1', () => {
    const board = make();
    expect([board.join(), board.join()]).toEqual([1, 2]);
  });

  test('gives no slice twice, however takers and rounds come between each other', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: SLOTS }), { maxLength: 200 }), (steps) => {
        const board = make();
        let open = 0;
        let taken: number[] = [];
        for (const step of steps) {
          if (step === 0) {
            const slice = board.take();
            if (slice === -1) continue;
            expect(slice).toBeLessThan(open);
            expect(taken).not.toContain(slice);
            taken.push(slice);
          } else if (taken.length === open) {
            board.open(exactCoding(1), step);
            open = step;
            taken = [0];
            for (let slot = 0; slot < step; slot++) expect(board.length(slot)).toBe(0);
          }
        }
      }),
    );
  });
});

function make(): CoderBoard {
  return new CoderBoard(new SharedArrayBuffer(CoderBoard.bytes(SLOTS)), SLOTS);
}
