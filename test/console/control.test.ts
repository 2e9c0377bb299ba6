/** Two technicians and one control: who has it is told who waits, and who waits is told when. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { bench, setUpBench } from './support/hooks.js';
import { clickHost, eventually, openLive, takeControl } from './support/page.js';

setUpBench();

const controls = (page: Page) =>
  page.waitForFunction(() => {
    const { controller, viewer } = window.sightline.state.viewer;
    return controller === viewer && viewer !== 0;
  });
const told = (page: Page) => expect.poll(() => page.textContent('#told'));

async function two(): Promise<[Page, Page]> {
  const anna = await openLive(bench.address('?name=Anna'));
  const bruno = await openLive(bench.address('?name=Bruno'));
  await takeControl(anna);
  await bruno.click('#control');
  await anna.waitForSelector('#control-request');
  return [anna, bruno];
}

it('is handed over to who asks, and asked back', async () => {
  const [anna, bruno] = await two();
  await told(bruno).toContain('Anna is in control');
  expect(await anna.textContent('#control-request')).toContain('Bruno asks for control');
  await expect.poll(() => anna.title()).toBe('(1) Reception PC – Sightline');
  await anna.click('#hand-over');
  await controls(bruno);
  await told(anna).toBe('You have handed control over to Bruno.');
  await told(bruno).toBe('You control the remote computer.');
  expect(await anna.isVisible('#control-request')).toBe(false);
  await expect.poll(() => anna.title()).toBe('Reception PC – Sightline');
  await clickHost(bruno, 'form.button');
  await eventually(() => bench.inputs.some((event) => event.kind === 'pointer' && event.viewer === 2));
  await anna.click('#control');
  await bruno.waitForSelector('#control-request');
  await bruno.click('#control');
  await controls(anna);
});

it('is kept, and the one who waits knows its place and may stop waiting', async () => {
  const [anna, bruno] = await two();
  await anna.click('#keep-control');
  await anna.waitForSelector('#control-request', { state: 'detached' });
  await bruno.waitForFunction(() => document.querySelector('#control')?.outerHTML.includes('place 1'));
  await bruno.evaluate(() => window.sightline.state);
  const people = async (page: Page) => {
    await page.click('#people');
    return page.textContent('.people');
  };
  expect(await people(bruno)).toContain('waits for control, place 1');
  expect(await people(anna)).toContain('waits for control, place 1');
  await bruno.click('#stop-waiting');
  await bruno.waitForFunction(() => !window.sightline.state.viewer.controlWanted);
  await anna.waitForFunction(() =>
    window.sightline.state.viewer.participants.every((one) => one.waiting === undefined),
  );
  // Also to one who does not wait, from the list of people.
  await anna.click('[data-hand-over="2"]');
  await controls(bruno);
  await told(bruno).toBe('You were given control of the remote computer.');
});

it('is kept by one who draws and goes on working', async () => {
  const [anna, bruno] = await two();
  await anna.click('#whiteboard');
  await anna.waitForFunction(() => window.sightline.state.viewer.participants[0]?.tool === 'whiteboard');
  await anna.click('#control');
  await anna.waitForFunction(() => window.sightline.state.viewer.participants[0]?.tool === 'none');
  expect(await anna.evaluate(() => window.sightline.state.viewer.controlWanted)).toBe(true);
  await clickHost(anna, 'form.button');
  await eventually(() => bench.inputs.some((event) => event.kind === 'pointer' && event.buttons === 1));
  expect(await bruno.evaluate(() => window.sightline.state.viewer.controller)).toBe(1);
});
