/** The chat in the page: between technicians and the customer, in Chromium, with a real relay and host. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Bench } from './support/bench.js';
import { bench, setUpBench } from './support/hooks.js';

setUpBench();

async function openLive(...how: Parameters<Bench['open']>): Promise<Page> {
  const page = await bench.open(...how);
  await page.waitForFunction(() => window.sightline.state.seen && window.sightline.state.viewer.lane);
  return page;
}

async function openChat(...how: Parameters<Bench['open']>): Promise<Page> {
  const page = await openLive(...how);
  await page.click('#chat');
  return page;
}

/** What was said, as the page shows it: author and text. */
async function said(page: Page): Promise<string[]> {
  const lines = page.locator('.chat-said.sent');
  return await lines.evaluateAll((all) =>
    all.map(
      (one) => `${one.querySelector('.name')?.textContent}: ${one.querySelector('.chat-text')?.textContent}`,
    ),
  );
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);

describe('the chat', () => {
  it('carries what is written between the technicians and the customer', async () => {
    const ada = await openChat(bench.address('?name=Ada'));
    const grace = await openChat(bench.address('?name=Grace'));
    expect(await focused(ada)).toBe('chat-field');
    await ada.keyboard.type('Where is the');
    await ada.keyboard.press('Shift+Enter');
    await ada.keyboard.type('printer?');
    await ada.keyboard.press('Enter');
    expect(await ada.inputValue('#chat-field')).toBe('');
    await expect.poll(() => said(grace)).toEqual(['Ada: Where is the\nprinter?']);
    expect(bench.chats).toMatchObject([{ name: 'Ada', text: 'Where is the\nprinter?' }]);
    bench.host.chat.send('In the hall.');
    await grace.fill('#chat-field', 'Thank you!');
    await grace.click('#chat-send');
    expect(await focused(grace)).toBe('chat-field');
    await expect
      .poll(() => said(ada))
      .toEqual(['You: Where is the\nprinter?', 'Reception PC: In the hall.', 'Grace: Thank you!']);
    // Who comes later finds it all, and none of it counts as new.
    const late = await openLive(bench.address('?name=Late'));
    await late.waitForFunction(() => window.sightline.state.chat.lines.length >= 4);
    expect(await late.evaluate(() => window.sightline.state.chat.unread)).toBe(0);
    await late.click('#chat');
    expect(await said(late)).toEqual([
      'Ada: Where is the\nprinter?',
      'Reception PC: In the hall.',
      'Grace: Thank you!',
    ]);
    // None of it went to the host as input.
    expect(bench.inputs).toEqual([]);
  });

  it('counts what is unread while it is closed, and keeps what was begun', async () => {
    const page = await openLive();
    bench.host.chat.send('Hello?');
    bench.host.chat.send('Is anybody there?');
    await expect.poll(() => page.textContent('#chat .badge')).toBe('2');
    expect(await page.getAttribute('#chat', 'aria-label')).toBe('Chat: 2 unread');
    expect(await page.title()).toBe('(2) Reception PC – Sightline');
    expect(await page.textContent('#told')).toBe('Reception PC: Is anybody there?');
    await page.keyboard.press('Control+Alt+Shift+KeyM');
    await page.waitForSelector('#chat-pane:not([hidden])');
    expect(await page.locator('#chat .badge').count()).toBe(0);
    expect(await page.title()).toBe('Reception PC – Sightline');
    await page.keyboard.type('I am');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#chat-pane', { state: 'hidden' });
    expect(await focused(page)).toBe('keyboard');
    await page.keyboard.press('Control+Alt+Shift+KeyM');
    expect(await page.inputValue('#chat-field')).toBe('I am');
    await page.keyboard.press('Control+Alt+Shift+KeyV');
    expect(await focused(page)).toBe('keyboard');
    await page.keyboard.press('Control+Alt+Shift+KeyM');
    expect(await focused(page)).toBe('chat-field');
  });

  it('leaves the picture its room and its keys', async () => {
    const page = await openLive();
    await page.click('#control');
    await page.waitForFunction(() => window.sightline.state.viewer.controller !== 0);
    const before = (await page.locator('#stage').boundingBox())!;
    await page.click('#chat');
    const pane = (await page.locator('#chat-pane').boundingBox())!;
    const stage = (await page.locator('#stage').boundingBox())!;
    expect(stage.width).toBeCloseTo(before.width - pane.width, 0);
    await expect
      .poll(async () => (await page.locator('#sheet').boundingBox())!.width)
      .toBeLessThanOrEqual(stage.width);
    await page.keyboard.type('w');
    await page.keyboard.press('Enter');
    await expect.poll(() => said(page)).toEqual(['You: w']);
    expect(bench.inputs.filter(({ kind }) => kind === 'text' || kind === 'key')).toEqual([]);
    await page.setViewportSize({ width: 400, height: 700 });
    await expect
      .poll(async () => (await page.locator('#chat-pane').boundingBox())!.x)
      .toBeGreaterThanOrEqual(0);
    expect((await page.locator('#stage').boundingBox())!.width).toBe(400);
  });

  it('shows addresses as links, and never runs what was written', async () => {
    const page = await openChat();
    const evil = '<img src=x onerror="window.evil=1"><script>window.evil=1</script> javascript:alert(1)';
    bench.host.chat.send(evil);
    bench.host.chat.send('See https://example.org/a?b=1, ftp://example.org/f and http://me@example.org.');
    await expect.poll(async () => (await said(page)).length).toBe(2);
    expect((await said(page))[0]).toBe(`Reception PC: ${evil}`);
    expect(await page.locator('.chat-text *:not(a)').count()).toBe(0);
    const links = await page
      .locator('.chat-text a')
      .evaluateAll((all) =>
        all.map((one) => ['href', 'target', 'rel'].map((name) => one.getAttribute(name))),
      );
    expect(links).toEqual([
      ['https://example.org/a?b=1', '_blank', 'noopener noreferrer nofollow'],
      ['ftp://example.org/f', '_blank', 'noopener noreferrer nofollow'],
    ]);
    expect(await page.evaluate(() => 'evil' in window)).toBe(false);
  });

  it('tells beside the words what happens in the session, each with its time', async () => {
    const page = await openChat(bench.address('?name=Ada'));
    const grace = await openLive(bench.address('?name=Grace'));
    await grace.click('#control');
    await expect.poll(() => page.textContent('#chat-log')).toContain('Grace is in control.');
    await grace.close();
    await expect.poll(() => page.textContent('#chat-log')).toContain('Grace has left.');
    bench.unplugHost(true);
    await expect.poll(() => page.textContent('#chat-log')).toContain('The host is away.');
    bench.unplugHost(false);
    await expect.poll(() => page.textContent('#chat-log')).toContain('The host is here.');
    const events = await page.locator('.chat-event').allTextContents();
    expect(events.map((line) => line.replace(/^\d\d:\d\d /, ''))).toEqual([
      'Connected.',
      'Grace has joined.',
      'Grace is in control.',
      'Grace has left.',
      'The host is away.',
      'The host is here.',
    ]);
  });

  it('says what was not delivered, and sends it again', async () => {
    const page = await openChat();
    await page.fill('#chat-field', 'before');
    await page.keyboard.press('Enter');
    await expect.poll(() => said(page)).toEqual(['You: before']);
    await bench.relay.close();
    await page.waitForFunction(() => window.sightline.state.viewer.connection.kind !== 'joined');
    await page.fill('#chat-field', 'meanwhile');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.chat-said.failed');
    expect(await page.textContent('.chat-failed')).toContain('Not delivered.');
    await bench.restartRelay();
    await page.waitForFunction(() => window.sightline.state.viewer.connection.kind === 'joined', undefined, {
      timeout: 20_000,
    });
    await page.click('.chat-failed button');
    await expect.poll(() => said(page)).toEqual(['You: before', 'You: meanwhile']);
    await expect.poll(() => bench.chats.map(({ text }) => text)).toEqual(['before', 'meanwhile']);
    // A link to the relay that is lost is an error to the browser.
    bench.errors.length = 0;
  });

  it('speaks French', async () => {
    const page = await openChat(bench.address(), { locale: 'fr-FR' });
    expect(await page.getAttribute('#chat-field', 'placeholder')).toBe('Écrire un message');
    expect(await page.textContent('.chat-event')).toMatch(/^\d\d:\d\d Connecté/);
    expect(await page.textContent('#chat-pane h2')).toBe('Discussion');
  });
});
