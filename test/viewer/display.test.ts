import { describe, expect, it } from 'vitest';
import { ColourLevel } from '../../codecs/index.js';
import type { ShownFrame } from '../../engine/viewer/index.js';
import { displayed, frameMessages, Screen, sliceMessage, World } from './scripted.js';

const { High, Low } = ColourLevel;

/** A joined viewer with frame 1 of a blue screen on display. */
async function watching(shown: ShownFrame[] = []) {
  const world = new World({
    handlers: {
      onFrame: (frame) => {
        shown.push(frame);
        frame.presented();
      },
    },
  });
  await world.join();
  const screen = new Screen();
  screen.fill(0x102030);
  await world.send(...frameMessages(screen.code(High, true), { frame: 1, viewer: 1 }));
  return { world, screen, shown };
}

describe('a viewer displays', () => {
  it('whole frames, and acknowledges each with its times', async () => {
    const { world, screen, shown } = await watching();
    expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
    screen.fill(0xff0000, 70, 10, 20, 5);
    await world.send(...frameMessages(screen.code(High, false), { frame: 2, base: 1, drawnAt: 77 }));
    expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
    expect(world.session.frame).toBe(2);
    expect(shown.map(({ frame, base, addressed }) => ({ frame, base, addressed }))).toEqual([
      { frame: 1, base: 0, addressed: true },
      { frame: 2, base: 1, addressed: false },
    ]);
    expect(shown[0]?.damage).toEqual([{ x: 0, y: 0, width: 150, height: 100 }]);
    expect(shown[1]?.damage).toEqual([{ x: 70, y: 10, width: 20, height: 5 }]);
    const acks = world.main.acks();
    expect(acks).toMatchObject([
      { kind: 'frame', frame: 1, level: High, receivedAt: shown[0]?.receivedAt },
      { kind: 'frame', frame: 2, level: High, receivedAt: shown[1]?.receivedAt },
    ]);
    expect(world.problems).toEqual([]);
  });

  it('nothing of a frame before its last slice, and decodes each slice when it comes', async () => {
    const { world, screen, shown } = await watching();
    screen.fill(0x00ff00);
    const messages = frameMessages(screen.code(High, false), { frame: 2, base: 1 });
    expect(messages).toHaveLength(2);
    await world.send(messages[0]!);
    expect(shown).toHaveLength(1);
    expect(displayed(world.decoder.picture)[0]?.[0]).toBe(0x00ff00);
    const firstSliceAt = world.clock.now();
    await world.send(messages[1]!);
    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatchObject({ slices: 2, bytes: messages[0]!.length + messages[1]!.length });
    expect(shown[1]!.receivedAt).toBeLessThan(firstSliceAt);
    expect(shown[1]!.decodedAt).toBeGreaterThan(firstSliceAt);
  });

  it('and acknowledges when the page has presented, once', async () => {
    const shown: ShownFrame[] = [];
    const world = new World({ handlers: { onFrame: (frame) => shown.push(frame) } });
    await world.join();
    const screen = new Screen();
    await world.send(...frameMessages(screen.code(High, true), { frame: 5 }));
    expect(world.main.acks()).toEqual([]);
    shown[0]?.presented(world.clock.now() - 3);
    shown[0]?.presented();
    const presentedAt = world.clock.now() - 3;
    await world.clock.advance(10_000);
    expect(world.main.acks()).toMatchObject([{ frame: 5, presentedAt }]);
  });

  it('another size and another level with a frame that covers the picture', async () => {
    const sizes: [number, number][] = [];
    const world = new World({ handlers: { onResize: (...size) => sizes.push(size) } });
    await world.join();
    const small = new Screen();
    await world.send(...frameMessages(small.code(High, true), { frame: 1 }));
    const large = new Screen(200, 130);
    large.fill(0xffffff, 3, 3, 100, 100);
    const header = { frame: 2, level: Low, width: 200, height: 130 };
    await world.send(...frameMessages(large.code(Low, true), header));
    expect(sizes).toEqual([
      [150, 100],
      [200, 130],
    ]);
    expect(world.session.state).toMatchObject({ width: 200, height: 130, stale: false });
    expect(displayed(world.decoder.picture)).toEqual(displayed(large.picture));
  });
});

describe('a viewer that gets what it cannot apply', () => {
  it.each([
    ['another base', { frame: 9, base: 8 }, 'bad-slice:base'],
    ['another size', { frame: 2, base: 1, width: 151 }, 'bad-slice:size'],
    ['another level', { frame: 2, base: 1, level: Low }, 'bad-slice:level'],
    ['a middle without a beginning', { frame: 2, base: 1, first: false, slice: 1 }, 'bad-slice:slice'],
    ['a beginning that is not the first slice', { frame: 2, base: 1, slice: 3 }, 'bad-slice:slice'],
  ])('counts %s, asks once for the whole picture, and shows it', async (_, header, problem) => {
    const { world, screen, shown } = await watching();
    const before = displayed(world.decoder.picture);
    screen.fill(0x777777, 0, 0, 10, 10);
    const [body] = screen.code(High, false);
    await world.send(sliceMessage(body!, header));
    expect(world.problems).toEqual([problem]);
    expect(displayed(world.decoder.picture)).toEqual(before);
    expect(world.session.state.stale).toBe(true);
    expect(world.session.frame).toBe(0);
    // What builds on the lost frame is left aside in silence.
    await world.send(
      sliceMessage(body!, { frame: 10, base: 9 }),
      sliceMessage(body!, { frame: 11, base: 10 }),
    );
    expect(world.problems).toEqual([problem]);
    expect(world.main.heard('want-refresh')).toHaveLength(1);
    expect(shown).toHaveLength(1);

    await world.send(...frameMessages(screen.code(High, true), { frame: 12, viewer: 1 }));
    expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
    expect(world.session.state.stale).toBe(false);
    expect(world.session.frame).toBe(12);
    expect(world.session.statistics()).toMatchObject({ problems: 1, refreshesAsked: 1, frames: 2 });
  });

  it('keeps a half frame to itself and takes a whole one instead', async () => {
    const { world, screen, shown } = await watching();
    screen.fill(0x00ff00);
    const half = frameMessages(screen.code(High, false), { frame: 2, base: 1 })[0]!;
    await world.send(half);
    await world.send(...frameMessages(screen.code(High, true), { frame: 3, viewer: 1 }));
    expect(shown.map((frame) => frame.frame)).toEqual([1, 3]);
    expect(world.problems).toEqual([]);
    expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
  });

  it('does not build on a half frame', async () => {
    const { world, screen } = await watching();
    screen.fill(0x00ff00);
    const messages = frameMessages(screen.code(High, false), { frame: 2, base: 1 });
    await world.send(messages[0]!, messages[0]!);
    expect(world.problems).toEqual(['bad-slice:frame']);
    expect(world.main.heard('want-refresh')).toHaveLength(1);
  });

  it('survives a malformed body, and does not ask in a tight circle when every answer is malformed', async () => {
    const { world, screen } = await watching();
    await world.send(sliceMessage(Uint8Array.of(0, 0, 1, 0, 255, 255, 255), { frame: 2, base: 1 }));
    expect(world.problems).toEqual(['bad-tile']);
    expect(world.main.heard('want-refresh')).toHaveLength(1);
    world.main.onReceive = () => {
      world.main.link.send(sliceMessage(Uint8Array.of(9), { frame: 3 }));
    };
    await world.send(sliceMessage(Uint8Array.of(9), { frame: 3 }));
    await world.clock.advance(60_000_000);
    const asked = world.main.heard('want-refresh').length;
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(16);
    world.main.onReceive = undefined;
    await world.send(...frameMessages(screen.code(High, true), { frame: 4, viewer: 1 }));
    expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
  });

  it('refuses a size before it touches memory', async () => {
    const { world } = await watching();
    const { memory } = world.decoder;
    const message = sliceMessage(Uint8Array.of(0, 0, 0, 0), { frame: 2 });
    new DataView(message.buffer).setUint16(16, 0xffff, true);
    new DataView(message.buffer).setUint16(18, 0xffff, true);
    await world.send(message);
    expect(world.problems).toEqual(['bad-slice:size']);
    expect(world.decoder.memory).toBe(memory);
  });

  it('lets a handler fail without losing the stream', async () => {
    const world = new World({
      handlers: {
        onFrame: () => {
          throw new Error('a canvas is gone');
        },
      },
    });
    await world.join();
    const screen = new Screen();
    await world.send(...frameMessages(screen.code(High, true), { frame: 1 }));
    expect(world.problems).toEqual(['internal']);
    expect(world.session.frame).toBe(1);
    expect(world.session.state.stale).toBe(false);
    expect(world.main.acks()).toEqual([]);
  });
});
