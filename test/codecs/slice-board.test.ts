import { describe, expect, it } from 'vitest';
import { ColourLevel, createSharedMemory, decoderLayout } from '../../codecs/index.js';
import { SliceBoard } from '../../codecs/slice-board.js';

const TASK = { length: 99, level: ColourLevel.Low, width: 640, height: 480 };

/** The boards of an asking and of a helping thread, with three desks. */
function boards(): [SliceBoard, SliceBoard] {
  const layout = decoderLayout(64, 64, 3);
  const memory = createSharedMemory(layout.totalBytes);
  return [new SliceBoard(memory, layout), new SliceBoard(memory, layout)];
}

describe('the board of slices', () => {
  it('shows a slice that was left to whoever takes it first, once', () => {
    const [asking, helping] = boards();
    expect(helping.take()).toBe(-1);
    asking.leave(2, TASK);
    expect(asking.waiting).toBe(1);
    expect(helping.take()).toBe(2);
    expect(asking.take()).toBe(-1);
    expect(asking.waiting).toBe(0);
    expect(asking.isTaken(2)).toBe(true);
    expect(helping.task(2)).toEqual(TASK);
  });

  it('gives a desk free again only when its answer was read', () => {
    const [asking, helping] = boards();
    for (const desk of [1, 2, 3]) {
      expect(asking.free()).toBe(desk);
      asking.leave(desk, TASK);
    }
    expect(asking.free()).toBe(-1);
    const desk = helping.take();
    helping.finish(desk, -2);
    expect(asking.free()).toBe(-1);
    expect(asking.isDone(desk)).toBe(true);
    expect(asking.count(desk)).toBe(-2);
    asking.release(desk);
    expect(asking.free()).toBe(desk);
  });

  it('does not wait for what is done, and not for longer than the limit for what is not', () => {
    const [asking, helping] = boards();
    asking.leave(1, TASK);
    asking.leave(2, TASK);
    helping.finish(helping.take(), 0);
    expect(helping.take()).toBe(2);
    expect(asking.awaitDone(1, 60_000)).toBe(true);
    expect(asking.awaitDone(2, 1)).toBe(false);
  });

  it('wakes nobody twice for old news, and sends everybody home when it is closed', () => {
    const [asking, helping] = boards();
    const seen = helping.news;
    asking.leave(1, TASK);
    expect(helping.awaitNews(seen)).toBe(true);
    const later = helping.news;
    asking.close();
    expect(helping.awaitNews(later)).toBe(false);
    expect(helping.awaitNews(helping.news)).toBe(false);
  });
});
