/** What holds for every route of a site, over both transports. */
import { getCookie, setCookie } from 'hono/cookie';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SightlineError } from '../../codecs/index.js';
import {
  answerFrom,
  createSite,
  MAX_BODY_BYTES,
  type Site,
  securityHeaders,
} from '../../engine/http/index.js';
import {
  chooseTransport,
  type HttpRequest,
  type Listening,
  ProxyTrust,
} from '../../engine/transport/index.js';
import { allowsOrigin } from '../../engine/transport/upgrade-policy.js';
import { describeOverTransports } from '../support/transports.js';

describeOverTransports('a site over', (transport) => {
  let listening: Listening;
  let site: Site;
  let here: string;

  beforeEach(async () => {
    const headers = (request: HttpRequest) => securityHeaders(request.header('host'));
    site = createSite({
      headers,
      allowsOrigin: (origin, host) => allowsOrigin(origin, host, ['https://console.example']),
    });
    listening = await (await chooseTransport(transport)).transport.listen({
      host: '127.0.0.1',
      port: 0,
      onRequest: (request) => answerFrom(site, request, headers),
      headers: {},
      onLink: () => {},
      admits: () => true,
      maxConnections: 100,
      proxies: new ProxyTrust(['127.0.0.1']),
      maxBufferedBytes: 1_000_000,
      serves: () => true,
      allowedOrigins: [],
      maxLinks: 10,
      maxLinksPerAddress: 10,
    });
    here = `http://127.0.0.1:${listening.port}`;
  });
  afterEach(() => listening.close());

  it('routes by method and path, with query, headers, JSON and the address of the client', async () => {
    site.get('/things/:id', (c) =>
      c.json({
        id: c.req.param('id'),
        query: c.req.query('q'),
        address: c.env.request.address,
        agent: c.req.header('user-agent'),
      }),
    );
    site.post('/things', async (c) => c.json({ got: await c.req.json() }, 201));
    const got = await fetch(`${here}/things/a%20b?q=%C3%A9`, {
      headers: { 'user-agent': 'test', 'x-forwarded-for': '198.51.100.7' },
    });
    expect(await got.json()).toEqual({ id: 'a b', query: 'é', address: '198.51.100.7', agent: 'test' });
    const made = await fetch(`${here}/things`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":[1,2]}',
    });
    expect([made.status, await made.json()]).toEqual([201, { got: { a: [1, 2] } }]);
    const head = await fetch(`${here}/things/1`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(20);
    expect((await fetch(`${here}/things`)).status).toBe(404);
    expect((await fetch(`${here}/things/1`, { method: 'DELETE' })).status).toBe(405);
  });

  it('gives every answer the headers, and lets nobody keep it', async () => {
    site.get('/there', (c) => c.text('yes'));
    site.get('/fails', () => {
      throw new SightlineError('not-found', 'There is no such thing.');
    });
    for (const [path, status] of Object.entries({ '/there': 200, '/nothing': 404, '/fails': 404 })) {
      const answer = await fetch(here + path);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('strict-transport-security')).toBeNull();
    }
    expect(await (await fetch(`${here}/fails`)).text()).toBe('There is no such thing.\n');
  });

  it('sets several cookies and reads them', async () => {
    site.get('/set', (c) => {
      setCookie(c, 'one', '1', { httpOnly: true, sameSite: 'Strict' });
      setCookie(c, 'two', 'b c');
      return c.body(null, 204);
    });
    site.get('/get', (c) => c.json(getCookie(c)));
    const set = await fetch(`${here}/set`);
    expect(set.status).toBe(204);
    expect(set.headers.getSetCookie()).toEqual([
      'one=1; Path=/; HttpOnly; SameSite=Strict',
      'two=b%20c; Path=/',
    ]);
    const got = await fetch(`${here}/get`, { headers: { cookie: 'one=1; two=b%20c' } });
    expect(await got.json()).toEqual({ one: '1', two: 'b c' });
  });

  it('takes forms from its own pages and allowed ones, and from no other', async () => {
    site.post('/form', async (c) => c.json(await c.req.parseBody()));
    const send = async (headers: Record<string, string>) =>
      (await fetch(`${here}/form`, { method: 'POST', headers, body: new URLSearchParams({ a: '1' }) }))
        .status;
    expect(await send({ origin: here })).toBe(200);
    expect(await send({ origin: 'https://console.example' })).toBe(200);
    for (const origin of [
      'https://evil.example',
      'null',
      here.replace('127.0.0.1', '127.0.0.1.evil.example'),
    ]) {
      expect(await send({ origin })).toBe(403);
    }
  });

  it('refuses bodies that are too long, announced or not', async () => {
    let calls = 0;
    site.post('/text', async (c) => {
      calls++;
      return c.text(String((await c.req.text()).length));
    });
    const send = (body: BodyInit) =>
      fetch(`${here}/text`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        duplex: 'half',
      } as RequestInit);
    expect(await (await send('x'.repeat(MAX_BODY_BYTES))).text()).toBe(String(MAX_BODY_BYTES));
    expect((await send('x'.repeat(MAX_BODY_BYTES + 1))).status).toBe(413);
    expect(await (await send(new Blob(['abc']).stream())).text()).toBe('3');
    expect((await send(new Blob(['x'.repeat(MAX_BODY_BYTES + 1)]).stream())).status).toBe(413);
    expect(calls).toBe(2);
  });
});
