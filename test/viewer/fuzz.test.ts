import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  Channel,
  encodeAck,
  encodeClock,
  encodeControl,
  encodeInput,
  encodeOverlay,
} from '../../engine/protocol/index.js';
import { displayed, frameMessages, HOST_PRESENT, Screen, World } from './scripted.js';

/** One message of every kind that there is, to be mutated. */
function samples(): Uint8Array[] {
  const screen = new Screen();
  screen.fill(0x336699, 10, 10, 100, 50);
  const head = { viewer: 1, sequence: 1, createdAt: 5 };
  return [
    ...frameMessages(screen.code(3, true), { frame: 2 }),
    ...frameMessages(screen.code(0, true), { frame: 3, level: 0 }),
    encodeControl(HOST_PRESENT),
    encodeControl({ type: 'participants', controller: 1, list: [] }),
    encodeControl({ type: 'level-state', level: 1, quality: 'low' }),
    encodeInput({ ...head, kind: 'text', text: 'abc' }),
    encodeOverlay({ ...head, kind: 'stroke', stroke: 1, begin: true, end: true, points: [{ x: 1, y: 1 }] }),
    encodeOverlay({ ...head, kind: 'laser', visible: true, x: 1, y: 1 }),
    encodeClock({ kind: 'pong', viewer: 1, askedAt: 1, answeredAt: 2 }),
    encodeAck({ kind: 'applied', channel: Channel.Input, viewer: 1, sequence: 1, frame: 1, appliedAt: 1 }),
  ];
}

const mutated = fc
  .tuple(
    fc.constantFrom(...samples()),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
    fc.option(fc.nat(), { nil: undefined }),
  )
  .map(([message, changes, end]) => {
    const copy = message.slice(0, end === undefined ? undefined : end % (message.length + 1));
    for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
    return copy;
  });
const garbage = fc.uint8Array({ maxLength: 80 });

it('takes any bytes at any time without throwing, and shows the next whole picture rightly', async () => {
  const world = new World();
  await world.join();
  const screen = new Screen();
  screen.fill(0xfedcba, 5, 5, 60, 60);
  const good = frameMessages(screen.code(3, true), { frame: 0xfffffff0 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(mutated, garbage), { maxLength: 30 }),
      fc.boolean(),
      async (messages, byLane) => {
        if (world.session.state.connection.kind !== 'joined') await world.clock.advance(10_000_000);
        const party = byLane && world.session.state.lane ? world.lane : world.main;
        // A handler that throws would end the run here: links call it directly.
        for (const message of messages) party.link.send(message);
        await world.clock.advance(20_000);
        await world.clock.advanceUntil(() => world.session.state.connection.kind === 'joined', 60_000_000);
        await world.send(...good);
        expect(world.session.state).toMatchObject({ stale: false, width: 150, height: 100 });
        expect(displayed(world.decoder.picture)).toEqual(displayed(screen.picture));
      },
    ),
    { numRuns: 150, endOnFailure: true },
  );
  expect(world.problems.length).toBeGreaterThan(500);
  expect(world.problems.filter((problem) => problem.startsWith('internal'))).toEqual([]);
});
