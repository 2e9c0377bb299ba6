import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { SightlineError } from '../../codecs/index.js';
import {
  ANSWER_DELAY,
  describeScenes,
  SCENE_NAMES,
  type SceneName,
  SimulatedCustomer,
  SimulatedDesktop,
} from '../../harness/hosts/index.js';
import { FakeClock } from '../support/clock.js';
import { blankPicture, changedOutside, hashOf, Scenery, tight } from './support.js';

const SECOND = 1_000_000;
const MOVING: readonly SceneName[] = ['page', 'terminal', 'gallery', 'typing', 'film', 'drag'];

/** A session in which much happens, captured every 50 ms. */
function story(seed: number): string[] {
  const scenery = new Scenery(['desktop'], { seed, width: 640, height: 400 });
  const hashes: string[] = [];
  for (let step = 0; step < 60; step++) {
    if (step === 20) scenery.click('form.field');
    if (step === 22) scenery.input({ kind: 'text', text: 'laser 4' });
    if (step === 30) scenery.input({ kind: 'wheel', x: 100, y: 200, dx: 0, dy: 240 });
    if (step === 40) scenery.click('form.button');
    scenery.clock.advanceNow(50_000);
    hashes.push(scenery.hash());
  }
  return hashes;
}

describe('the simulated desktop', () => {
  it('shows the same pixels for the same seed, scenes and input', () => {
    expect(story(7)).toEqual(story(7));
    expect(story(8)).not.toEqual(story(7));
  });

  it('shows the same pixels however often it was captured', () => {
    const often = new Scenery(['desktop']);
    const seldom = new Scenery(['desktop']);
    for (let step = 0; step < 120; step++) {
      often.clock.advanceNow(33_333);
      often.capture();
      seldom.clock.advanceNow(33_333);
    }
    expect(seldom.hash()).toBe(often.hash());
  });

  it.each(MOVING)('moves by itself: %s', (scene) => {
    const scenery = new Scenery([scene]);
    const looks = new Set([scenery.hash()]);
    for (let second = 0; second < 8; second++) {
      scenery.clock.advanceNow(SECOND);
      looks.add(scenery.hash());
    }
    expect(looks.size).toBeGreaterThan(2);
  });

  it.each(SCENE_NAMES)('reports every pixel that changes as damage: %s', (scene) => {
    const scenery = new Scenery([scene], { width: 640, height: 400 });
    let before = tight(scenery.picture);
    let captures = 0;
    for (let step = 0; step < 150; step++) {
      if (step === 50) scenery.input({ kind: 'pointer', x: 300, y: 210, buttons: 1 });
      if (step === 60) scenery.input({ kind: 'pointer', x: 340, y: 230, buttons: 0 });
      if (step === 70) scenery.input({ kind: 'text', text: 'a\nb' });
      if (step === 80) scenery.input({ kind: 'wheel', x: 200, y: 200, dx: 0, dy: 77 });
      scenery.clock.advanceNow(40_000);
      // The picture is what a capture from nothing shows, and only the damage has changed.
      const capture = scenery.capture();
      const after = tight(scenery.picture);
      if (capture === undefined) {
        expect(after.equals(before)).toBe(true);
        continue;
      }
      captures++;
      expect(changedOutside(before, after, scenery.picture.width, capture.damage!)).toEqual([]);
      before = after;
    }
    expect(captures).toBeGreaterThan(1);
    const whole = blankPicture(640, 400);
    scenery.desktop.capture(whole);
    expect(hashOf(whole)).toBe(hashOf(scenery.picture));
  });

  it('gives opaque pixels in the order blue, green, red', () => {
    const { picture } = new Scenery(['form']);
    const pixels = tight(picture);
    expect(pixels.filter((_, index) => index % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
    // The taskbar's colour is 0x1d2530.
    expect([...pixels.subarray(-4)]).toEqual([0x30, 0x25, 0x1d, 255]);
  });

  it('costs nothing at rest but its blinking cursor', () => {
    const scenery = new Scenery(['idle']);
    scenery.changes = 0;
    scenery.clock.advanceNow(10 * SECOND);
    expect(scenery.changes).toBe(18);
    const capture = scenery.capture();
    const pixels = capture!.damage!.reduce((sum, area) => sum + area.width * area.height, 0);
    expect(pixels).toBeLessThan(960 * 24);
  });

  it('keeps no more than it shows while nobody captures, and then says since when', () => {
    const scenery = new Scenery(['desktop']);
    scenery.clock.advanceNow(SECOND);
    scenery.capture();
    const from = scenery.clock.now();
    scenery.clock.advanceNow(60 * SECOND);
    const capture = scenery.capture()!;
    expect(capture.damage!.length).toBeLessThanOrEqual(24);
    expect(capture.drawnAt).toBeGreaterThanOrEqual(from);
    expect(capture.drawnAt).toBeLessThan(from + SECOND / 10);
    expect(scenery.capture()).toBeUndefined();
  });

  it('moves no oftener than its frame rate', () => {
    const scenery = new Scenery(['film', 'page', 'terminal'], { fps: 10 });
    scenery.changes = 0;
    scenery.clock.advanceNow(5 * SECOND);
    expect(scenery.changes).toBeLessThanOrEqual(50);
    expect(scenery.changes).toBeGreaterThan(30);
  });

  it('stops', () => {
    const scenery = new Scenery(['desktop']);
    scenery.desktop.stop();
    expect(scenery.clock.pending).toBe(0);
  });

  it('refuses what it cannot be', () => {
    const clock = new FakeClock();
    const field = (options: object): string | undefined => {
      try {
        new SimulatedDesktop({ clock, ...options });
      } catch (error) {
        if (error instanceof SightlineError && error.code === 'bad-argument') return error.field;
      }
      return 'nothing refused';
    };
    expect(field({ width: 0 })).toBe('width');
    expect(field({ width: 9000, height: 10 })).toBe('width');
    expect(field({ fps: 0 })).toBe('fps');
    expect(field({ fps: Number.NaN })).toBe('fps');
    expect(field({ scenes: [] })).toBe('scenes');
    expect(field({ scenes: ['constructor'] })).toBe('scenes');
    const scenery = new Scenery(['idle']);
    expect(() => scenery.desktop.capture(blankPicture(10, 10))).toThrow(SightlineError);
  });

  it('draws on screens of any size', () => {
    for (const [width, height] of [
      [1, 1],
      [64, 48],
      [333, 1000],
    ] as const) {
      const scenery = new Scenery(['desktop', 'idle'], { width, height });
      const black = blankPicture(width, height);
      scenery.clock.advanceNow(3 * SECOND);
      expect(scenery.desktop.capture(black)?.damage).toEqual([{ x: 0, y: 0, width, height }]);
      expect(
        tight(black)
          .filter((_, index) => index % 4 === 3)
          .every((alpha) => alpha === 255),
      ).toBe(true);
    }
  });

  it('shows what is typed, each character of its own', () => {
    const scenery = new Scenery(['form']);
    const looks = [...'aWéЖ'].map((character) => {
      scenery.input({ kind: 'text', text: character });
      return scenery.look('form.field');
    });
    expect(new Set(looks).size).toBe(4);
  });

  it('describes its scenes in both languages', () => {
    for (const locale of ['en', 'fr'] as const) {
      const scenes = describeScenes(locale);
      expect(scenes.map(({ name }) => name)).toEqual(SCENE_NAMES);
      for (const { description } of scenes) expect(description.length).toBeGreaterThan(10);
    }
    expect(describeScenes('fr')).not.toEqual(describeScenes('en'));
  });
});

describe('what the customer sees', () => {
  it('has overlays and notices, which are not in the captured picture', async () => {
    const scenery = new Scenery(['form']);
    const captured = scenery.hash();
    const plain = scenery.desktop.renderCustomerView();
    const head = { viewer: 3, sequence: 1, createdAt: 0 };
    scenery.desktop.overlay({
      ...head,
      kind: 'stroke',
      stroke: 1,
      begin: true,
      end: true,
      points: [
        { x: 20, y: 300 },
        { x: 200, y: 300 },
      ],
    });
    scenery.desktop.overlay({ ...head, kind: 'laser', visible: true, x: 500, y: 30 });
    // The third technician's colour.
    const green = [0x22, 0x99, 0x66];
    expect(await colourAt(scenery.desktop.renderCustomerView(), 100, 300)).toEqual(green);
    expect(await colourAt(scenery.desktop.renderCustomerView(), 500, 30)).toEqual(green);
    expect(await colourAt(plain, 100, 300)).not.toEqual(green);

    scenery.desktop.overlay({ ...head, kind: 'erase', scope: 'all' });
    scenery.desktop.overlay({ ...head, kind: 'laser', visible: false, x: 0, y: 0 });
    expect(scenery.desktop.renderCustomerView().equals(plain)).toBe(true);

    scenery.desktop.notice({ kind: 'recording', active: true, viewer: 3, name: 'Anna' });
    expect(scenery.desktop.renderCustomerView().equals(plain)).toBe(false);
    scenery.desktop.notice({ kind: 'recording', active: false, viewer: 3, name: 'Anna' });
    expect(scenery.desktop.renderCustomerView().equals(plain)).toBe(true);

    const said = { ...head, sentAt: 1, earlier: false, name: 'Anna', text: `Look\n${'here '.repeat(40)}` };
    const views = [1, 2, 3].map(() => {
      scenery.desktop.chat(said);
      return scenery.desktop.renderCustomerView();
    });
    for (const [index, view] of views.entries()) expect(view.equals(views[index - 1] ?? plain)).toBe(false);
    scenery.desktop.chat(said);
    expect(scenery.desktop.renderCustomerView().equals(views[2]!)).toBe(true);

    expect(scenery.capture()).toBeUndefined();
    expect(hashOf(scenery.picture)).toBe(captured);
  });

  it('has the colours of the captured picture', async () => {
    const scenery = new Scenery(['drag']);
    const pixels = tight(scenery.picture);
    const at = (300 * 960 + 480) * 4;
    const [blue, green, red] = pixels.subarray(at, at + 3);
    expect(await colourAt(scenery.desktop.renderCustomerView(), 480, 300)).toEqual([red, green, blue]);
    expect(red).not.toBe(blue);
  });

  it('says things in French', () => {
    const notice = { kind: 'control', active: true, viewer: 1, name: 'Anna' } as const;
    const views = (['en', 'fr'] as const).map((language) => {
      const scenery = new Scenery(['idle'], { language });
      scenery.desktop.notice(notice);
      return scenery.desktop.renderCustomerView();
    });
    expect(views[0]!.equals(views[1]!)).toBe(false);
  });
});

async function colourAt(png: Buffer, x: number, y: number): Promise<number[]> {
  const context = createCanvas(1, 1).getContext('2d');
  context.drawImage(await loadImage(png), -x, -y);
  return [...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}

describe('the simulated customer', () => {
  const entry = {
    id: 1,
    viewer: 2,
    sequence: 1,
    name: 'Anna',
    own: false,
    text: 'Hello?',
    createdAt: 0,
    sentAt: 1,
    earlier: false,
    state: 'sent',
  } as const;

  it('answers a technician after a while, once, in turn, in the language of the host', async () => {
    const clock = new FakeClock();
    const answers: string[] = [];
    const say = (text: string) => answers.push(text);
    const customer = new SimulatedCustomer({ clock, language: 'fr', say });
    customer.hear(entry);
    await clock.advance(ANSWER_DELAY / 2);
    customer.hear(entry);
    expect(answers).toEqual([]);
    await clock.advance(ANSWER_DELAY * 2);
    expect(answers).toEqual(['Oui, je le vois.']);
    for (let index = 0; index < 4; index++) {
      customer.hear(entry);
      await clock.advance(ANSWER_DELAY);
    }
    expect(new Set(answers).size).toBe(4);
    expect(answers[4]).toBe(answers[0]);
  });

  it('answers neither itself nor what was said long ago', async () => {
    const clock = new FakeClock();
    const answers: string[] = [];
    const customer = new SimulatedCustomer({ clock, language: 'en', say: (text) => answers.push(text) });
    customer.hear({ ...entry, own: true, viewer: 0 });
    customer.hear({ ...entry, viewer: 0 });
    customer.hear({ ...entry, earlier: true });
    await clock.advance(ANSWER_DELAY * 2);
    expect(answers).toEqual([]);
  });
});
