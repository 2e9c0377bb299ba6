/** The Recordings tab in Chromium: files that are dropped, picked and kept; what they show at each moment. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ContainerSink } from '../../codecs/containers/index.js';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { convertRecording, loadKernelModule, loadRecordingModule } from '../../engine/index.js';
import { packRgb } from '../../harness/console/session/worker/picture-hash.js';
import { conversionWords, overlayCanvas } from '../../harness/convert/index.js';
import type { Bench } from './support/bench.js';
import { bench, setUpBench } from './support/hooks.js';
import { bytesOf } from './support/page.js';
import { makeTalk, shownAt } from './support/talk.js';

const execFileAsync = promisify(execFile);
const talk = await makeTalk();
const SECOND = 1_000_000;

setUpBench();

/** A video in memory. */
class MemoryVideo implements ContainerSink {
  readonly seekable = true;
  bytes = Buffer.alloc(0);

  write(part: Uint8Array, at = this.bytes.length): void {
    const grown = Buffer.alloc(Math.max(this.bytes.length, at + part.length));
    grown.set(this.bytes);
    grown.set(part, at);
    this.bytes = grown;
  }
}

/** The tab alone, without a session. */
function openTab(...how: Parameters<Bench['open']> extends [unknown?, ...infer Rest] ? Rest : never) {
  return bench.open(`${bench.relay.address}/?tab=recordings`, ...how);
}

/** Drops files onto the page, as a hand would. */
async function drop(
  page: Page,
  files: { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const items = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('dragover', init));
    document.body.dispatchEvent(new DragEvent('drop', init));
  }, items);
}

async function openTalk(page: Page, bytes = talk.bytes): Promise<void> {
  await drop(page, [{ name: 'Talk.rcrec', bytes }]);
  await page.waitForFunction(() => {
    const player = window.sightlineRecordings?.player;
    return player?.outline !== undefined && !player.playback.seeking;
  });
}

/** Waits until nothing is on its way, and answers where it stands and what it shows. */
async function settled(page: Page): Promise<{ time: number; sha256: string; jump: number }> {
  await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.seeking === false);
  return page.evaluate(async () => {
    const picture = await window.sightlineRecordings!.pictureHash();
    const { time, jump } = window.sightlineRecordings!.player!.playback;
    return { time, jump, sha256: picture!.sha256 };
  });
}

describe('a recording that is dropped', () => {
  it('shows the exact picture of every moment that is sought', async () => {
    const page = await openTab();
    await openTalk(page);
    expect(await settled(page)).toMatchObject({ time: 0, sha256: shownAt(talk, 0) });
    const bar = (await page.locator('#seek').boundingBox())!;
    for (const share of [0.9, 0.13, 0.5, 0.24, 1]) {
      const x = Math.min(bar.x + bar.width * share, bar.x + bar.width - 0.01);
      await page.mouse.click(x, bar.y + bar.height / 2);
      const { time, sha256 } = await settled(page);
      expect(time / (40 * SECOND)).toBeCloseTo(share, 2);
      expect(sha256, `at ${time}`).toBe(shownAt(talk, time));
    }
  });

  it('may be picked instead, and picked again', async () => {
    const page = await openTab();
    const file = {
      name: 'Talk.rcrec',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(talk.bytes),
    };
    for (let count = 0; count < 2; count++) {
      await page.setInputFiles('.file', file);
      await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.frame);
      expect((await settled(page)).sha256).toBe(shownAt(talk, 0));
      await page.click('#back');
      await expect.poll(() => page.locator('.entry').count()).toBe(count + 1);
    }
  });

  it('plays to its end, at any speed, and skips pauses when told to', async () => {
    const page = await openTab();
    await openTalk(page);
    await page.click('#idle');
    await page.click('#speed');
    await page.click('[data-value="16"]');
    const times = await page.evaluate(async () => {
      const seen: number[] = [];
      document.querySelector<HTMLElement>('#play')!.click();
      for (;;) {
        await new Promise(requestAnimationFrame);
        const { time, playing } = window.sightlineRecordings!.player!.playback;
        if (time > 0) seen.push(time);
        if (time > 39_999_999 && !playing) return seen;
      }
    });
    // From one second into the pause to half a second before its end in one go.
    expect(times.filter((time) => time > 12.5 * SECOND && time < 29.5 * SECOND)).toEqual([]);
    expect(await settled(page)).toMatchObject({ time: 40 * SECOND, sha256: shownAt(talk, 40 * SECOND) });
    expect(await page.getAttribute('#play', 'aria-label')).toBe('Play');
  });

  it('is driven by the keyboard', async () => {
    const page = await openTab();
    await openTalk(page);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      const { time, sha256 } = await settled(page);
      expect(sha256, `behind ${keys} at ${time}`).toBe(shownAt(talk, time));
      return time / SECOND;
    };
    expect(await press('ArrowRight')).toBe(5);
    expect(await press('l')).toBe(15);
    expect(await press('j', 'ArrowLeft')).toBe(0);
    expect(await press('5')).toBe(20);
    expect(await press('End')).toBe(40);
    expect(await press('Home')).toBe(0);
    await page.keyboard.press('.');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.time === 500_000);
    await page.keyboard.press('.');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.time === 1_000_000);
    expect(await press(',')).toBe(0.5);
    // Chapters: Blaise joins, the screen grows, he writes, the host is away and comes back.
    expect(await press(']')).toBe(2);
    expect(await press(']')).toBe(6);
    expect(await press(']', ']', ']')).toBe(9);
    expect(await press('[')).toBe(7);
    await page.keyboard.press('Space');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.playing);
    await page.keyboard.press('k');
    await page.waitForFunction(() => !window.sightlineRecordings?.player?.playback.playing);
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.speed === 2);
    await page.keyboard.press('o');
    expect(await page.isHidden('.over')).toBe(true);
    await page.keyboard.press('c');
    expect(await page.textContent('.chapters')).toContain('Blaise joined');
    await page.keyboard.press('Escape');
    expect(await page.isHidden('.chapters')).toBe(true);
  });

  it('has what was said beside it, up to the moment', async () => {
    const page = await openTab();
    await openTalk(page);
    await page.waitForSelector('.chat-said.later');
    expect(await page.textContent('.chat-said')).toContain('viewer 2 0:07');
    expect(await page.getAttribute('.chat-said a', 'href')).toBe('https://example.org/help');
    await page.click('.chat-said .link');
    expect((await settled(page)).time).toBe(7 * SECOND);
    await page.waitForSelector('.chat-said.current:not(.later)');
    await page.keyboard.press('m');
    expect(await page.isHidden('.chat-said')).toBe(true);
  });

  it('gives screenshots: with the drawings while they are shown, else the exact picture', async () => {
    const page = await openTab();
    await openTalk(page);
    await page.keyboard.press('ArrowRight');
    const { sha256 } = await settled(page);
    const shot = async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#player-screenshot')]);
      const image = await loadImage(await bytesOf(download));
      const canvas = createCanvas(image.width, image.height);
      canvas.getContext('2d').drawImage(image, 0, 0);
      const rgb = packRgb(canvas.getContext('2d').getImageData(0, 0, image.width, image.height).data);
      return createHash('sha256').update(rgb).digest('hex');
    };
    expect(await shot()).not.toBe(sha256);
    await page.click('#overlays');
    expect(await shot()).toBe(sha256);
  });
});

describe('a conversion', () => {
  it('gives the very file that the command line gives, and says how far it is', async () => {
    const page = await openTab();
    await openTalk(page);
    await page.click('#convert');
    await page.check('input[value="none"]');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#convert-start')]);
    expect(download.suggestedFilename()).toBe('Talk.mkv');
    const expected = new MemoryVideo();
    await convertRecording(await openRecording(bytesSource(talk.bytes)), {
      sink: expected,
      container: 'mkv',
      overlays: 'none',
      speed: 1,
      modules: { decode: await loadKernelModule(), recording: await loadRecordingModule() },
      makeCanvas: overlayCanvas,
      application: 'sightline console',
      words: conversionWords('en'),
    });
    expect(Buffer.compare(await bytesOf(download), expected.bytes)).toBe(0);
    await page.waitForSelector('.tray [data-phase="done"]');
    // Playing goes on as it was.
    expect((await settled(page)).sha256).toBe(shownAt(talk, 0));
    await page.click('.tray [data-action="cancel"]');
    await page.waitForSelector('.tray', { state: 'detached' });
  });

  it('burns drawings in, and is an AVI where that is wished', async () => {
    const page = await openTab({ locale: 'fr-FR' });
    await openTalk(page);
    await page.click('#convert');
    await page.check('input[value="avi"]');
    expect(await page.locator('input[value="track"]').count()).toBe(0);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#convert-start')]);
    expect(download.suggestedFilename()).toBe('Talk.avi');
    const { stdout } = await execFileAsync('ffprobe', [
      ...['-v', 'warning', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0'],
      await download.path(),
    ]);
    expect(stdout.trim()).toBe('msvideo1,400,240');
  });

  it('is a small WebM where that is wished', async () => {
    const page = await openTab();
    await openTalk(page);
    await page.click('#convert');
    await page.check('input[value="webm"]');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#convert-start')]);
    expect(download.suggestedFilename()).toBe('Talk.webm');
    const { stdout } = await execFileAsync('ffprobe', [
      ...['-v', 'warning', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0'],
      await download.path(),
    ]);
    expect(stdout).toContain('vp8,400,240');
  });

  it('is ended when that is wished, and leaves nothing', async () => {
    const page = await openTab();
    await openTalk(page);
    await page.click('#convert');
    await page.evaluate(async () => {
      const isThere = new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          const cancel = document.querySelector<HTMLElement>('.tray [data-action="cancel"]');
          if (cancel === null) return;
          observer.disconnect();
          cancel.click();
          resolve();
        }).observe(document.body, { childList: true, subtree: true });
      });
      document.querySelector<HTMLElement>('#convert-start')!.click();
      await isThere;
    });
    await page.waitForSelector('.tray', { state: 'detached' });
    const left = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('conversions');
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    });
    expect(left).toEqual([]);
  });
});

describe('what is wrong', () => {
  it('is a stretch of the file: the rest plays, and the page says what is missing', async () => {
    const damaged = talk.bytes.slice();
    const middle = Math.floor(damaged.length * 0.6);
    damaged.fill(0, middle, middle + 200);
    const page = await openTab();
    await openTalk(page, damaged);
    expect(await page.textContent('.damage')).toMatch(/Damaged from 0:\d+\.\d to 0:\d+\.\d; lost blocks: \d/);
    expect(await page.locator('.rail .gap').count()).toBe(1);
    expect((await settled(page)).sha256).toBe(shownAt(talk, 0));
    await page.keyboard.press('ArrowRight');
    expect((await settled(page)).sha256).toBe(shownAt(talk, 5 * SECOND));
  });

  it('is a file that was cut: it plays to where it ends', async () => {
    const page = await openTab();
    await openTalk(page, talk.bytes.subarray(0, Math.floor(talk.bytes.length / 2)));
    expect(await page.textContent('.damage')).toContain('not ended properly');
    await page.keyboard.press('End');
    const { time, sha256 } = await settled(page);
    expect(time).toBeGreaterThan(SECOND);
    expect(sha256).toBe(shownAt(talk, time));
  });

  it('is a file of another kind among others', async () => {
    const page = await openTab();
    await drop(page, [
      { name: 'Talk.rcrec', bytes: talk.bytes },
      { name: 'photo.png', bytes: new Uint8Array(1000).fill(7) },
    ]);
    await page.waitForSelector('[data-name="photo.png"] .bad');
    expect(await page.textContent('[data-name="photo.png"]')).toContain('not a Sightline recording');
    expect(await page.isDisabled('[data-name="photo.png"] .play')).toBe(true);
    const row = page.locator('[data-name="Talk"]');
    expect(await row.textContent()).toContain('Printer trouble · Reception');
    expect(await row.locator('.length').textContent()).toBe('0:40');
    await row.locator('.play').click();
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.frame);
    expect((await settled(page)).sha256).toBe(shownAt(talk, 0));
    await page.click('#back');
    await row.locator('[data-action="delete"]').click();
    await expect.poll(() => page.locator('.entry').count()).toBe(1);
  });
});

describe('a recording that is made in this page', () => {
  it('is kept beyond a reload, plays, can be renamed, saved and deleted', async () => {
    const page = await bench.open();
    await page.click('#quality');
    await page.click('[data-value="high"]');
    await page.waitForFunction(() => window.sightline.state.viewer.level === 3);
    await page.click('#record');
    await page.waitForFunction(() => {
      const { recording } = window.sightline.state;
      return recording.active && recording.bytes > 20_000;
    });
    await page.click('[data-tab="recordings"]');
    await page.waitForSelector('.entry .now');
    expect(await page.textContent('.entry')).toContain('Being recorded now');
    // The session goes on meanwhile.
    const frame = await page.evaluate(() => window.sightline.frame);
    await page.waitForFunction((old) => window.sightline.frame > old, frame);
    await page.click('.view:not([inert]) [data-tab="session"]');
    await page.click('#record');
    await page.waitForSelector('#recorded');
    await page.click('#recorded-play');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.frame);
    await page.click('#back');
    await page.waitForSelector('.entry .play:not(:disabled)');
    await page.reload();
    await page.waitForSelector('.entry .play:not(:disabled)');
    expect(await page.textContent('.entry')).toContain('Reception PC');
    await page.click('[data-action="rename"]');
    await page.fill('.rename', 'What: a/talk');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-name="What a talk"] .play:not(:disabled)');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('[data-action="download"]'),
    ]);
    expect(download.suggestedFilename()).toBe('What a talk.rcrec');
    await page.click('.entry .play');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.frame);
    const { sha256 } = await settled(page);
    expect(bench.frameOf(sha256, 3)).toBeGreaterThan(0);
    await page.click('#back');
    await page.click('[data-action="delete"]');
    await page.click('[data-action="confirm"]');
    await page.waitForSelector('.empty');
    await page.reload();
    await page.waitForSelector('.empty');
  });
});

describe('a marker', () => {
  it('is set by button or key while recording, named or not, and is a chapter', async () => {
    const page = await bench.open();
    await page.waitForFunction(() => window.sightline.state.seen);
    expect(await page.locator('#marker').count()).toBe(0);
    await page.click('#record');
    await page.waitForFunction(() => {
      const { recording } = window.sightline.state;
      return recording.active && recording.bytes > 20_000;
    });
    await page.click('#marker');
    await page.keyboard.type('Printer stops k');
    const pressed = await page.evaluate(() => window.sightline.state.markedAt!);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#marker-name', { state: 'detached' });
    expect(await page.textContent('#told')).toBe('The marker is set.');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('marker');
    // The key works everywhere; Escape takes the marker back; who turns to something else has set it.
    await page.keyboard.press('Control+Alt+Shift+K');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#marker-name', { state: 'detached' });
    await page.focus('#keyboard');
    await page.keyboard.press('Control+Alt+Shift+K');
    const second = await page.evaluate(() => window.sightline.state.markedAt!);
    await page.click('#record');
    await page.waitForSelector('#recorded');

    await page.click('[data-tab="recordings"]');
    await page.click('.entry .play:not(:disabled)');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.outline !== undefined);
    const markers = await page.evaluate(() =>
      window.sightlineRecordings!.player!.outline!.chapters.filter(({ kind }) => kind === 'marker'),
    );
    expect(markers).toMatchObject([
      { number: 1, text: 'Printer stops k' },
      { number: 2, text: '' },
    ]);
    // Not when it was named, but when the button was pressed.
    expect(markers[1]!.time - markers[0]!.time).toBeCloseTo(second - pressed, -1);
    await page.click('#chapters');
    const list = await page.locator('.chapters .chapter').allTextContents();
    expect(list.filter((line) => /Printer stops k|Marker 2/.test(line))).toHaveLength(2);
  });
});

describe('storage', () => {
  it('that is full ends a recording, which is kept, and says so', async () => {
    const page = await bench.open();
    await page.waitForFunction(() => window.sightline.state.seen);
    const browserSays = await page.context().newCDPSession(page);
    const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    await browserSays.send('Storage.overrideQuotaForOrigin', {
      origin: bench.relay.address,
      quotaSize: used + 3_000_000,
    });
    // It may be full at any time from now on.
    const told = page.waitForFunction(() =>
      document.querySelector('#told')?.textContent?.includes('storage for this page is full'),
    );
    await page.click('#record');
    // What is written first fits, and is kept.
    await page.waitForFunction(
      async (before) => ((await navigator.storage.estimate()).usage ?? 0) > before + 100_000,
      used,
    );
    let isFull = false;
    void told.then(() => {
      isFull = true;
    });
    // Each other quality is a whole picture: in the end more than there is room for.
    for (let turn = 0; !isFull; turn++) {
      const quality = turn % 2 === 0 ? 'high' : 'medium';
      await page.click('#quality');
      await page.click(`[data-value="${quality}"]`);
      const level = quality === 'high' ? 3 : 2;
      await page.waitForFunction((wanted) => window.sightline.state.viewer.level === wanted, level);
    }
    await told;
    await page.waitForSelector('#recorded');
    await page.click('[data-tab="recordings"]');
    await page.waitForSelector('.entry .play:not(:disabled)');
    await expect.poll(() => page.textContent('.storage')).toMatch(/keeps \d.* up to \d/);
    await page.click('.entry .play');
    await page.waitForFunction(() => window.sightlineRecordings?.player?.playback.frame);
  });
});

describe('who it is for', () => {
  it('speaks French', async () => {
    const page = await openTab({ locale: 'fr-FR' });
    await page.waitForSelector('.empty');
    expect(await page.textContent('.empty')).toContain('Aucun enregistrement');
    await openTalk(page);
    expect(await page.getAttribute('#play', 'aria-label')).toBe('Lecture');
    await page.click('#chapters');
    expect(await page.textContent('.chapters')).toContain('Blaise est arrivé(e)');
  });

  it('fits into windows of any width, light and dark', async () => {
    const page = await openTab({ locale: 'fr-FR', colorScheme: 'dark' });
    await openTalk(page);
    for (const width of [1400, 1000, 700, 400]) {
      await page.setViewportSize({ width, height: 700 });
      const right = () =>
        page.evaluate(() =>
          Math.max(
            document.documentElement.scrollWidth,
            ...['#player-fullscreen', '#player-screenshot', '#seek'].map(
              (name) => document.querySelector(name)!.getBoundingClientRect().right,
            ),
          ),
        );
      await expect.poll(right, { message: `at ${width}` }).toBeLessThanOrEqual(width + 0.5);
    }
  });
});
