import { describe, expect, it } from 'vitest';
import {
  type CapacitySettings,
  DEFAULT_CAPACITY,
  diagnose,
  type Step,
  searchSystem,
  strainOf,
} from '../../harness/capacity/index.js';
import { latencyOf, type Model, ModelSystem, stepOf } from './model.js';

const SESSIONS: CapacitySettings = { ...DEFAULT_CAPACITY, max: 256 };
const VIEWERS: CapacitySettings = { ...SESSIONS, counted: 'viewers', max: 64 };

/** The largest number that the model bears. */
function borneBy(model: Model, { limitMs, max }: CapacitySettings): number {
  let largest = 0;
  while (largest < max && latencyOf(model, largest + 1) <= limitMs) largest++;
  return largest;
}

async function search(model: Model, settings = SESSIONS) {
  const result = await searchSystem(new ModelSystem(model), settings);
  const borne = borneBy(model, settings);
  expect(result.largest).toBeLessThanOrEqual(borne);
  expect(result.tooMany).toBeGreaterThan(borne);
  expect(result.tooMany! - result.largest).toBeLessThanOrEqual(Math.max(1, borne * 0.05));
  const verdict = result.verdict!;
  expect(result.steps[verdict.step]).toMatchObject({ count: result.tooMany });
  expect(result.steps[verdict.step]!.strain).toBeGreaterThan(1);
  return verdict;
}

describe('what runs out first', () => {
  it('is the relay when its thread is full', async () => {
    expect(await search({ each: { relay: 1 / 100, machine: 1 / 50 } })).toMatchObject({
      cause: 'cpu',
      party: 'relay',
      isGenerator: false,
      isDisturbed: false,
    });
  });

  it('is the load when the viewers are full, and that is said', async () => {
    const verdict = await search({ each: { relay: 1 / 500, viewers: 1 / 40 } }, VIEWERS);
    expect(verdict).toMatchObject({ cause: 'cpu', party: 'viewers', isGenerator: true });
  });

  it('is the host of a session, and with many sessions the load', async () => {
    const model: Model = { each: { hosts: 1 / 30 } };
    expect(await search(model, VIEWERS)).toMatchObject({ cause: 'cpu', party: 'hosts', isGenerator: false });
    expect(await search(model, SESSIONS)).toMatchObject({ cause: 'cpu', party: 'hosts', isGenerator: true });
  });

  it('is the machine when all cores are in use, and who used them', async () => {
    const verdict = await search({ each: { relay: 1 / 200, machine: 1 / 20 }, cores: 2 });
    expect(verdict).toMatchObject({
      cause: 'machine',
      party: 'viewers',
      isGenerator: true,
      isDisturbed: false,
    });
  });

  it('is other programs when they use most of the machine', async () => {
    const verdict = await search({ each: { machine: 1 / 20 }, cores: 4, others: 3 });
    expect(verdict).toMatchObject({ cause: 'others', isGenerator: false, isDisturbed: true });
  });

  it('is the sockets when bytes wait in them and nobody is busy', async () => {
    expect(await search({ each: { buffered: 1 / 25 } })).toMatchObject({
      cause: 'socket',
      isGenerator: false,
    });
  });

  it('is the event loop when it is late and uses no CPU', async () => {
    const verdict = await search({ each: {}, relayLoopMs: 4 });
    expect(verdict).toMatchObject({ cause: 'loop', party: 'relay', isGenerator: false });
  });

  it('is the link when nothing on the machine is', () => {
    const step = stepOf({ each: {}, baseMs: 500 }, 3);
    expect(diagnose(step, { ...SESSIONS, link: 'modem' })).toMatchObject({ cause: 'link' });
    expect(diagnose(step, SESSIONS)).toMatchObject({ cause: 'unknown' });
  });

  it('is the memory when there is none for so many, which is not tried again', async () => {
    const system = new ModelSystem({ each: { memory: 1 / 10 } });
    const { largest, tooMany, verdict } = await searchSystem(system, SESSIONS);
    expect({ largest, tooMany }).toEqual({ largest: 10, tooMany: 11 });
    expect(verdict).toMatchObject({ cause: 'memory', isGenerator: true });
    expect(new Set(system.asked).size).toBe(system.asked.length);
  });

  it('is found under noise as well', async () => {
    const model = { each: { relay: 1 / 100 } };
    for (let seed = 0; seed < 20; seed++) {
      let measured = seed;
      // A tenth up and down, and every fourth measurement is disturbed by something else.
      const noise = (): number => (measured++ % 4 === 0 ? 8 : 0.9 + ((measured * 7919) % 21) / 100);
      const { largest, verdict } = await searchSystem(new ModelSystem({ ...model, noise }), SESSIONS);
      const borne = borneBy(model, SESSIONS);
      expect(Math.abs(largest - borne)).toBeLessThanOrEqual(borne * 0.1);
      expect(verdict).toMatchObject({ cause: 'cpu', party: 'relay' });
    }
  });
});

describe('a step', () => {
  const alone = stepOf({ each: {} }, 1);

  it('is measured by its latency', () => {
    expect(strainOf(alone, alone.p99Ms, 20)).toBe(1);
    expect(strainOf(alone, alone.p99Ms / 2, 20)).toBe(2);
  });

  it('does not hold when somebody is shown less than half of the frames, however fresh', async () => {
    expect(strainOf(alone, 1e6, 80)).toBe(2);
    const { largest, tooMany } = await searchSystem(
      new ModelSystem({ each: {}, sharesFrames: true }),
      SESSIONS,
    );
    expect({ largest, tooMany }).toEqual({ largest: 2, tooMany: 3 });
  });

  it('cannot be had when somebody has no picture, or nobody was shown anything', () => {
    expect(strainOf({ ...alone, without: 1 }, 1e6, 20)).toBe(Number.POSITIVE_INFINITY);
    expect(strainOf({ ...alone, samples: 0 }, 1e6, 20)).toBe(Number.POSITIVE_INFINITY);
    const starved = { ...alone, framesPerSecond: { mean: 10, least: 0 } };
    expect(strainOf(starved, 1e6, 20)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a search', () => {
  it('tells each step as it comes, and the time that is left', async () => {
    const steps: Step[] = [];
    const left: (number | undefined)[] = [];
    let time = 0;
    const system = new ModelSystem({ each: { relay: 1 / 5 } });
    const measure = system.measure.bind(system);
    const timed = {
      measure: (count: number, _signal: AbortSignal, onPhase: (phase: 'measure') => void) => {
        onPhase('measure');
        time += 10;
        return measure(count);
      },
      close: () => system.close(),
    };
    const result = await searchSystem(timed, SESSIONS, {
      now: () => time,
      onStep: (step) => steps.push(step),
      onProgress: ({ secondsLeft }) => left.push(secondsLeft),
    });
    expect(steps).toEqual(result.steps);
    expect(steps.map(({ count }) => count)).toEqual(system.asked);
    expect(left[0]).toBeUndefined();
    expect(left.slice(1).every((seconds) => seconds! >= 10)).toBe(true);
    expect(left.at(-1)).toBe(10);
  });

  it('that is stopped tells what it has', async () => {
    const stop = new AbortController();
    const system = new ModelSystem({ each: { relay: 1 / 100 } });
    const measure = system.measure.bind(system);
    system.measure = (count) => {
      if (count === 16) stop.abort();
      if (stop.signal.aborted) return Promise.reject(stop.signal.reason);
      return measure(count);
    };
    const result = await searchSystem(system, SESSIONS, { signal: stop.signal });
    expect(result).toMatchObject({ largest: 8, isComplete: false });
    expect(result.verdict).toBeUndefined();
    expect(result.steps).toHaveLength(4);
  });

  it('rejects when the system fails', async () => {
    const system = new ModelSystem({ each: {} });
    system.measure = () => Promise.reject(new Error('broken'));
    await expect(searchSystem(system, SESSIONS)).rejects.toThrow('broken');
  });
});
