/** The page whose session ends and comes back: what it says, and that it looks at once when it has reason to. */
import { expect, it } from 'vitest';
import { HostSession, systemClock } from '../../engine/index.js';
import { dialWebSocket } from '../../engine/transport/index.js';
import { SimulatedDesktop } from '../../harness/hosts/index.js';
import { bench, setUpBench } from './support/hooks.js';
import { openLive } from './support/page.js';

setUpBench();

it('says that the session has ended, offers to try again, and joins when the host is back', async () => {
  const page = await openLive();
  await bench.host.stop();
  await page.waitForSelector('[data-notice="ended"] #retry');
  expect(await page.textContent('[data-notice="ended"]')).toContain('joins by itself');
  const host = new HostSession({
    source: new SimulatedDesktop({ clock: systemClock, scenes: ['idle'], width: 320, height: 200 }),
    dial: () => dialWebSocket(bench.relay.linkAddress),
    clock: systemClock,
    token: bench.token,
    key: bench.token,
    name: 'Reception PC',
    threads: 0,
  });
  await host.start();
  // As a browser says when the network is back: nobody has to press anything.
  await expect
    .poll(async () => {
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      return page.evaluate(() => window.sightline.state.viewer.connection.kind);
    })
    .toBe('joined');
  await page.waitForFunction(() => window.sightline.state.viewer.host === 'present');
  await page.waitForSelector('[data-notice]', { state: 'detached' });
  await host.stop();
});
