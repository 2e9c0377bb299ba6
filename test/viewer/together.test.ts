/** Viewers with a real relay and a real host session, in virtual time. */
import { expect, it } from 'vitest';
import { openStage, stage } from '../support/open-stage.js';

const STROKE = { kind: 'stroke', stroke: 1, begin: true, end: false, points: [{ x: 5, y: 6 }] } as const;

async function two() {
  await openStage();
  const ada = stage.join('high');
  const bob = stage.join('low');
  await stage.settle();
  await stage.clock.advance(100_000);
  return { ada, bob, source: stage.source };
}

it('draws at once after the tool was taken, and leaves nothing behind when it is put away', async () => {
  const { ada, bob, source } = await two();
  expect(ada.session.state.lane).toBe(true);
  ada.session.setTool('whiteboard');
  // The very next message: it must not overtake the tool.
  expect(ada.session.sendOverlay(STROKE)).toBe(1);
  expect(ada.session.overlay.strokeCount).toBe(1);
  await stage.clock.advance(10_000);
  expect([...bob.session.overlay.strokes]).toMatchObject([{ viewer: 1, points: [5, 6] }]);
  expect(source.overlays).toMatchObject([{ kind: 'stroke', viewer: 1 }]);

  const late = stage.join('high');
  await stage.clock.advance(100_000);
  expect([...late.session.overlay.strokes]).toMatchObject([{ viewer: 1, points: [5, 6] }]);

  ada.session.setTool('laser');
  ada.session.sendOverlay({ kind: 'laser', visible: true, x: 9, y: 9 });
  await stage.clock.advance(10_000);
  for (const viewer of [ada, bob, late]) {
    expect(viewer.session.overlay.strokeCount).toBe(0);
    expect([...viewer.session.overlay.lasers]).toMatchObject([{ viewer: 1, x: 9, y: 9 }]);
  }
  stage.leave(ada);
  await stage.clock.advance(10_000);
  expect(bob.session.overlay.isEmpty).toBe(true);
  stage.expectNoFaults();
});

it('controls at once after the control was asked for, not while a tool is on, and measures both', async () => {
  const { ada, bob, source } = await two();
  ada.session.setControl(true);
  expect(ada.session.sendInput({ kind: 'key', code: 'KeyA', down: true })).toBe(1);
  await stage.clock.advance(10_000);
  expect(source.inputs).toMatchObject([{ kind: 'key', code: 'KeyA', viewer: 1 }]);
  expect(bob.session.state.controller).toBe(1);
  bob.session.setControl(true);
  expect(bob.session.sendInput({ kind: 'key', code: 'KeyB', down: true })).toBeUndefined();
  source.text({ x: 0, y: 0, width: 30, height: 10 }, 3);
  await stage.settle();
  await stage.clock.advance(10_000);
  const { latency } = ada.session.statistics();
  // One way to the relay and one from it, a millisecond each.
  expect(latency.input.total.samples).toBe(1);
  expect(Math.abs(latency.input.total.p50 - 2_000)).toBeLessThan(3);
  expect(latency.clickToPicture.total.samples).toBe(1);
  expect(latency.clickToPicture.total.p50).toBeGreaterThan(11_000);
  expect(latency.display.total.samples).toBeGreaterThan(0);

  ada.session.setTool('laser');
  expect(ada.session.sendInput({ kind: 'text', text: 'x' })).toBeUndefined();
  ada.session.setTool('none');
  // Bob has waited: the control is his as soon as it is free.
  ada.session.setControl(false);
  await stage.clock.advance(20_000);
  expect(bob.session.state.controller).toBe(2);
  expect(bob.session.sendInput({ kind: 'text', text: 'é' })).toBe(1);
  await stage.clock.advance(20_000);
  expect(source.inputs.at(-1)).toMatchObject({ kind: 'text', text: 'é', viewer: 2 });
  stage.expectNoFaults();
});

it('comes back after a lost connection and shows the right picture', async () => {
  const { ada, source } = await two();
  for (const link of stage.network.links) if (link.sentMessages > 0) link.cut();
  source.fill({ x: 10, y: 10, width: 50, height: 50 }, 0x00ff00);
  await stage.clock.advance(5_000_000);
  await stage.settle();
  expect(ada.session.state).toMatchObject({ connection: { kind: 'joined' }, host: 'present' });
  expect(ada.session.statistics().connections).toBe(2);
});

it('carries what is said to everybody in one order, shows it to the customer, and measures its way', async () => {
  const { ada, bob, source } = await two();
  ada.session.chat.send('Where is it?');
  bob.session.chat.send('I wonder.');
  await stage.clock.advance(10_000);
  stage.host.chat.send('On the desk.');
  await stage.clock.advance(10_000);
  const words = (log: { entries: readonly { name: string; text: string; state: string }[] }) =>
    log.entries.map(({ name, text, state }) => `${name}: ${text} (${state})`);
  const conversation = [
    'viewer 1: Where is it? (sent)',
    'viewer 2: I wonder. (sent)',
    'Stage: On the desk. (sent)',
  ];
  for (const log of [ada.session.chat, bob.session.chat, stage.host.chat]) {
    expect(words(log)).toEqual(conversation);
  }
  expect(ada.session.chat.entries.map(({ own }) => own)).toEqual([true, false, false]);
  expect(source.chats).toMatchObject([
    { viewer: 1, name: 'viewer 1', text: 'Where is it?' },
    { viewer: 2, text: 'I wonder.' },
  ]);
  expect(stage.host.stats().chats).toBe(2);
  const { chat } = ada.session.statistics().latency;
  expect(chat.total.samples).toBe(1);
  expect(Math.abs(chat.total.p50 - 2_000)).toBeLessThan(3);

  const late = stage.join('high');
  await stage.clock.advance(100_000);
  expect(words(late.session.chat)).toEqual(conversation);
  expect(late.session.chat.entries.every(({ earlier, own }) => earlier && !own)).toBe(true);
  stage.expectNoFaults();
});

it('loses nothing of a conversation to a lost host or a lost link', async () => {
  const { ada, bob, source } = await two();
  ada.session.chat.send('one');
  await stage.clock.advance(10_000);
  stage.network.cutAll();
  await stage.clock.advance(20);
  const unheard = ada.session.chat.send('one and a half')!;
  expect(unheard.state).toBe('failed');
  await stage.clock.advanceUntil(
    () => bob.session.state.lane && ada.session.state.lane && stage.host.state.kind === 'connected',
    30_000_000,
  );
  await stage.clock.advance(10_000);
  ada.session.chat.resend(unheard.id);
  await stage.clock.advance(10_000);
  bob.session.chat.send('two');
  await stage.clock.advance(10_000);
  for (const log of [ada.session.chat, bob.session.chat, stage.host.chat]) {
    expect(log.entries.map(({ text }) => text)).toEqual(['one', 'one and a half', 'two']);
  }
  expect(source.chats.map(({ text }) => text)).toEqual(['one', 'one and a half', 'two']);
});

it('is called what it says, now and after joining anew', async () => {
  const { ada, bob } = await two();
  const names = () => bob.session.state.participants.map(({ name }) => name);
  const [before] = names();
  ada.session.setName('Countess of Lovelace');
  await stage.clock.advance(10_000);
  expect(names()[0]).not.toBe(before);
  expect(names()[0]).toBe('Countess of Lovelace');
  ada.session.close();
  ada.session.start();
  await stage.clock.advance(100_000);
  expect(names()).toContain('Countess of Lovelace');
  // A name is cut as at joining, and never half a character.
  ada.session.setName('😀'.repeat(60));
  await stage.clock.advance(10_000);
  expect(names()).toContain('😀'.repeat(24));
  stage.expectNoFaults();
});
