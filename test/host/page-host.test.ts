/** A host that runs in a page: it bundles without anything of Node's, and streams as exactly as any other. */
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Picture } from '../../codecs/index.js';
import { builtFile } from '../../engine/artifacts.js';
import { type RunningRelay, startRelay } from '../../engine/relay/index.js';
import { HeadlessViewer } from '../../engine/viewer/headless.js';
import { launchBrowser } from '../console/support/browser.js';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** Rejects where something of Node's is imported: a browser has nothing by such a name. */
const bundle = (entryPoints: string[], outdir: string) =>
  build({ entryPoints, outdir, bundle: true, format: 'esm', platform: 'browser', logLevel: 'silent' });

function hashOf({ width, height, stride, pixels }: Picture): string {
  const tight = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    tight.set(pixels.subarray(y * stride, y * stride + width * 4), y * width * 4);
  }
  // What is seen has no transparency; who decodes may write anything there.
  for (let i = 3; i < tight.length; i += 4) tight[i] = 255;
  return createHash('sha256').update(tight).digest('hex');
}

describe('a host in a page', () => {
  let folder: string;
  let relay: RunningRelay;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sightline-page-host-'));
    await bundle(['page/page.ts', 'page/host-worker.ts', 'page/coder-worker.ts'].map(here), folder);
    copyFileSync(builtFile('wasm', 'kernels.wasm'), join(folder, 'kernels.wasm'));
    writeFileSync(
      join(folder, 'index.html'),
      '<!doctype html><title>Host</title><script type="module" src="/page.js"></script>',
    );
    relay = await startRelay({ page: folder });
  });
  afterAll(async () => {
    await relay.close();
    rmSync(folder, { recursive: true });
  });

  it('streams what it paints to a viewer, pixel by pixel, its threads helping', async () => {
    const browser = await launchBrowser();
    const token = randomBytes(18).toString('base64url');
    const key = randomBytes(18).toString('base64url');
    const errors: string[] = [];
    let viewer: HeadlessViewer | undefined;
    try {
      const page = await browser.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(relay.address);
      await page.evaluate((ask) => window.ask(ask), {
        kind: 'start' as const,
        link: relay.linkAddress,
        token,
        key,
      });
      const watching = await HeadlessViewer.open({ address: `${relay.address}/#${token}` });
      viewer = watching;
      await watching.untilJoined();
      for (const seed of [2, 3, 4]) {
        const painted = await page.evaluate((ask) => window.ask(ask), { kind: 'paint' as const, seed });
        await watching.until(() => hashOf(watching.picture) === painted, `picture ${seed}`);
      }
      const stats = await page.evaluate((ask) => window.ask(ask), { kind: 'stats' as const });
      expect(stats).toMatchObject({ pool: { threads: 2, retaken: 0 }, faults: [] });
      expect((stats as { pool: { tasks: number } }).pool.tasks).toBeGreaterThan(0);
      expect(errors).toEqual([]);
    } finally {
      viewer?.session.close();
      await browser.close();
    }
  });

  it('would be noticed if it needed Node', async () => {
    await expect(bundle([here('../../engine/host/index.ts')], join(folder, 'node'))).rejects.toThrow(
      /node:os/,
    );
  });
});
