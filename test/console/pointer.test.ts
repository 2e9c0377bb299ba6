/** What mouse, pen and fingers do at the host, on the overlay and to the view. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOLD_SHOWN, LONG_PRESS, TAP_TIME } from '../../harness/console/session/input/gestures.js';
import { PALM_TIME } from '../../harness/console/session/input/pointer.js';
import { zoomOfWheel } from '../../harness/console/session/input/wheel.js';
import { Hand, type HandEventType } from './support/hand.js';

let hand: Hand;
beforeEach(() => {
  hand = new Hand();
});

describe('one finger in control', () => {
  it('clicks with a tap', () => {
    hand.finger('pointerdown', 5, 200, 100);
    expect(hand.told).toEqual([]);
    hand.finger('pointerup', 5, 202, 101);
    expect(hand.told).toEqual(['204,102:1', '204,102:0']);
  });

  it('clicks twice in the same place with a double tap, however wide the finger', async () => {
    hand.finger('pointerdown', 5, 200, 100);
    hand.finger('pointerup', 5, 200, 100);
    await hand.clock.advance(200_000);
    hand.finger('pointerdown', 6, 214, 109);
    hand.finger('pointerup', 6, 214, 109);
    expect(hand.told).toEqual(['200,100:1', '200,100:0', '200,100:1', '200,100:0']);
    hand.finger('pointerdown', 7, 214, 109);
    hand.finger('pointerup', 7, 214, 109);
    expect(hand.told.slice(4)).toEqual(['228,118:1', '228,118:0']);
  });

  it('drags from where it began', () => {
    hand.finger('pointerdown', 5, 200, 100);
    hand.move([5, 205, 100]);
    expect(hand.told).toEqual([]);
    hand.move([5, 230, 100]);
    hand.move([5, 240, 100]);
    hand.finger('pointerup', 5, 240, 100);
    expect(hand.told).toEqual(['200,100:1', '260,100:1', '280,100:1', '280,100:0']);
  });

  it('is the other button when it is held, with a ring that says so, and drags with it', async () => {
    hand.finger('pointerdown', 5, 200, 100);
    await hand.clock.advance(HOLD_SHOWN);
    expect(hand.holds).toEqual(['on']);
    await hand.clock.advance(LONG_PRESS - HOLD_SHOWN);
    expect(hand.holds).toEqual(['on', 'long']);
    expect(hand.told).toEqual(['200,100:2']);
    hand.move([5, 220, 100]);
    hand.finger('pointerup', 5, 220, 100);
    expect(hand.told).toEqual(['200,100:2', '240,100:2', '240,100:0']);
    expect(hand.holds).toEqual(['on', 'long', 'off']);
  });

  it('means nothing beside the picture', () => {
    hand.finger('pointerdown', 5, 50, 20);
    hand.finger('pointerup', 5, 50, 20);
    expect(hand.told).toEqual([]);
  });
});

describe('a second finger in control', () => {
  it('ends the press where the first one is, and nothing jumps between them', () => {
    hand.finger('pointerdown', 5, 200, 100);
    hand.move([5, 230, 100]);
    hand.finger('pointerdown', 6, 400, 300);
    hand.move([5, 231, 100], [6, 401, 300]);
    hand.finger('pointerup', 5, 231, 100);
    hand.finger('pointerup', 6, 401, 300);
    expect(hand.told.slice(0, 3)).toEqual(['200,100:1', '260,100:1', '260,100:0']);
    expect(hand.told.filter((told) => told.endsWith(':1')).slice(2)).toEqual([]);
  });

  it('turns the wheel where both began, as far as the picture is to go', () => {
    hand.finger('pointerdown', 5, 300, 200);
    hand.finger('pointerdown', 6, 400, 200);
    hand.move([5, 300, 180], [6, 400, 180]);
    hand.move([5, 300, 179.75], [6, 400, 179.75]);
    hand.move([5, 300, 179.5], [6, 400, 179.5]);
    hand.finger('pointerup', 6, 400, 179.5);
    hand.move([5, 300, 400]);
    hand.finger('pointerup', 5, 300, 400);
    expect(hand.told).toEqual(['wheel 500,300 0,40', 'wheel 500,300 0,1']);
  });

  it('scrolls too where fingers side by side move sideways and are reported one by one', () => {
    hand.finger('pointerdown', 5, 300, 200);
    hand.finger('pointerdown', 6, 400, 200);
    hand.move([5, 340, 200], [6, 440, 200]);
    expect(hand.told).toEqual(['wheel 500,300 -80,0']);
    expect(hand.views).toEqual([]);
  });

  it('zooms the view, not the host, where they move apart', () => {
    hand.finger('pointerdown', 5, 300, 200);
    hand.finger('pointerdown', 6, 400, 200);
    hand.move([5, 250, 200], [6, 450, 200]);
    hand.move([5, 250, 220], [6, 450, 220]);
    hand.finger('pointerup', 6, 450, 220);
    hand.finger('pointerup', 5, 250, 220);
    expect(hand.told).toEqual([]);
    expect(hand.views).toEqual([
      'zoom from 350,200',
      'zoom 2.00 at 350,200',
      'zoom 2.00 at 350,220',
      'zoom end',
    ]);
  });

  it('clicks with the other button when both tap, three with the one in the middle', async () => {
    hand.finger('pointerdown', 5, 300, 200);
    hand.finger('pointerdown', 6, 400, 200);
    hand.finger('pointerup', 5, 300, 200);
    hand.finger('pointerup', 6, 400, 202);
    expect(hand.told).toEqual(['500,300:2', '500,300:0']);
    for (const id of [1, 2, 3]) hand.finger('pointerdown', id, 300 + id * 50, 200);
    for (const id of [1, 2, 3]) hand.finger('pointerup', id, 300 + id * 50, 200);
    expect(hand.told.slice(2)).toEqual(['600,300:4', '600,300:0']);
    hand.finger('pointerdown', 5, 300, 200);
    hand.finger('pointerdown', 6, 400, 200);
    await hand.clock.advance(TAP_TIME + 1);
    hand.finger('pointerup', 5, 300, 200);
    hand.finger('pointerup', 6, 400, 200);
    expect(hand.told).toHaveLength(4);
  });

  it('and a third move the view', () => {
    for (const id of [1, 2, 3]) hand.finger('pointerdown', id, 300 + id * 50, 200);
    hand.move([1, 350, 230], [2, 400, 230], [3, 450, 230]);
    expect(hand.views).toEqual(['pan 0,30']);
    expect(hand.told).toEqual([]);
  });
});

describe('fingers without control', () => {
  beforeEach(() => {
    hand.active = false;
  });

  it('move the picture with one, zoom it with two, and say what a tap lacks', () => {
    hand.finger('pointerdown', 5, 300, 200);
    hand.move([5, 300, 230]);
    hand.finger('pointerup', 5, 300, 230);
    expect(hand.views).toEqual(['pan 0,30']);
    expect(hand.presses).toBe(0);
    hand.finger('pointerdown', 5, 300, 200);
    hand.finger('pointerdown', 6, 400, 200);
    hand.move([5, 300, 240], [6, 400, 240]);
    expect(hand.views.slice(1)).toEqual(['zoom from 350,200', 'zoom 1.00 at 350,240']);
    hand.finger('pointercancel', 5, 0, 0);
    expect(hand.views.at(-1)).toBe('zoom end');
    hand.finger('pointerdown', 7, 300, 200);
    hand.finger('pointerup', 7, 300, 200);
    expect(hand.presses).toBe(1);
    expect(hand.told).toEqual([]);
  });
});

describe('a tool', () => {
  it('draws with one finger, and ends the stroke where a second one comes', () => {
    hand.tool = 'whiteboard';
    hand.finger('pointerdown', 5, 200, 100);
    hand.move([5, 220, 100]);
    hand.move([5, 240, 100]);
    hand.finger('pointerdown', 6, 600, 300);
    hand.move([6, 620, 320]);
    hand.finger('pointerup', 6, 620, 320);
    hand.finger('pointerup', 5, 240, 100);
    const pen = hand.overlays.map((one) => (one.kind === 'pen' ? [one.phase, ...one.points] : one));
    expect(pen).toEqual([
      ['down', { x: 200, y: 100 }],
      ['move', { x: 240, y: 100 }],
      ['move', { x: 280, y: 100 }],
      ['up'],
    ]);
  });

  it('draws a dot with a tap', () => {
    hand.tool = 'whiteboard';
    hand.finger('pointerdown', 5, 200, 100);
    hand.finger('pointerup', 5, 200, 100);
    expect(hand.overlays.map((one) => one.kind === 'pen' && one.phase)).toEqual(['down', 'up']);
  });

  it('draws with a pen and not with the hand that holds it', async () => {
    hand.tool = 'whiteboard';
    const pen = { pointerId: 9, pointerType: 'pen', buttons: 1 } as const;
    hand.event('pointermove', { ...pen, buttons: 0, x: 200, y: 100 });
    hand.finger('pointerdown', 5, 700, 400);
    hand.event('pointerdown', { ...pen, x: 200, y: 100 });
    hand.finger('pointermove', 5, 710, 400);
    hand.event('pointermove', { ...pen, x: 210, y: 100 });
    hand.frame();
    hand.finger('pointerdown', 6, 720, 420);
    hand.event('pointerup', { ...pen, buttons: 0, x: 220, y: 100 });
    hand.finger('pointerup', 6, 720, 420);
    const points = hand.overlays.flatMap((one) => (one.kind === 'pen' ? one.points : []));
    expect(points.every(({ x }) => x <= 240)).toBe(true);
    expect(hand.overlays.filter((one) => one.kind === 'pen' && one.phase === 'down')).toHaveLength(1);
    await hand.clock.advance(PALM_TIME);
    hand.finger('pointerdown', 7, 700, 400);
    hand.finger('pointerup', 7, 700, 400);
    expect(hand.overlays.filter((one) => one.kind === 'pen' && one.phase === 'down')).toHaveLength(2);
  });

  it('points with a finger for as long as it is down', () => {
    hand.tool = 'laser';
    hand.finger('pointerdown', 5, 200, 100);
    hand.move([5, 220, 100]);
    hand.finger('pointerup', 5, 220, 100);
    const laser = hand.overlays.map((one) => one.kind === 'laser' && `${one.visible} ${one.x},${one.y}`);
    expect(laser).toEqual(['true 200,100', 'true 240,100', 'false 0,0']);
  });
});

describe('the mouse', () => {
  const mouse = { pointerId: 1, pointerType: 'mouse' } as const;

  it('moves, presses and lets go at once', () => {
    hand.event('pointermove', { ...mouse, x: 200, y: 100 });
    hand.event('pointerdown', { ...mouse, x: 200, y: 100, buttons: 1 });
    hand.event('pointermove', { ...mouse, x: 200, y: 100, buttons: 3 });
    hand.event('pointermove', { ...mouse, x: 210, y: 100, buttons: 2 });
    hand.event('pointerup', { ...mouse, x: 210, y: 100 });
    expect(hand.told).toEqual(['200,100:0', '200,100:1', '200,100:3', '220,100:2', '220,100:0']);
  });

  it('does not drag in what was pressed beside the picture', () => {
    hand.event('pointermove', { ...mouse, x: 200, y: 100, buttons: 1 });
    expect(hand.told).toEqual([]);
  });

  it('lets go where it was when the browser takes it', () => {
    hand.event('pointerdown', { ...mouse, x: 200, y: 100, buttons: 1 });
    hand.event('lostpointercapture', { ...mouse, x: 900, y: 100, buttons: 1 });
    hand.event('pointermove', { ...mouse, x: 910, y: 100, buttons: 1 });
    expect(hand.told).toEqual(['200,100:1', '200,100:0']);
  });

  it('moves a zoomed picture without control, and with the page’s modifiers in control', () => {
    hand.active = false;
    hand.event('pointerdown', { ...mouse, x: 200, y: 100, buttons: 1 });
    hand.event('pointermove', { ...mouse, x: 240, y: 110, buttons: 1 });
    hand.event('pointerup', { ...mouse, x: 240, y: 110 });
    expect(hand.views).toEqual(['pan 40,10']);
    expect(hand.presses).toBe(0);
    hand.event('pointerdown', { ...mouse, x: 200, y: 100, buttons: 1 });
    hand.event('pointerup', { ...mouse, x: 200, y: 100 });
    expect(hand.presses).toBe(1);
    hand.active = true;
    const keys = { ctrlKey: true, altKey: true, shiftKey: true };
    hand.event('pointerdown', { ...mouse, ...keys, x: 200, y: 100, buttons: 1 });
    hand.event('pointermove', { ...mouse, ...keys, x: 240, y: 110, buttons: 1 });
    hand.event('pointerup', { ...mouse, x: 240, y: 110 });
    expect(hand.views).toEqual(['pan 40,10', 'own', 'pan 40,10']);
    expect(hand.told).toEqual([]);
  });
});

describe('the wheel', () => {
  it('reaches the host, also with a Ctrl that the host knows of', () => {
    hand.wheel(120);
    hand.ctrl = true;
    hand.wheel(120, { ctrlKey: true });
    expect(hand.told).toEqual(['wheel 400,200 0,120', 'wheel 400,200 0,120']);
  });

  it('zooms the view with a pinch, with Ctrl out of control, and with the page’s modifiers', () => {
    hand.wheel(-5, { ctrlKey: true });
    expect(hand.views).toEqual(['zoom from 300,150', 'zoom 1.05 at 300,150']);
    hand.ctrl = true;
    hand.wheel(120, { ctrlKey: true, altKey: true, shiftKey: true });
    hand.active = false;
    hand.wheel(-120, { ctrlKey: true });
    expect(hand.views.slice(2)).toEqual([
      'own',
      'zoom from 300,150',
      'zoom 0.82 at 300,150',
      'zoom from 300,150',
      'zoom 1.22 at 300,150',
    ]);
    expect(hand.told).toEqual([]);
  });

  it('zooms as far out as in', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.constantFrom(0, 1, 2),
        (deltaY, mode) => {
          const [there, back] = [deltaY, -deltaY].map((turn) =>
            zoomOfWheel({ deltaX: 0, deltaY: turn, deltaMode: mode }),
          );
          expect(there! * back!).toBeCloseTo(1);
        },
      ),
    );
  });
});

describe('whatever comes in whatever order', () => {
  const types: HandEventType[] = [
    'pointerdown',
    'pointermove',
    'pointermove',
    'pointermove',
    'pointerup',
    'pointercancel',
    'lostpointercapture',
  ];
  const event = fc.record({
    kind: fc.constant('event' as const),
    type: fc.constantFrom(...types),
    who: fc.constantFrom(
      { pointerId: 1, pointerType: 'mouse' as const },
      { pointerId: 2, pointerType: 'pen' as const },
      { pointerId: 3, pointerType: 'touch' as const },
      { pointerId: 4, pointerType: 'touch' as const },
      { pointerId: 5, pointerType: 'touch' as const },
    ),
    /** Near a place of its own, so that a move of somebody else is a jump. */
    dx: fc.integer({ min: -40, max: 40 }),
    dy: fc.integer({ min: -40, max: 40 }),
    buttons: fc.constantFrom(0, 1, 2, 3, 4),
  });
  const other = fc.oneof(
    fc.record({ kind: fc.constant('frame' as const) }),
    fc.record({ kind: fc.constant('wait' as const), time: fc.integer({ min: 1, max: 800_000 }) }),
    fc.record({ kind: fc.constant('tool' as const), tool: fc.constantFrom('none', 'whiteboard', 'laser') }),
    fc.record({ kind: fc.constant('control' as const), active: fc.boolean() }),
    fc.record({ kind: fc.constant('blur' as const) }),
  );
  const steps = fc.array(fc.oneof({ weight: 5, arbitrary: event }, { weight: 1, arbitrary: other }), {
    maxLength: 60,
  });

  it('no button, stroke or dot stays, and nothing that is pressed jumps from one to another', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const hand = new Hand();
        for (const step of all) {
          if (step.kind === 'event') {
            const { pointerId } = step.who;
            const at = { x: pointerId * 180 + step.dx, y: 300 + step.dy };
            hand.event(step.type, { ...step.who, ...at, buttons: step.buttons });
          } else if (step.kind === 'frame') hand.frame();
          else if (step.kind === 'wait') await hand.clock.advance(step.time);
          else if (step.kind === 'blur') hand.pointer.release();
          else {
            if (step.kind === 'tool') hand.tool = step.tool;
            else hand.active = step.active;
            // As the page does when something else is meant from now on; the host lets go by itself.
            hand.pointer.release();
            const last = hand.inputs.findLast((action) => action.kind === 'pointer');
            if (last?.buttons) hand.inputs.push({ ...last, buttons: 0 });
          }
        }
        // Everybody lifts, as everybody does.
        for (const pointerId of [1, 2]) {
          const pointerType = pointerId === 1 ? ('mouse' as const) : ('pen' as const);
          hand.event('pointerup', { pointerId, pointerType, x: pointerId * 180, y: 300 });
        }
        for (const id of [3, 4, 5]) hand.finger('pointerup', id, id * 180, 300);
        hand.frame();
        await hand.clock.advance(2_000_000);

        const pointers = hand.inputs.filter((action) => action.kind === 'pointer');
        expect(pointers.at(-1)?.buttons ?? 0).toBe(0);
        for (const [at, { x, y, buttons }] of pointers.entries()) {
          const before = pointers[at - 1];
          if (before === undefined || before.buttons === 0 || buttons === 0) continue;
          // 180 CSS pixels are 360 of the host's; within its own place one moves at most 160 of them.
          expect(Math.hypot(x - before.x, y - before.y)).toBeLessThan(240);
        }
        let isDrawing = false;
        for (const one of hand.overlays) {
          if (one.kind !== 'pen') continue;
          if (one.phase === 'down') isDrawing = true;
          if (one.phase === 'up') isDrawing = false;
        }
        if (hand.tool === 'whiteboard') expect(isDrawing).toBe(false);
        const dot = hand.overlays.findLast((one) => one.kind === 'laser');
        if (hand.tool === 'laser' && dot?.visible) {
          // A mouse that hovers shows the dot; a finger does not.
          expect(dot.x).toBeLessThan(1000);
        }
        expect(hand.holds.length === 0 || hand.holds.at(-1) === 'off').toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
