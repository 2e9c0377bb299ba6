import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type CapacityReport,
  type CapacitySettings,
  DEFAULT_CAPACITY,
  searchSystem,
} from '../../harness/capacity/index.js';
import { printCapacity, printStep, printStepHeading } from '../../harness/cli/capacity-tables.js';
import { describeMachine } from '../../harness/measure/index.js';
import { type Model, ModelSystem } from '../capacity/model.js';

const SETTINGS: CapacitySettings = { ...DEFAULT_CAPACITY, max: 128 };

afterEach(() => {
  vi.restoreAllMocks();
});

async function reportOf(model: Model, settings = SETTINGS): Promise<CapacityReport> {
  const result = await searchSystem(new ModelSystem(model), settings);
  const transport = { name: 'ws', reason: '' };
  return { ...result, settings, startedAt: '', transport, machine: describeMachine() };
}

/** What `print` writes to standard output. */
function printed(print: () => void): string {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  print();
  vi.restoreAllMocks();
  return lines.join('');
}

describe('the tables of sightline capacity', () => {
  it('have a column under each heading', async () => {
    const { steps } = await reportOf({ each: { relay: 1 / 10 } });
    const heading = printed(() => printStepHeading('sessions')).trimEnd();
    const row = printed(() => printStep(steps[0]!)).trimEnd();
    expect(row.slice(0, heading.length).trim().endsWith('0')).toBe(true);
    expect(row.slice(heading.length).trim()).not.toBe('');
    expect(heading.split(/ {2,}/)).toHaveLength(12);
  });

  it('say what ran out, with its figures', async () => {
    const relay = printed(await said({ each: { relay: 1 / 10 } }));
    expect(relay).toMatch(/\(relay\).* 100 %|\(relay\).* 9\d %/);
    expect(relay.trim().split('\n')).toHaveLength(2);
    const viewers = printed(await said({ each: { relay: 1 / 100, viewers: 1 / 10 } }));
    expect(viewers).toMatch(/\(.+\)/);
    // The load, not the relay: one more line, with what the relay used.
    expect(viewers.trim().split('\n')).toHaveLength(3);
    expect(viewers).toContain('10 %');
    const machine = printed(await said({ each: { machine: 1 / 10 }, cores: 2, others: 0.5 }));
    expect(machine).toContain('25 %');
    expect(machine.trim().split('\n')).toHaveLength(4);
    const others = printed(await said({ each: { machine: 1 / 10 }, cores: 2, others: 1.5 }));
    expect(others).toContain('75 %');
    expect(others.trim().split('\n')).toHaveLength(2);
    expect(printed(await said({ each: { buffered: 1 / 10 } }))).toContain('5.0 MB');
    expect(printed(await said({ each: {}, relayLoopMs: 10 }))).toContain('100.0');
    for (const model of [{ each: {}, baseMs: 500 }, { each: { memory: 1 / 10 } }])
      expect(printed(await said(model)).trim()).not.toBe('');
  });

  it('say when there was no limit, or no answer', async () => {
    const all = await reportOf({ each: {} });
    expect(printed(() => printCapacity(all))).toContain('128');
    const stopped = { ...all, isComplete: false, largest: 7 };
    expect(printed(() => printCapacity(stopped))).toContain('7');
  });
});

async function said(model: Model): Promise<() => void> {
  const report = await reportOf(model);
  return () => printCapacity(report);
}
