/** Compressed pages: which form is sent to whom, over both transports. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chooseEncoding, ENCODINGS, type Encoding } from '../../engine/http/encodings.js';
import { readPage } from '../../engine/http/page-files.js';
import { builtFile, type RunningRelay, startRelay } from '../../engine/index.js';
import { describeOverTransports } from '../support/transports.js';

const formsOf = (encodings: readonly Encoding[]) => new Map(encodings.map((encoding) => [encoding, 0]));

describe('an encoding', () => {
  it.each([
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'identity'],
    ['br;q=0.5, gzip', 'gzip'],
    ['BR ; Q=1.0,gzip;q=0.9', 'br'],
    ['gzip;q=0', 'identity'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['identity, br;q=0.5', 'identity'],
    ['identity;q=0, gzip;q=0.1', 'gzip'],
    ['br;q=nonsense, gzip;q=2', 'identity'],
    [',;,;q=1,', 'identity'],
    [`${'x,'.repeat(100_000)}br`, 'identity'],
  ])('for "%.40s" is %s', (header, encoding) => {
    expect(chooseEncoding(header, formsOf(ENCODINGS))).toBe(encoding);
  });

  it('is one that there is', () => {
    expect(chooseEncoding('gzip, br', formsOf(['identity']))).toBe('identity');
    expect(chooseEncoding('gzip, br', formsOf(['identity', 'gzip']))).toBe('gzip');
  });
});

const SCRIPT = 'export const number = 1;\n'.repeat(400);

describeOverTransports('a compressed page over', (transport) => {
  let page: string;
  let relay: RunningRelay;

  beforeAll(() => {
    page = mkdtempSync(join(tmpdir(), 'sightline-page-'));
    writeFileSync(join(page, 'index.html'), '<!doctype html><title>Sightline</title>');
    writeFileSync(join(page, 'main.js'), SCRIPT);
    writeFileSync(join(page, 'main.js.br'), brotliCompressSync(SCRIPT));
    writeFileSync(join(page, 'main.js.gz'), gzipSync(SCRIPT));
    writeFileSync(join(page, 'stale.js'), SCRIPT);
    writeFileSync(join(page, 'stale.js.br'), brotliCompressSync('export const number = 2;'));
    writeFileSync(join(page, 'stale.js.gz'), 'nothing that gzip knows');
  });
  afterAll(() => rmSync(page, { recursive: true }));
  beforeEach(async () => {
    relay = await startRelay({ transport, page });
  });
  afterEach(() => relay.close());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const asked = request(`${relay.address}${path}`, { method, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      });
      asked.on('error', reject);
      asked.end();
    });

  it('is sent in the form that the client likes best, each with its own tag', async () => {
    const forms = {
      br: await get('/main.js', { 'accept-encoding': 'gzip, deflate, br' }),
      gzip: await get('/main.js', { 'accept-encoding': 'gzip' }),
      plain: await get('/main.js'),
    };
    expect(brotliDecompressSync(forms.br.body).toString()).toBe(SCRIPT);
    expect(gunzipSync(forms.gzip.body).toString()).toBe(SCRIPT);
    expect(forms.plain.body.toString()).toBe(SCRIPT);
    expect(Object.values(forms).map((form) => form.headers['content-encoding'])).toEqual([
      'br',
      'gzip',
      undefined,
    ]);
    expect(new Set(Object.values(forms).map((form) => form.headers.etag)).size).toBe(3);
    for (const { headers, body } of Object.values(forms)) {
      expect(headers).toMatchObject({
        vary: 'Accept-Encoding',
        'content-type': 'text/javascript; charset=utf-8',
        'content-length': String(body.length),
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('is not sent again to who has that form', async () => {
    const accepts = { 'accept-encoding': 'br' };
    const tag = (await get('/main.js', accepts)).headers.etag as string;
    for (const held of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await get('/main.js', { ...accepts, 'if-none-match': held });
      expect(again.status).toBe(304);
      expect(again.body.length).toBe(0);
      expect(again.headers).toMatchObject({ etag: tag, vary: 'Accept-Encoding' });
    }
    expect((await get('/main.js', { 'accept-encoding': 'gzip', 'if-none-match': tag })).status).toBe(200);
  });

  it('tells of the form that it would send', async () => {
    const { headers, body } = await get('/main.js', { 'accept-encoding': 'br' }, 'HEAD');
    expect(body.length).toBe(0);
    expect(headers).toMatchObject({
      'content-encoding': 'br',
      'content-length': String(brotliCompressSync(SCRIPT).length),
    });
  });

  it('is sent as it is where a compressed form is of something else, and those are no files', async () => {
    const { headers, body } = await get('/stale.js', { 'accept-encoding': 'br, gzip' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.vary).toBeUndefined();
    expect(body.toString()).toBe(SCRIPT);
    expect((await get('/main.js.br')).status).toBe(404);
    expect((await get('/', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined();
  });
});

describe('the built page', () => {
  it('is asked for each time, and what it names is kept for ever', () => {
    const files = readPage(builtFile('page'));
    const index = files.get('/')!;
    expect(index.caching).toBe('no-cache');
    const html = Buffer.from(index.forms.get('identity')!.body).toString();
    const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]!);
    expect(named.map((path) => path.replace(/-[A-Z0-9]{8}/, ''))).toEqual([
      '/icon.svg',
      '/page.css',
      '/console.js',
      '/decode-worker.js',
      '/kernels.wasm',
    ]);
    for (const path of named.slice(1)) {
      expect([path, files.get(path)?.caching]).toEqual([path, 'public, max-age=31536000, immutable']);
    }
    expect(files.get('/icon.svg')?.caching).toBe('no-cache');
    expect(files.has('/console.js')).toBe(false);
  });

  it('has compressed forms of all that a browser loads and that is worth it', () => {
    const files = readPage(builtFile('page'));
    for (const [path, { forms }] of files) {
      const { body } = forms.get('identity')!;
      const isWorthIt = body.length >= 1024 && !path.endsWith('.map');
      expect([path, forms.size]).toEqual([path, isWorthIt ? 3 : 1]);
      if (isWorthIt) expect(forms.get('br')!.body.length).toBeLessThan(body.length / 2);
    }
  });
});
