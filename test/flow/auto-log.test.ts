/** The log of the auto stream: small, complete, and the same decisions when it is replayed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../bench/auto/simulation.js';
import { constantLink, pages, SECOND, typingBesideFilm } from '../../bench/auto/workloads.js';
import {
  AutoController,
  type AutoRecord,
  decisionsOf,
  formatRecord,
  parseRecords,
  replay,
} from '../../engine/index.js';

function roundTrip(records: readonly AutoRecord[]): AutoRecord[] {
  return parseRecords(records.map((record) => `${formatRecord(record)}\n`).join(''));
}

const micros = fc.nat(10_000_000);
const share = fc.option(
  fc.integer({ min: -100, max: 200 }).map((percent) => percent / 100),
  { nil: undefined },
);
const optional = <T>(key: string, value: T | undefined) => (value === undefined ? {} : { [key]: value });

const inputs = fc
  .record({
    rate: fc.double({ min: 0, max: 1e9, noNaN: true }),
    delay: micros,
    inFlight: fc.nat(10_000_000),
    waiting: micros,
    queueDepth: fc.nat(255),
    decodeTime: fc.nat(0xffffffff),
    encodeTime: micros,
    damagePixels: fc.nat(8_294_400),
    approximatePixels: fc.nat(8_294_400),
    approximateQuality: fc.nat(100),
  })
  .chain((base) => share.map((value) => ({ ...base, ...optional('naturalShare', value) })));
const coded = fc.record({
  pixels: fc.nat(8_294_400),
  bytes: fc.nat(50_000_000),
  quality: fc.nat(100),
  textLevel: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
  encodeTime: micros,
  isRefinement: fc.boolean(),
});
const acked = fc.record({
  bytes: fc.nat(50_000_000),
  roundTrip: micros,
  sinceLast: micros,
  decodeTime: fc.nat(0xffffffff),
  queueDepth: fc.nat(255),
});
const call = fc.oneof(
  fc.record({ kind: fc.constant('decide' as const), wait: micros, inputs }),
  fc.record({ kind: fc.constant('coded' as const), wait: micros, sample: coded }),
  fc.record({ kind: fc.constant('acked' as const), wait: micros, sample: acked }),
);

const HARDLY_A_RATE = {
  kind: 'decide' as const,
  wait: 0,
  inputs: {
    rate: Number.MIN_VALUE,
    delay: 0,
    inFlight: 1,
    waiting: 0,
    queueDepth: 0,
    decodeTime: 0,
    encodeTime: 0,
    damagePixels: 0,
    approximatePixels: 0,
    approximateQuality: 0,
  },
};

describe('any calls', () => {
  test('give sane decisions, and the same again from the log', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const controller = new AutoController();
        let now = 0;
        for (const each of calls) {
          now += each.wait;
          if (each.kind === 'coded') controller.coded({ now, ...each.sample });
          else if (each.kind === 'acked') controller.acked({ now, ...each.sample });
          else {
            const decision = controller.decide({ now, ...each.inputs });
            expect(decision.transformQuality).toBeGreaterThanOrEqual(0);
            expect(decision.transformQuality).toBeLessThanOrEqual(100);
            expect(decision.budgetBytes).toBeGreaterThanOrEqual(0);
            if (each.inputs.inFlight === 0) expect(decision.budgetBytes).toBeGreaterThan(0);
            expect(decision.minInterval).toBeLessThanOrEqual(333_000);
            expect(decision.refine).toBe(decision.refineBudgetBytes > 0);
            if (each.inputs.damagePixels > 0) expect(decision.refine).toBe(false);
            expect(Number.isFinite(decision.rate)).toBe(true);
            expect(Number.isFinite(decision.expectedBytes)).toBe(true);
          }
        }
        const { records } = controller.log;
        expect(roundTrip(records)).toEqual(records);
        expect(replay(roundTrip(records))).toEqual(decisionsOf(records));
      }),
      { numRuns: 300, examples: [[[HARDLY_A_RATE]]] },
    );
  });
});

describe('the log of a session', () => {
  test('is cut, begins with a state, and replays from there', () => {
    const link = constantLink(3e6, 30_000, 10_000);
    const draw = (at: number) => [...typingBesideFilm(at % (12 * SECOND)), ...pages(at)];
    const { controller } = simulate({ link, draw, length: 240 * SECOND });
    const { records, newest } = controller.log;
    expect(records.length).toBeGreaterThan(3_000);
    expect(records.length).toBeLessThan(6_100);
    expect(records[0]!.kind).toBe('state');
    const decisions = decisionsOf(records);
    expect(decisions.length).toBeGreaterThan(1_000);
    expect(decisions.at(-1)).toEqual(newest);
    expect(replay(roundTrip(records))).toEqual(decisions);
    const bytes = records.reduce((sum, record) => sum + formatRecord(record).length, 0);
    expect(bytes / records.length).toBeLessThan(500);
  });

  test('is told record by record', () => {
    const controller = new AutoController();
    const told: AutoRecord[] = [];
    controller.log.onRecord = (record) => told.push(record);
    controller.acked({ now: 1, bytes: 100, roundTrip: 1000, sinceLast: 1, decodeTime: 0, queueDepth: 0 });
    expect(told).toEqual(controller.log.records);
    expect(told.map(({ kind }) => kind)).toEqual(['state', 'acked']);
  });
});

describe('a log that is none', () => {
  const { controller } = simulate({ link: constantLink(1e6, 10_000), draw: pages, length: 2 * SECOND });
  const state = formatRecord(controller.log.records[0]!);

  test.each([
    ['not JSON', '{"kind":'],
    ['no object', '7'],
    ['another kind', '{"kind":"toString"}'],
    ['a decision without inputs', '{"kind":"decide"}'],
    ['a state without numbers', '{"kind":"state","options":{},"state":{}}'],
    ['a step that there is not', state.replace(/"step":\d+/, '"step":99')],
    ['a rung that there is not', state.replace(/"held":-?\d+/, '"held":1.5')],
    [
      'a level that there is not',
      '{"kind":"coded","sample":{"now":1,"pixels":1,"bytes":1,"quality":0,"textLevel":7,"encodeTime":1}}',
    ],
  ])('is refused with its line: %s', (_, line) => {
    expect(() => parseRecords(`${state}\n${line}`)).toThrow(
      expect.objectContaining({ code: 'bad-argument', message: expect.stringContaining('Line 2') }),
    );
  });

  test('cannot be replayed without its state', () => {
    expect(replay([])).toEqual([]);
    expect(() => replay(controller.log.records.slice(1))).toThrow(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});
