import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_LASERS,
  MAX_POINTS,
  MAX_POINTS_PER_STROKE,
  MAX_STROKES,
  OverlayModel,
  StrokePen,
} from '../../engine/overlay/index.js';
import {
  decodeOverlay,
  encodeOverlay,
  MAX_STROKE_POINTS,
  type OverlayAction,
  type OverlayEvent,
} from '../../engine/protocol/index.js';

const head = (viewer: number) => ({ viewer, sequence: 1, createdAt: 0 });
const coordinate = fc.integer({ min: 0, max: 65_535 }).map((quarters) => quarters / 4);
const point = fc.record({ x: coordinate, y: coordinate });
const author = fc.integer({ min: 1, max: 5 });
const event: fc.Arbitrary<OverlayEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        author,
        fc.integer({ min: 1, max: 8 }),
        fc.array(point, { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
      )
      .map(
        ([viewer, stroke, points, begin, end]) =>
          ({ ...head(viewer), kind: 'stroke', stroke, points, begin, end }) as const,
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(author, fc.constantFrom('all', 'mine'))
      .map(([viewer, scope]) => ({ ...head(viewer), kind: 'erase', scope }) as OverlayEvent),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(author, fc.boolean(), point)
      .map(([viewer, visible, at]) => ({ ...head(viewer), kind: 'laser', visible, ...at }) as const),
  },
);

describe('the model of overlays', () => {
  it('joins the messages of a stroke, in order', () => {
    const model = new OverlayModel();
    const draw = (points: readonly { x: number; y: number }[], begin: boolean, end: boolean) =>
      model.apply({ ...head(1), kind: 'stroke', stroke: 4, points, begin, end }, 0);
    draw([{ x: 1, y: 2 }], true, false);
    draw(
      [
        { x: 3, y: 4.25 },
        { x: 5, y: 6 },
      ],
      false,
      true,
    );
    expect([...model.strokes]).toMatchObject([
      { viewer: 1, id: 4, points: [1, 2, 3, 4.25, 5, 6], ended: true },
    ]);
    draw([{ x: 9, y: 9 }], true, true);
    expect([...model.strokes].map((stroke) => stroke.points)).toEqual([[9, 9]]);
  });

  it('counts what it holds, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const model = new OverlayModel();
        let version = model.version;
        events.forEach((item, index) => {
          model.apply(item, index);
          expect(model.version).toBeGreaterThanOrEqual(version);
          version = model.version;
        });
        const strokes = [...model.strokes];
        expect(model.strokeCount).toBe(strokes.length);
        expect(model.pointCount).toBe(strokes.reduce((sum, stroke) => sum + stroke.points.length / 2, 0));
        expect(model.isEmpty).toBe(strokes.length === 0 && model.laserCount === 0);
      }),
    );
  });

  it('keeps nothing of an author who erases, and all of the others', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), author, (events, viewer) => {
        const model = new OverlayModel();
        for (const item of events) model.apply(item, 0);
        const others = [...model.strokes].filter((stroke) => stroke.viewer !== viewer);
        model.apply({ ...head(viewer), kind: 'erase', scope: 'mine' }, 0);
        expect([...model.strokes]).toEqual(others);
        model.forget(viewer);
        expect([...model.lasers].some((dot) => dot.viewer === viewer)).toBe(false);
        expect([...model.strokes]).toEqual(others);
        model.apply({ ...head(viewer), kind: 'erase', scope: 'all' }, 0);
        expect([model.strokeCount, model.pointCount]).toEqual([0, 0]);
      }),
    );
  });

  it('says where to draw anew: everything outside stays as it was', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), event, (events, last) => {
        const model = new OverlayModel();
        for (const item of events) model.apply(item, 0);
        model.takeDirty();
        const before = new Map(
          [...model.strokes].map((stroke) => [`${stroke.viewer}:${stroke.id}`, [...stroke.points]]),
        );
        const version = model.version;
        model.apply(last, 1);
        const dirty = model.takeDirty();
        expect(model.takeDirty()).toBeUndefined();
        if (dirty === undefined) {
          expect(model.version).toBe(version);
          return;
        }
        const inside = (x: number, y: number) =>
          x >= dirty.x && y >= dirty.y && x <= dirty.x + dirty.width && y <= dirty.y + dirty.height;
        for (const stroke of model.strokes) {
          const old = before.get(`${stroke.viewer}:${stroke.id}`) ?? [];
          before.delete(`${stroke.viewer}:${stroke.id}`);
          for (let at = 0; at < stroke.points.length; at += 2) {
            if (old[at] === stroke.points[at] && old[at + 1] === stroke.points[at + 1]) continue;
            expect(inside(stroke.points[at]!, stroke.points[at + 1]!)).toBe(true);
          }
        }
        for (const gone of before.values()) {
          for (let at = 0; at < gone.length; at += 2) expect(inside(gone[at]!, gone[at + 1]!)).toBe(true);
        }
      }),
    );
  });

  it('is bounded in strokes, points and dots; the oldest go', () => {
    const model = new OverlayModel();
    const points = Array.from({ length: MAX_STROKE_POINTS }, (_, index) => ({ x: index, y: index }));
    for (let stroke = 1; stroke <= 400; stroke++) {
      model.apply({ ...head(1), kind: 'stroke', stroke, begin: true, end: true, points }, 0);
      expect(model.pointCount).toBeLessThanOrEqual(MAX_POINTS);
    }
    expect([...model.strokes].at(-1)?.id).toBe(400);
    expect([...model.strokes][0]?.id).toBe(400 - Math.floor(MAX_POINTS / MAX_STROKE_POINTS) + 1);
    for (let round = 0; round < 100; round++) {
      model.apply({ ...head(2), kind: 'stroke', stroke: 1, begin: false, end: false, points }, 0);
    }
    expect([...model.strokes].at(-1)?.points.length).toBe(MAX_POINTS_PER_STROKE * 2);
    for (let stroke = 1; stroke <= MAX_STROKES + 50; stroke++) {
      const one = [{ x: 1, y: 1 }];
      model.apply({ ...head(3), kind: 'stroke', stroke, begin: true, end: true, points: one }, 0);
    }
    expect(model.strokeCount).toBe(MAX_STROKES);
    for (let viewer = 1; viewer <= MAX_LASERS + 9; viewer++) {
      model.apply({ ...head(viewer), kind: 'laser', visible: true, x: 1, y: 1 }, viewer);
    }
    expect(model.laserCount).toBe(MAX_LASERS);
    expect([...model.lasers][0]?.viewer).toBe(10);
    model.clear();
    expect(model.isEmpty).toBe(true);
  });

  it('knows since when a dot has rested', () => {
    const model = new OverlayModel();
    const laser = (x: number, now: number) =>
      model.apply({ ...head(1), kind: 'laser', visible: true, x, y: 5 }, now);
    laser(1, 100);
    laser(1, 200);
    expect([...model.lasers]).toEqual([{ viewer: 1, x: 1, y: 5, movedAt: 100 }]);
    laser(2, 300);
    expect([...model.lasers]).toEqual([{ viewer: 1, x: 2, y: 5, movedAt: 300 }]);
    model.apply({ ...head(1), kind: 'laser', visible: false, x: 0, y: 0 }, 400);
    expect(model.isEmpty).toBe(true);
  });
});

describe('the pen', () => {
  it('gives the wire every point of its strokes, once, in messages that fit', () => {
    const move = fc.record({
      x: fc.double({ min: -50, max: 20_000, noNaN: true }),
      y: fc.double({ min: 0, max: 9_000, noNaN: true }),
      flush: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(move, { minLength: 1, maxLength: 900, size: 'max' }), { maxLength: 3 }),
        (strokes) => {
          const sent: OverlayAction[] = [];
          const pen = new StrokePen((action) => sent.push(action));
          const model = new OverlayModel();
          for (const [first, ...rest] of strokes) {
            pen.down(first!.x, first!.y);
            for (const { x, y, flush } of rest) {
              pen.move(x, y);
              if (flush) pen.flush();
            }
            pen.up();
          }
          pen.move(1, 1);
          pen.up();
          for (const action of sent) {
            const echoed = { ...head(1), ...action };
            expect(decodeOverlay(encodeOverlay(echoed))).toEqual(echoed);
            model.apply(echoed, 0);
          }
          const drawn = [...model.strokes];
          expect(drawn.map((stroke) => stroke.ended)).toEqual(strokes.map(() => true));
          drawn.forEach((stroke, index) => {
            const last = strokes[index]!.at(-1)!;
            const [x, y] = stroke.points.slice(-2);
            expect(Math.abs(x! - Math.min(16383.75, Math.max(0, last.x)))).toBeLessThanOrEqual(0.125);
            expect(Math.abs(y! - last.y)).toBeLessThanOrEqual(0.125);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('sends the first point at once and the rest when told to', () => {
    const sent: OverlayAction[] = [];
    const pen = new StrokePen((action) => sent.push(action));
    pen.move(5, 5);
    expect(sent).toEqual([]);
    pen.down(1, 1);
    pen.move(1.05, 1);
    pen.move(2, 1);
    pen.move(3, 1);
    expect(sent).toHaveLength(1);
    pen.flush();
    pen.flush();
    pen.down(9, 9);
    expect(sent).toEqual([
      { kind: 'stroke', stroke: 1, begin: true, end: false, points: [{ x: 1, y: 1 }] },
      {
        kind: 'stroke',
        stroke: 1,
        begin: false,
        end: false,
        points: [
          { x: 2, y: 1 },
          { x: 3, y: 1 },
        ],
      },
      { kind: 'stroke', stroke: 1, begin: false, end: true, points: [{ x: 3, y: 1 }] },
      { kind: 'stroke', stroke: 2, begin: true, end: false, points: [{ x: 9, y: 9 }] },
    ]);
    expect(pen.isDown).toBe(true);
  });
});
