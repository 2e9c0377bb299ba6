/** What a technician holds down is let go by the host when that technician may no longer hold it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeldInput } from '../../engine/host/held-input.js';
import { HostSession, type InputAction, type InputEvent, MAX_HELD_KEYS } from '../../engine/index.js';
import { openStage, stage } from '../support/open-stage.js';
import type { StagedViewer } from '../support/stage.js';

const CONTROL: InputAction = { kind: 'key', code: 'ControlLeft', down: true };
const DRAG: InputAction = { kind: 'pointer', x: 10, y: 12, buttons: 5 };

/** What the host's source has been told: what it holds to be down now. */
function heldAt(inputs: readonly InputEvent[]): { keys: string[]; buttons: number } {
  const keys = new Set<string>();
  let buttons = 0;
  for (const event of inputs) {
    if (event.kind === 'pointer') buttons = event.buttons;
    if (event.kind === 'key') {
      if (event.down) keys.add(event.code);
      else keys.delete(event.code);
    }
  }
  return { keys: [...keys], buttons };
}

async function controller(): Promise<StagedViewer> {
  const viewer = stage.join('high');
  await stage.settle();
  viewer.session.setControl(true);
  await stage.clock.advance(100_000);
  viewer.session.sendInput(CONTROL);
  viewer.session.sendInput(DRAG);
  await stage.clock.advance(100_000);
  expect(heldAt(stage.source.inputs)).toEqual({ keys: ['ControlLeft'], buttons: 5 });
  return viewer;
}

describe('keys and buttons are let go when', () => {
  test.each<[string, (viewer: StagedViewer) => unknown]>([
    ['the control is given up', ({ session }) => session.setControl(false)],
    ['a tool is taken', ({ session }) => session.setTool('laser')],
    ['the viewer leaves', ({ session }) => session.close()],
    ['its links break', () => stage.network.links.slice(1).map((link) => link.cut())],
    ['the host loses its own link', () => stage.network.links[0]!.cut()],
    ['the relay stops', () => stage.relay.close()],
    ['the host stops', () => stage.host.stop()],
  ])('%s', async (_, happens) => {
    await openStage();
    const viewer = await controller();
    await happens(viewer);
    await stage.clock.advance(1_000_000);
    expect(stage.source.inputs.slice(-2)).toEqual([
      { viewer: 1, sequence: 0, createdAt: 0, kind: 'key', code: 'ControlLeft', down: false },
      { viewer: 1, sequence: 0, createdAt: 0, kind: 'pointer', x: 10, y: 12, buttons: 0 },
    ]);
  });

  test('another takes over: before that one presses anything', async () => {
    await openStage();
    const first = await controller();
    const second = stage.join('high');
    await stage.settle();
    second.session.setControl(true);
    await stage.clock.advance(100_000);
    first.session.setControl(false);
    await stage.clock.advanceUntil(() => second.session.state.controller === second.session.state.viewer);
    second.session.sendInput({ kind: 'key', code: 'KeyS', down: true });
    await stage.clock.advance(100_000);
    expect(stage.source.inputs.slice(-3)).toMatchObject([
      { viewer: 1, code: 'ControlLeft', down: false },
      { viewer: 1, buttons: 0 },
      { viewer: 2, code: 'KeyS', down: true },
    ]);
  });
});

test('what is held by one who still controls stays down, whatever the others do', async () => {
  await openStage();
  await controller();
  const other = stage.join('high');
  await stage.settle();
  other.session.setControl(true);
  other.session.setTool('whiteboard');
  other.session.close();
  await stage.clock.advance(1_000_000);
  expect(heldAt(stage.source.inputs)).toEqual({ keys: ['ControlLeft'], buttons: 5 });
});

test('a source that fails at a release is told of the others all the same', async () => {
  await openStage();
  await controller();
  const input = stage.source.input.bind(stage.source);
  stage.source.input = (event) => {
    if (event.kind === 'key') throw new Error('stuck');
    input(event);
  };
  stage.network.links[0]!.cut();
  await stage.clock.advance(100_000);
  expect(stage.source.inputs.at(-1)).toMatchObject({ kind: 'pointer', buttons: 0 });
  expect(stage.faults.some(({ message }) => message === 'stuck')).toBe(true);
  expect(stage.host).toBeInstanceOf(HostSession);
});

describe('whatever two technicians do, and whichever link breaks', () => {
  type Step = (viewer: StagedViewer, other: StagedViewer, at: number) => unknown;
  const key = (code: string, down: boolean): Step => {
    return ({ session }) => session.sendInput({ kind: 'key', code, down });
  };
  const press = (buttons: number): Step => {
    return ({ session }, _, at) => session.sendInput({ kind: 'pointer', x: at, y: 5, buttons });
  };
  const steps: readonly Step[] = [
    ...['ControlLeft', 'KeyA'].flatMap((code) => [key(code, true), key(code, false)]),
    press(1),
    press(24),
    press(0),
    ({ session }) => session.setControl(true),
    ({ session }) => session.setControl(true),
    ({ session }) => session.setControl(false),
    ({ session }, other) => session.handOver(other.session.state.viewer),
    ({ session }) => session.setTool('whiteboard'),
    ({ session }) => session.setTool('none'),
    ({ session }) => session.setWatching(false),
    () => stage.network.links.at(-1)!.cut(),
    () => stage.network.links.at(-2)!.cut(),
    () => stage.network.links.map((link) => link.cut()),
  ];

  test('only who controls holds something, and in the end nobody does', async () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 1 }),
      step: fc.integer({ min: 0, max: steps.length - 1 }),
      pause: fc.constantFrom(0, 500, 2_500, 300_000, 4_000_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (list) => {
        await openStage();
        const viewers = [stage.join('high'), stage.join('high')];
        await stage.settle();
        const input = stage.source.input.bind(stage.source);
        stage.source.input = (event) => {
          input(event);
          const isPress = event.kind === 'key' ? event.down : event.kind === 'pointer' && event.buttons !== 0;
          if (!isPress) return;
          const others = stage.source.inputs.filter(({ viewer }) => viewer !== event.viewer);
          expect(heldAt(others)).toEqual({ keys: [], buttons: 0 });
        };
        for (const [at, { who, step: index, pause }] of list.entries()) {
          steps[index]!(viewers[who]!, viewers[1 - who]!, at);
          await stage.clock.advance(pause);
        }
        for (const { session } of viewers) session.setControl(false);
        await stage.clock.advance(30_000_000);
        expect(heldAt(stage.source.inputs)).toEqual({ keys: [], buttons: 0 });
        expect(stage.faults).toEqual([]);
        await stage.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is kept', () => {
  test('never grows beyond its bounds, and what is over them is let go', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            viewer: fc.integer({ min: 1, max: 40 }),
            code: fc.integer({ min: 0, max: 200 }),
            down: fc.boolean(),
          }),
          { maxLength: 600 },
        ),
        (presses) => {
          const down = new Map<string, number>();
          const held = new HeldInput((event) => {
            expect(event.kind === 'key' && !event.down).toBe(true);
            if (event.kind === 'key') down.delete(`${event.viewer} ${event.code}`);
          });
          for (const { viewer, code, down: pressed } of presses) {
            held.acted({ viewer, sequence: 1, createdAt: 1, kind: 'key', code: `K${code}`, down: pressed });
            if (pressed) down.set(`${viewer} K${code}`, viewer);
            else down.delete(`${viewer} K${code}`);
            expect(down.size).toBeLessThanOrEqual(8 * MAX_HELD_KEYS);
          }
          held.releaseAll();
          expect([...down.keys()]).toEqual([]);
        },
      ),
    );
  });
});
