/** A host that is not told where its kernels are, nor what starts its threads. */
import { expect, it } from 'vitest';
import { HostSession } from '../../engine/host/page.js';
import { FakeClock } from '../support/clock.js';
import { PaintedSource } from '../support/painted-source.js';

it('says that it needs the kernels, each time, and dials nobody', async () => {
  const clock = new FakeClock();
  let dials = 0;
  const host = new HostSession({
    source: new PaintedSource(clock, 64, 64),
    dial: () => {
      dials++;
      return Promise.reject(new Error('Nobody is there.'));
    },
    clock,
    token: 't'.repeat(22),
    key: 'k'.repeat(22),
    name: 'Ada',
  });
  for (let tries = 0; tries < 2; tries++) {
    await expect(host.start()).rejects.toMatchObject({ code: 'bad-argument', field: 'module' });
  }
  expect(dials).toBe(0);
  expect(host.state.kind).toBe('idle');
});
