/** The page's recording as the session's worker sees it: what it hands over, and what it says of what it hears. */
import { describe, expect, it } from 'vitest';
import { OverlayModel } from '../../engine/overlay/index.js';
import { decodeOverlay } from '../../engine/protocol/index.js';
import type { FromRecorder, ToRecorder } from '../../harness/console/session/worker/recorder-api.js';
import { PageRecording } from '../../harness/console/session/worker/recording.js';
import type { FromWorker } from '../../harness/console/session/worker-api.js';
import { kernelModule } from '../recording/scenario.js';
import { World } from '../viewer/scripted.js';

/** A joined session, its recording, and a writer that does nothing but listen. */
async function recorded(maxUnderway?: number) {
  const world = new World();
  const news: FromWorker[] = [];
  const given: ToRecorder[] = [];
  const writer = {
    hear: (_news: FromRecorder) => {},
    fail: (_reason: string) => {},
    terminated: 0,
  };
  const recording = new PageRecording(
    world.session,
    kernelModule,
    (one) => news.push(one),
    (hear, fail) => {
      Object.assign(writer, { hear, fail });
      return {
        postMessage: (message) => given.push(message),
        terminate: () => {
          writer.terminated++;
        },
      };
    },
    maxUnderway,
  );
  await world.join();
  return { world, news, given, writer, recording };
}

const ENDED: Extract<FromRecorder, { kind: 'ended' }> = {
  kind: 'ended',
  name: 'Reception 2026',
  kept: true,
  bytes: 1234,
  duration: 5_000_000,
  file: new Blob(['x']),
};

describe('the recording of a page', () => {
  it('begins with what is drawn, and hands over copies of what comes', async () => {
    const { world, given, recording } = await recorded();
    world.session.setTool('whiteboard');
    const points = [{ x: 1, y: 2 }];
    world.session.sendOverlay({ kind: 'stroke', stroke: 1, begin: true, end: true, points });
    recording.start();
    recording.start();
    expect(given.map(({ kind }) => kind)).toEqual(['start']);
    const [start] = given;
    const model = new OverlayModel();
    for (const message of start?.kind === 'start' ? start.before : []) {
      if (message[0] === 3) model.apply(decodeOverlay(message), 0);
    }
    expect([...model.strokes]).toMatchObject([{ viewer: 1, id: 1, points: [1, 2] }]);
    world.session.sendOverlay({ kind: 'erase', scope: 'mine' });
    const last = given.at(-1)!;
    expect(last.kind === 'message' && decodeOverlay(last.message)).toMatchObject({ scope: 'mine' });
  });

  it('says how far it is, and what became of it', async () => {
    const { world, news, writer, recording } = await recorded();
    recording.start();
    expect(world.session.state.recording).toBe(true);
    writer.hear({ kind: 'progress', bytes: 10, duration: 2_000_000, taken: 10 });
    expect(news.at(-1)).toEqual({
      kind: 'recording',
      recording: { active: true, bytes: 10, duration: 2_000_000 },
    });
    recording.stop();
    writer.hear(ENDED);
    const { kind: _kind, ...file } = ENDED;
    expect(news.slice(-2)).toEqual([
      { kind: 'recording', recording: { active: false } },
      { kind: 'recorded', recorded: { ...file, whole: true } },
    ]);
    expect(world.session.state.recording).toBe(false);
    expect(writer.terminated).toBe(1);
  });

  it.each([
    ['no-space', true],
    ['internal', false],
  ])('that fails is said at once, and what was written is there (%s)', async (code, isFull) => {
    const { news, writer, recording } = await recorded();
    recording.start();
    writer.hear({ ...ENDED, error: { code, message: 'No more.' } });
    expect(news.slice(-3)).toMatchObject([
      { kind: 'recording', recording: { active: false } },
      { kind: 'recording-failed', reason: 'No more.', isFull },
      { kind: 'recorded', recorded: { whole: false } },
    ]);
  });

  it('ends when its writer breaks, and can begin anew', async () => {
    const { world, news, given, writer, recording } = await recorded();
    recording.start();
    const { hear } = writer;
    writer.fail('worker');
    expect(news.at(-1)).toMatchObject({ kind: 'recording-failed', reason: 'worker', isFull: false });
    expect(world.session.state.recording).toBe(false);
    recording.start();
    expect(given.filter(({ kind }) => kind === 'start')).toHaveLength(2);
    // The first has nothing more to say.
    hear(ENDED);
    expect(world.session.state.recording).toBe(true);
  });

  it('ends when its writer takes nothing any more', async () => {
    const { world, news, writer, recording } = await recorded(20_000);
    recording.start();
    world.session.setTool('whiteboard');
    const points = Array.from({ length: 400 }, (_, x) => ({ x, y: 1 }));
    for (let sent = 0; sent < 10; sent++) {
      world.session.sendOverlay({ kind: 'stroke', stroke: 1, begin: true, end: true, points });
    }
    writer.hear({ kind: 'progress', bytes: 16_000, duration: 1, taken: 16_000 });
    for (let sent = 0; sent < 10; sent++) {
      world.session.sendOverlay({ kind: 'stroke', stroke: 1, begin: true, end: true, points });
    }
    expect(world.session.state.recording).toBe(true);
    for (let sent = 0; sent < 10; sent++) {
      world.session.sendOverlay({ kind: 'stroke', stroke: 1, begin: true, end: true, points });
    }
    expect(news.at(-1)).toMatchObject({ kind: 'recording-failed', isFull: false });
    expect(world.session.state.recording).toBe(false);
  });
});
