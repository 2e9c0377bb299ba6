/** One viewer's place in the fan-out, against a model: whatever happens, what it gets can be applied. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckWindow, RELAY_WINDOW } from '../../engine/flow/index.js';
import { ANSWER_LIMIT, Feed } from '../../engine/room/feed.js';
import { emptySliceFields, type SliceFields } from '../../engine/room/slice-fields.js';
import { TokenBucket } from '../../engine/room/token-bucket.js';
import { FakeClock } from '../support/clock.js';

/** A host that answers when it is told to, and a viewer that is as strict as a real one. */
class Model {
  readonly clock = new FakeClock();
  readonly feed: Feed;
  /** Refreshes asked and not answered. */
  asked: { base: number; level: 0 | 3 }[] = [];
  frame = 1;
  /** Last frame of each level's stream. */
  readonly last: Record<number, number> = { 0: 0, 3: 0 };
  present = false;

  // The viewer.
  held = 0;
  level = -1;
  assembling: SliceFields | undefined;
  unacked: number[] = [];

  constructor() {
    this.feed = new Feed(
      3,
      new AckWindow(RELAY_WINDOW),
      new TokenBucket({ perSecond: 2, burst: 8 }, this.clock.now()),
      {
        now: () => this.clock.now(),
        after: (delay, run) => this.clock.after(delay, run),
        cut: () => {},
        overdue: () => {},
        askRefresh: (base) => {
          expect(this.present).toBe(true);
          this.asked.push({ base, level: this.feed.level as 0 | 3 });
        },
      },
    );
  }

  broadcast(level: 0 | 3, parts: number): void {
    if (!this.present) return;
    this.frame++;
    const slice = { ...emptySliceFields(), level, frame: this.frame, base: this.last[level]! };
    this.last[level] = this.frame;
    this.start(slice, parts, false);
  }

  answer(parts: number): void {
    const refresh = this.present ? this.asked.shift() : undefined;
    if (refresh === undefined) return;
    // A host whose frame number has not moved since the base gives the whole picture.
    const base = refresh.base < this.frame ? refresh.base : 0;
    this.start(
      { ...emptySliceFields(), level: refresh.level, frame: this.frame, base, viewer: 1 },
      parts,
      true,
    );
  }

  /** The host is asked, and nothing comes of it: the question, or a part of the answer, is lost. */
  lose(parts: number): void {
    const refresh = this.present ? this.asked.shift() : undefined;
    if (refresh === undefined || parts === 1) return;
    const slice = { ...emptySliceFields(), level: refresh.level, frame: this.frame, base: 0, viewer: 1 };
    this.deliver({ ...slice, first: true, last: false }, true);
  }

  start(slice: SliceFields, parts: number, addressed: boolean): void {
    for (let part = 0; part < parts; part++) {
      this.deliver({ ...slice, first: part === 0, last: part === parts - 1 }, addressed);
    }
  }

  deliver(slice: SliceFields, addressed: boolean): void {
    const now = this.clock.now();
    const level = this.feed.level;
    const taken = addressed
      ? this.feed.takesAddressed(slice, 1000, now)
      : slice.level === level && this.feed.takesBroadcast(slice, 1000, now);
    if (taken) this.receive(slice);
  }

  receive(slice: SliceFields): void {
    if (slice.first) {
      if (slice.base !== 0) {
        expect(slice.base).toBe(this.held);
        expect(slice.level).toBe(this.level);
        expect(this.assembling).toBeUndefined();
      }
      this.assembling = slice;
    }
    expect(this.assembling?.frame).toBe(slice.frame);
    expect(this.assembling?.level).toBe(slice.level);
    if (!slice.last) return;
    this.assembling = undefined;
    this.held = slice.frame;
    this.level = slice.level;
    this.unacked.push(slice.frame);
  }

  ack(): void {
    const frame = this.unacked.shift();
    if (frame !== undefined) this.feed.acknowledged(frame, this.clock.now());
  }

  halfFrame(level: 0 | 3): void {
    if (!this.present) return;
    this.frame++;
    const slice = { ...emptySliceFields(), level, frame: this.frame, base: this.last[level]!, first: true };
    this.last[level] = this.frame;
    this.deliver(slice, false);
  }

  hostComes(): void {
    this.present = true;
    this.asked = [];
    this.feed.hostArrived();
  }

  hostGoes(): void {
    this.feed.hostLost();
    this.present = false;
  }

  changeLevel(level: 0 | 3): void {
    if (level !== this.feed.level) this.feed.changeLevel(level, () => {});
  }

  wantWhole(): void {
    this.unacked = [];
    this.feed.wantWhole();
  }
}

const level = fc.constantFrom(0 as const, 3 as const);
const parts = fc.integer({ min: 1, max: 3 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('broadcast' as const), level, parts) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('answer' as const), parts) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('lose' as const), parts) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('ack' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('halfFrame' as const), level) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('changeLevel' as const), level) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('wantWhole' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('hostGoes' as const)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('hostComes' as const)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('wait' as const), fc.integer({ min: 0, max: 300_000 })) },
);

function apply(model: Model, taken: readonly unknown[]): void {
  const [name, ...values] = taken as [keyof Model | 'wait', ...number[]];
  if (name === 'wait') model.clock.advanceNow(values[0]!);
  else (model[name] as (...values: number[]) => void).apply(model, values);
}

describe('a feed', () => {
  it('gives only what can be applied, and always finds its way back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const model = new Model();
        model.hostComes();
        for (const one of steps) {
          apply(model, one);
          expect(model.feed.inFlight).toBeLessThanOrEqual(16);
        }
        // The world calms down: within a bounded time the viewer is live and holds the newest frame.
        if (!model.present) model.hostComes();
        model.changeLevel(3);
        for (let round = 0; round < 20; round++) {
          model.clock.advanceNow(round === 0 ? ANSWER_LIMIT : 1_000_000);
          while (model.unacked.length > 0) model.ack();
          while (model.asked.length > 0) model.answer(2);
        }
        model.broadcast(3, 2);
        while (model.unacked.length > 0) model.ack();
        while (model.asked.length > 0) model.answer(1);
        expect(model.feed.live).toBe(true);
        expect(model.held).toBe(model.frame);
        expect(model.level).toBe(3);
      }),
      { numRuns: 600 },
    );
  });

  it('forgets its wait when it closes', () => {
    const model = new Model();
    model.hostComes();
    for (let index = 0; index < 20; index++) {
      model.answer(1);
      model.wantWhole();
    }
    expect(model.clock.pending).toBe(1);
    model.feed.close();
    expect(model.clock.pending).toBe(0);
  });
});
