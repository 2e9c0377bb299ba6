import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Recording } from '../../codecs/recording/index.js';
import { drawOverlay, OverlayModel } from '../../engine/overlay/index.js';
import {
  Channel,
  decodeOverlay,
  type OverlayAction,
  type OverlayEvent,
  type Tool,
} from '../../engine/protocol/index.js';
import { LiveMessages } from '../../engine/recording/live.js';
import { overlayCanvas } from '../../harness/convert/index.js';
import { show } from '../convert/support.js';
import {
  drawn,
  jumpedTo,
  modelOf,
  OverlaySession,
  opened,
  playedThrough,
  type Sample,
} from './overlay-session.js';

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

/** A video has something drawn over its picture when it was so. */
async function expectConverted(session: OverlaySession): Promise<void> {
  for (const take of session.takes) await expectTakeConverted(await opened(take), take.samples);
}

async function expectTakeConverted(recording: Recording, samples: readonly Sample[]): Promise<void> {
  const burnt = await show(recording);
  const plain = await show(recording, { overlays: 'none' });
  const { width, height } = recording.metadata;
  const canvas = overlayCanvas(width, height);
  for (const { time, live } of samples) {
    const at = (pictures: typeof burnt) => pictures.findLast((picture) => picture.at <= time)?.md5;
    canvas.clearRect(0, 0, width, height);
    drawOverlay(canvas, modelOf(live), 0);
    const isDrawn = canvas.getImageData(0, 0, width, height).data.some((byte) => byte !== 0);
    expect({ time, isDrawn: at(burnt) !== at(plain) }).toEqual({ time, isDrawn });
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
    await expectConverted(session);
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
      { weight: 2, arbitrary: fc.tuple(fc.constant('undo' as const), viewer, fc.nat(2)) },
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
          if (kind === 'undo') send(a, { kind: 'erase', scope: 'stroke', stroke: b });
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
        await expectConverted(session);
        await session.close();
      }),
      { numRuns: 12 },
    );
  });
});

describe('a whiteboard full of strokes', () => {
  it('is drawn once more in few messages, and jumps stay as quick', async () => {
    const session = await open(2);
    const { stage } = session;
    const { session: other } = stage.viewers[1]!;
    session.start();
    other.setTool('whiteboard');
    await session.pass(3_200_000);
    for (let id = 0; id < 15; id++) {
      for (let part = 0; part < 40; part++) {
        const points = [{ x: part * 5, y: id * 6 }];
        other.sendOverlay({ kind: 'stroke', stroke: id, begin: part === 0, end: part === 39, points });
        // Pictures between the points: no two of them are neighbours in the file.
        stage.source.text({ x: 0, y: 0, width: 60, height: 20 }, id * 40 + part);
        await stage.clock.advance(30_000);
      }
      session.sample();
    }
    await session.stop();
    const [take] = session.takes;
    const recording = await opened(take!);
    for (let time = 0; time < recording.duration; time += 1_000_000) {
      const checkpoint = await recording.checkpointAt(time);
      expect(checkpoint?.live.length ?? 0).toBeLessThan(300);
    }
    expect(take!.samples.at(-1)!.live.strokes).toHaveLength(15);
    await expectSame(session);
  });
});

describe('messages that are still live', () => {
  it('draw what all messages have drawn', () => {
    const event = fc.record({
      kind: fc.constantFrom('stroke', 'stroke', 'stroke', 'stroke', 'laser', 'erase'),
      viewer: fc.integer({ min: 1, max: 90 }),
      stroke: fc.nat(12),
      begin: fc.boolean(),
      count: fc.constantFrom(1, 2, 400),
      repeat: fc.constantFrom(1, 1, 1, 50, 1200),
      x: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        const all = new OverlayModel();
        const live = new LiveMessages<OverlayEvent>();
        let sequence = 0;
        const say = (action: OverlayAction, viewer: number) => {
          const said = { viewer, sequence: ++sequence, createdAt: 0, ...action };
          all.apply(said, sequence);
          live.overlay(said, said);
        };
        for (const { kind, viewer, stroke, begin, count, repeat, x } of events) {
          if (kind === 'erase' && count === 2) say({ kind, scope: 'stroke', stroke }, viewer);
          else if (kind === 'erase') say({ kind, scope: begin ? 'all' : 'mine' }, viewer);
          if (kind === 'laser') say({ kind, visible: repeat > 1 || begin, x, y: 0 }, viewer);
          if (kind !== 'stroke') continue;
          for (let time = 0; time < repeat; time++) {
            const points = Array.from({ length: count }, (_, at) => ({ x: at, y: x }));
            const id = repeat > 1 && begin ? 100 + time : stroke;
            say({ kind: 'stroke', stroke: id, begin, end: !begin, points }, viewer);
          }
        }
        const again = new OverlayModel();
        for (const said of live.values()) again.apply(said, said.sequence);
        expect(drawn(again, 0)).toEqual(drawn(all, 0));
        expect([...again.lasers]).toEqual([...all.lasers]);
      }),
      { numRuns: 25 },
    );
  });
});
