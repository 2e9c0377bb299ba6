import { describe, expect, it } from 'vitest';
import { MARKER_AREA, readMarker } from '../../harness/hosts/index.js';
import { Scenery } from './support.js';

describe('the form', () => {
  it('reacts to the pointer: hover, pressed, clicked', () => {
    const scenery = new Scenery(['form']);
    const plain = scenery.look('form.button');
    const status = scenery.look('form.status');
    scenery.point('form.button');
    const hover = scenery.look('form.button');
    scenery.point('form.button', 1);
    const pressed = scenery.look('form.button');
    expect(new Set([plain, hover, pressed]).size).toBe(3);
    expect(scenery.look('form.status')).toBe(status);
    scenery.point('form.button', 0);
    expect(scenery.look('form.button')).toBe(hover);
    const once = scenery.look('form.status');
    expect(once).not.toBe(status);
    scenery.click('form.button');
    expect(scenery.look('form.status')).not.toBe(once);
    scenery.input({ kind: 'pointer', x: 2, y: 2, buttons: 0 });
    expect(scenery.look('form.button')).toBe(plain);
    scenery.click('form.clear');
    expect(scenery.look('form.status')).toBe(status);
  });

  it('does not count a press that is released elsewhere', () => {
    const scenery = new Scenery(['form']);
    const status = scenery.look('form.status');
    scenery.point('form.button', 1);
    scenery.point('form.clear', 1);
    scenery.point('form.clear', 0);
    expect(scenery.look('form.status')).toBe(status);
  });

  it('ticks its check box by click and by key', () => {
    const scenery = new Scenery(['form']);
    scenery.click('form.check');
    const ticked = scenery.look('form.check');
    scenery.click('form.check');
    const empty = scenery.look('form.check');
    expect(ticked).not.toBe(empty);
    scenery.input({ kind: 'key', code: 'Space', down: true });
    expect(scenery.look('form.check')).toBe(ticked);
  });

  it('shows typed text at once, takes it back, and has a caret that blinks', () => {
    const scenery = new Scenery(['form']);
    const empty = scenery.look('form.field');
    scenery.changes = 0;
    scenery.input({ kind: 'text', text: 'été 1' });
    expect(scenery.changes).toBe(1);
    const capture = scenery.capture();
    expect(capture?.drawnAt).toBe(scenery.clock.now());
    const typed = scenery.look('form.field');
    expect(typed).not.toBe(empty);
    scenery.clock.advanceNow(540_000);
    expect(scenery.look('form.field')).not.toBe(typed);
    for (let count = 0; count < 5; count++) scenery.input({ kind: 'key', code: 'Backspace', down: true });
    expect(scenery.look('form.field')).toBe(empty);
  });

  it('gives the focus away and takes it back', () => {
    const scenery = new Scenery(['form']);
    const focused = scenery.look('form.field');
    scenery.click('form.check');
    const lost = scenery.look('form.field');
    expect(lost).not.toBe(focused);
    scenery.input({ kind: 'text', text: 'nobody takes this' });
    expect(scenery.look('form.field')).toBe(lost);
    scenery.click('form.field');
    scenery.input({ kind: 'pointer', x: 2, y: 2, buttons: 0 });
    expect(scenery.look('form.field')).toBe(focused);
  });
});

describe('other windows', () => {
  it('scroll by wheel and keys', () => {
    const scenery = new Scenery(['page']);
    const top = scenery.look('page.text');
    const { x, y } = scenery.desktop.locate('page.text')!;
    const wheel = (dy: number) => scenery.input({ kind: 'wheel', x: x + 5, y: y + 5, dx: 0, dy });
    wheel(120);
    const lower = scenery.look('page.text');
    expect(lower).not.toBe(top);
    wheel(-120);
    expect(scenery.look('page.text')).toBe(top);
    wheel(-500);
    expect(scenery.look('page.text')).toBe(top);
    scenery.click('page.text');
    scenery.input({ kind: 'key', code: 'PageDown', down: true });
    scenery.input({ kind: 'key', code: 'PageUp', down: true });
    expect(scenery.look('page.text')).toBe(top);
    wheel(1_000_000);
    const end = scenery.look('page.text');
    wheel(100);
    expect(scenery.look('page.text')).toBe(end);
    expect(end).not.toBe(top);
  });

  it('scroll to the same picture in one step and in many', () => {
    const steps = [7, 40, -13, 300, 1, -120, 64];
    const many = new Scenery(['page']);
    const one = new Scenery(['page']);
    const { x, y } = many.desktop.locate('page.text')!;
    for (const dy of steps) many.input({ kind: 'wheel', x, y, dx: 0, dy });
    one.input({ kind: 'wheel', x, y, dx: 0, dy: steps.reduce((sum, dy) => sum + dy, 0) });
    expect(many.look('page.text')).toBe(one.look('page.text'));
  });

  it('are dragged by their title bar, and raised', () => {
    const scenery = new Scenery(['page', 'form']);
    const before = scenery.desktop.locate('form.button')!;
    const field = scenery.desktop.locate('form.field')!;
    const grip = { x: field.x + 40, y: field.y - 70 };
    scenery.input({ kind: 'pointer', ...grip, buttons: 1 });
    scenery.input({ kind: 'pointer', x: grip.x - 150, y: grip.y - 60, buttons: 1 });
    scenery.input({ kind: 'pointer', x: grip.x - 150, y: grip.y - 60, buttons: 0 });
    scenery.input({ kind: 'pointer', x: 5, y: 5, buttons: 0 });
    expect(scenery.desktop.locate('form.button')).toEqual({ ...before, x: before.x - 150, y: before.y - 60 });
    // Both windows now lie over each other; the one clicked last is seen whole.
    const form = scenery.look('form.button');
    scenery.click('page.text');
    scenery.click('form.field');
    scenery.input({ kind: 'pointer', x: 5, y: 5, buttons: 0 });
    expect(scenery.look('form.button')).toBe(form);
  });

  it('take typed text', () => {
    const scenery = new Scenery(['idle']);
    const before = scenery.hash();
    scenery.input({ kind: 'text', text: 'x' });
    const typed = scenery.hash();
    expect(typed).not.toBe(before);
    scenery.input({ kind: 'key', code: 'Backspace', down: true });
    expect(scenery.hash()).toBe(before);
    scenery.input({ kind: 'text', text: '\n' });
    scenery.input({ kind: 'key', code: 'Backspace', down: true });
    expect(scenery.hash()).toBe(before);
  });
});

describe('the input marker', () => {
  it('names the newest input event, on the picture itself', () => {
    const scenery = new Scenery(['page'], { markers: true });
    expect(readMarker(scenery.picture)).toBeUndefined();
    for (const viewer of [1, 200, 259]) {
      scenery.input({ kind: 'pointer', x: 5, y: 5, buttons: 0 }, viewer);
      scenery.capture();
      expect(readMarker(scenery.picture)?.viewer).toBe(viewer & 255);
    }
    expect(readMarker(scenery.picture)?.sequence).toBe(3);
    scenery.clock.advanceNow(3_000_000);
    scenery.capture();
    expect(readMarker(scenery.picture)?.sequence).toBe(3);
  });

  it('survives the loss of colours, and is not seen where there is none', () => {
    const scenery = new Scenery(['idle'], { markers: true });
    scenery.input({ kind: 'text', text: 'x' }, 77);
    scenery.capture();
    const { pixels } = scenery.picture;
    for (let offset = 0; offset < pixels.length; offset++) pixels[offset] = pixels[offset]! & 0xf0;
    expect(readMarker(scenery.picture)).toEqual({ viewer: 77, sequence: 1 });
    pixels[MARKER_AREA.height * 0 + 4 * scenery.picture.stride + 4 * 4 + 1] = 0;
    expect(readMarker(scenery.picture)).toBeUndefined();
  });

  it('is not drawn unless asked for', () => {
    const scenery = new Scenery(['idle']);
    scenery.input({ kind: 'text', text: 'x' });
    scenery.capture();
    expect(readMarker(scenery.picture)).toBeUndefined();
  });
});
