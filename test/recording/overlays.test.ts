import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OverlayModel } from '../../engine/overlay/index.js';
import { Channel, decodeOverlay, type OverlayAction, type Tool } from '../../engine/protocol/index.js';
import { drawn, jumpedTo, OverlaySession, opened, playedThrough } from './overlay-session.js';

async function open(viewers: number): Promise<OverlaySession> {
  const session = await OverlaySession.open(viewers);
  onTestFinished(() => session.close());
  return session;
}

const NOTHING = { strokes: [], dots: [] };

function stroke(id: number, ...points: number[]): OverlayAction {
  const pairs = points.flatMap((x, at) => (at % 2 === 0 ? [{ x, y: points[at + 1]! }] : []));
  return { kind: 'stroke', stroke: id, begin: true, end: true, points: pairs };
}

/** The recording shows at every moment what was shown live, played through and jumped to. */
async function expectSame(session: OverlaySession): Promise<void> {
  for (const take of session.takes) {
    const recording = await opened(take);
    const times = take.samples.map(({ time }) => time);
    const live = take.samples.map((sample) => sample.live);
    expect(await playedThrough(recording, times)).toEqual(live);
    for (const [index, { time }] of take.samples.entries()) {
      expect({ time, drawn: await jumpedTo(recording, time) }).toEqual({ time, drawn: live[index] });
    }
  }
}

/** What a recording would begin with. */
function remembered(session: OverlaySession) {
  const model = new OverlayModel();
  const now = session.stage.clock.now();
  for (const message of session.memory.messages()) {
    if (message[0] === Channel.Overlay) model.apply(decodeOverlay(message), now);
  }
  return drawn(model, now);
}

describe('what was put away is put away in a recording', () => {
  it('when the recording technician turns the whiteboard and the laser off', async () => {
    const session = await open(2);
    const { session: self } = session.self;
    session.start();
    await session.pass(3_500_000);
    self.setTool('whiteboard');
    await session.pass(100_000);
    self.sendOverlay(stroke(1, 10, 10, 200, 100));
    await session.pass(500_000);
    self.setTool('none');
    await session.pass(500_000);
    self.setTool('laser');
    await session.pass(100_000);
    self.sendOverlay({ kind: 'laser', visible: true, x: 50, y: 50 });
    await session.pass(500_000);
    self.setTool('none');
    await session.pass(500_000);
    expect(remembered(session)).toEqual(NOTHING);
    await session.stop();
    const shown = session.takes[0]!.samples.map(({ live }) => [live.strokes.length, live.dots.length]);
    expect(shown).toEqual([
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    await expectSame(session);
    // And one that is started now knows nothing of it.
    session.start();
    await session.pass(4_000_000);
    await session.stop();
    expect(session.takes[1]!.samples.map(({ live }) => live)).toEqual([NOTHING]);
    await expectSame(session);
  });

  it('when the others erase while the link is away', async () => {
    const session = await open(2);
    const other = session.stage.viewers[1]!.session;
    const { session: self } = session.self;
    session.start();
    await session.pass(3_500_000);
    other.setTool('whiteboard');
    await session.pass(100_000);
    other.sendOverlay(stroke(1, 10, 10, 200, 100));
    await session.pass(500_000);
    expect(self.overlay.strokeCount).toBe(1);
    session.cut(session.self);
    await session.pass(1_000);
    other.sendOverlay({ kind: 'erase', scope: 'all' });
    await session.pass(5_000_000);
    expect(self.state.connection.kind).toBe('joined');
    expect(self.overlay.strokeCount).toBe(0);
    expect(remembered(session)).toEqual(NOTHING);
    await session.stop();
    await expectSame(session);
  });

  it('when only the lane is away, which the others drew by', async () => {
    const session = await open(2);
    const other = session.stage.viewers[1]!.session;
    const { session: self } = session.self;
    session.start();
    other.setTool('whiteboard');
    await session.pass(3_500_000);
    other.sendOverlay(stroke(1, 10, 10, 200, 100));
    await session.pass(500_000);
    other.sendOverlay({ kind: 'erase', scope: 'all' });
    other.sendOverlay(stroke(2, 20, 10, 200, 100));
    // The relay has passed them on, and they have not come.
    await session.stage.clock.advance(1_500);
    session.cut(session.self, 'lane');
    await session.pass(5_000_000);
    expect(drawn(self.overlay, 0).strokes).toEqual([expect.stringContaining('/2: 20 10 200 100')]);
    expect(remembered(session).strokes).toEqual(drawn(self.overlay, 0).strokes);
    await session.stop();
    await expectSame(session);
  });

  it('in any session, at every moment', async () => {
    const viewer = fc.nat(2);
    const place = fc.integer({ min: 0, max: 1279 }).map((quarters) => quarters / 4);
    const command = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constant('draw' as const), viewer, fc.nat(2), place, place) },
      { weight: 3, arbitrary: fc.tuple(fc.constant('go-on' as const), viewer, fc.nat(2), place, place) },
      { weight: 4, arbitrary: fc.tuple(fc.constant('point' as const), viewer, place, place) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('hide' as const), viewer) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('erase' as const), viewer, fc.boolean()) },
      {
        weight: 6,
        arbitrary: fc.tuple(
          fc.constant('tool' as const),
          viewer,
          fc.constantFrom<Tool>('none', 'whiteboard', 'whiteboard', 'laser', 'laser'),
        ),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constant('cut' as const), viewer) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('cut-lane' as const), viewer) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('cut-host' as const)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('start' as const)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('stop' as const)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('paint' as const), place) },
    );
    const pause = fc.constantFrom(500, 3_000, 80_000, 400_000, 1_700_000);
    const story = fc.array(fc.tuple(command, pause), { minLength: 15, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 3 }), story, async (viewers, commands) => {
        const session = await OverlaySession.open(viewers);
        const { stage } = session;
        const who = (index: number) => stage.viewers[index % viewers]!;
        const send = (index: number, action: OverlayAction) => who(index).session.sendOverlay(action);
        session.start();
        await session.pass(3_200_000);
        for (const [[kind, ...rest], wait] of commands) {
          const [a = 0, b = 0, c = 0, d = 0] = rest as number[];
          const points = [
            { x: c, y: d },
            { x: d, y: c },
          ];
          if (kind === 'draw') send(a, { kind: 'stroke', stroke: b, begin: true, end: false, points });
          if (kind === 'go-on') send(a, { kind: 'stroke', stroke: b, begin: false, end: true, points });
          if (kind === 'point') send(a, { kind: 'laser', visible: true, x: b, y: c });
          if (kind === 'hide') send(a, { kind: 'laser', visible: false, x: 0, y: 0 });
          if (kind === 'erase') send(a, { kind: 'erase', scope: rest[1] === true ? 'all' : 'mine' });
          if (kind === 'tool') who(a).session.setTool(rest[1] as Tool);
          if (kind === 'cut') session.cut(who(a));
          if (kind === 'cut-lane') session.cut(who(a), 'lane');
          if (kind === 'cut-host') session.cutHost();
          if (kind === 'start') session.start();
          if (kind === 'stop') await session.stop();
          if (kind === 'paint') stage.source.text({ x: 0, y: a / 2, width: 200, height: 20 }, a);
          await session.pass(wait);
          expect(remembered(session).strokes).toEqual(drawn(who(0).session.overlay, 0).strokes);
        }
        await session.stop();
        await expectSame(session);
        await session.close();
      }),
      { numRuns: 25 },
    );
  });
});
