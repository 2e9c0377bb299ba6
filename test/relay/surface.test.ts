/** What anybody who reaches the relay's port can do to it, over both transports. */
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { dialWebSocket, type RunningRelay, type StartRelayOptions, startRelay } from '../../engine/index.js';
import { Peer } from '../room/peer.js';
import { describeOverTransports } from '../support/transports.js';

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

describeOverTransports("a relay's surface over", (transport) => {
  let relay: RunningRelay;
  afterEach(() => relay.close());

  const start = async (options: StartRelayOptions = {}) => {
    relay = await startRelay({ transport, ...options });
  };

  /** What comes back for lines of a request, until the other side closes or answers. */
  const ask = (...lines: string[]) =>
    new Promise<{ status: number; headers: string; body: string }>((resolve, reject) => {
      const socket = connect(relay.port, '127.0.0.1');
      let text = '';
      const done = () => {
        const [headers = '', body = ''] = text.split('\r\n\r\n', 2);
        resolve({ status: Number(text.split(' ')[1] ?? 0), headers: headers.toLowerCase(), body });
        socket.destroy();
      };
      socket.on('error', reject);
      socket.on('close', done);
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        if (text.includes('\r\n\r\n')) done();
      });
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });

  const get = (path: string, host: string, ...more: string[]) =>
    ask(`GET ${path} HTTP/1.1`, `Host: ${host}`, ...more);

  it('answers to addresses, localhost and names that it was told, pages and links', async () => {
    await start({ names: ['support.example'], allowedOrigins: ['https://console.example'] });
    for (const host of ['127.0.0.1', `localhost:${relay.port}`, '[::1]:8080', 'support.example']) {
      expect((await get('/healthz', host)).status).toBe(200);
      expect((await get('/ws', host, ...UPGRADE)).status).toBe(101);
      expect((await get('/ws', host, ...UPGRADE, `Origin: http://${host}`)).status).toBe(101);
    }
    for (const host of ['evil.example', `evil.example:${relay.port}`, 'localhost.evil.example']) {
      const page = await get('/', host);
      expect(page.status).toBe(421);
      expect(page.body).toContain('--name');
      expect((await get('/healthz', host)).status).toBe(421);
      expect((await get('/ws', host, ...UPGRADE, `Origin: http://${host}`)).status).toBe(421);
      expect((await get('/ws', host, ...UPGRADE)).status).toBe(421);
      expect((await get('/ws', host, ...UPGRADE, 'Origin: https://console.example')).status).toBe(421);
    }
    expect((await get('/', '')).status).toBe(400);
    // uWebSockets.js lets a request without a Host at all wait until its time is over.
    if (transport === 'uws') return;
    expect((await ask('GET / HTTP/1.1')).status).toBe(400);
    expect((await ask('GET /ws HTTP/1.1', ...UPGRADE)).status).toBe(400);
  });

  it('answers to its public addresses, and lets their pages in', async () => {
    await start({ publicUrls: ['https://support.example', 'http://other.example:8080'] });
    expect([relay.address, relay.linkAddress]).toEqual([
      'https://support.example',
      'wss://support.example/ws',
    ]);
    expect(relay.localAddress).toBe(`http://127.0.0.1:${relay.port}`);
    for (const host of ['support.example', 'other.example:8080', 'other.example']) {
      expect((await get('/healthz', host)).status).toBe(200);
    }
    expect((await get('/healthz', 'third.example')).status).toBe(421);
    const from = (origin: string) => get('/ws', '127.0.0.1', ...UPGRADE, `Origin: ${origin}`);
    expect((await from('https://support.example')).status).toBe(101);
    expect((await from('http://support.example')).status).toBe(403);
    for (const url of [
      'support.example',
      'ftp://a.example',
      'https://a.example/path',
      'https://u@a.example',
    ]) {
      await expect(startRelay({ transport, publicUrls: [url] })).rejects.toMatchObject({
        field: 'publicUrl',
      });
    }
  });

  it('is ready once it listens', async () => {
    await start();
    const ready = await get('/readyz', '127.0.0.1');
    expect([ready.status, ready.body]).toEqual([200, '{"ready":true}']);
  });

  it('gives every answer the headers that keep it from being misused', async () => {
    await start();
    const here = `Host: 127.0.0.1:${relay.port}`;
    const requests: [number, string[]][] = [
      [200, ['GET /healthz HTTP/1.1', here]],
      [200, ['HEAD /metrics HTTP/1.1', here]],
      [404, ['GET /nothing HTTP/1.1', here]],
      [404, ['GET /..%2fpackage.json HTTP/1.1', here]],
      [405, ['POST / HTTP/1.1', here, 'Content-Length: 0']],
      [405, ['POST / HTTP/1.1', here, 'Content-Length: 100000', 'Expect: 100-continue']],
      [405, ['OPTIONS / HTTP/1.1', here]],
      [405, ['DELETE /nothing HTTP/1.1', here]],
      [405, ['TRACE / HTTP/1.1', here]],
      [400, ['GET / HTTP/1.1', 'Host: ']],
      [421, ['GET / HTTP/1.1', 'Host: evil.example']],
      [421, ['GET /ws HTTP/1.1', 'Host: evil.example', ...UPGRADE]],
      [403, ['GET /ws HTTP/1.1', here, ...UPGRADE, 'Origin: https://evil.example']],
    ];
    for (const [status, lines] of requests) {
      let answer = await ask(...lines);
      // What comes before the answer proper.
      if (answer.status === 100) answer = await ask(...lines.filter((line) => !line.startsWith('Expect')));
      expect([lines[0], answer.status]).toEqual([lines[0], status]);
      for (const header of [
        'content-security-policy',
        'x-content-type-options: nosniff',
        'referrer-policy',
      ]) {
        expect(`${lines[0]}\n${answer.headers}`).toContain(`\r\n${header}`);
      }
    }
  });

  it('answers what it cannot read, and goes on', async () => {
    await start();
    const unreadable: [number, string[]][] = [
      [431, ['GET / HTTP/1.1', 'Host: 127.0.0.1', `X-Long: ${'x'.repeat(100_000)}`]],
      [400, ['NONSENSE']],
      [400, ['GET / HTTP/9.9', 'Host: 127.0.0.1']],
    ];
    for (const [expected, lines] of unreadable) {
      const { status, headers } = await ask(...lines);
      // uWebSockets.js has answers of its own, which nothing can be added to.
      if (transport === 'uws') continue;
      expect(status).toBe(expected);
      expect(headers).toContain('content-security-policy');
    }
    expect((await get('/healthz', '127.0.0.1')).status).toBe(200);
  });

  it('tells a program why it may not open a link', async () => {
    await start({ maxLinksPerAddress: 1 });
    const link = await dialWebSocket(relay.linkAddress);
    await expect(dialWebSocket(relay.linkAddress)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Too many links from this address. (429'),
    });
    link.close();
  });

  it("has room for so many links of one address, and tells a proxy's clients apart", async () => {
    await start({ maxLinksPerAddress: 2, trustProxy: ['127.0.0.1'] });
    const upgrade = async (...more: string[]) => (await get('/ws', '127.0.0.1', ...UPGRADE, ...more)).status;
    const links = await Promise.all([dialWebSocket(relay.linkAddress), dialWebSocket(relay.linkAddress)]);
    expect(await upgrade()).toBe(429);
    expect(await upgrade('X-Forwarded-For: 198.51.100.1')).toBe(101);
    expect(await upgrade('X-Forwarded-For: 127.0.0.1')).toBe(429);
    // A proxy that adds a header of its own after the client's.
    expect(await upgrade('X-Forwarded-For: 198.51.100.9', 'X-Forwarded-For: 127.0.0.1')).toBe(101);
    expect(await upgrade('X-Forwarded-For: 198.51.100.9, nonsense')).toBe(429);
    for (const link of links) link.close();
  });

  it("believes nobody's word about addresses unless told", async () => {
    await start({ maxLinksPerAddress: 1 });
    const link = await dialWebSocket(relay.linkAddress);
    expect((await get('/ws', '127.0.0.1', ...UPGRADE, 'X-Forwarded-For: 198.51.100.1')).status).toBe(429);
    link.close();
  });

  it('lets a technician in whose address has filled the waiting room', async () => {
    await start({ limits: { maxPending: 30, maxPendingPerAddress: 20 } });
    const host = new Peer(await dialWebSocket(relay.linkAddress));
    host.helloAsHost();
    await host.until((party) => party.last('host-welcome') !== undefined);
    for (let index = 0; index < 100; index++) await dialWebSocket(relay.linkAddress);
    const viewer = new Peer(await dialWebSocket(relay.linkAddress));
    viewer.helloAsViewer();
    await viewer.until((party) => party.last('viewer-welcome') !== undefined);
    expect(relay.relay.snapshot().pendingLinks).toBeLessThanOrEqual(20);
  });

  it('closes connections unread where there are too many', async () => {
    await start({ maxConnections: 3 });
    const silent = await Promise.all(
      Array.from(
        { length: 3 },
        () =>
          new Promise<ReturnType<typeof connect>>((resolve) => {
            const socket = connect(relay.port, '127.0.0.1', () => resolve(socket));
          }),
      ),
    );
    // They are counted when the relay has taken them, which is not when they are connected.
    let answer = await get('/healthz', '127.0.0.1').catch(() => undefined);
    while (answer?.status === 200) answer = await get('/healthz', '127.0.0.1').catch(() => undefined);
    expect(answer?.status ?? 0).toBe(0);
    for (const socket of silent) socket.destroy();
    while (answer?.status !== 200) answer = await get('/healthz', '127.0.0.1').catch(() => undefined);
    expect((await get('/metrics', '127.0.0.1')).status).toBe(200);
  });

  it('closes connections of an address that opens too many', async () => {
    await start({ limits: { connectionRate: { perSecond: 0.001, burst: 3 } } });
    for (let index = 0; index < 3; index++) expect((await get('/healthz', '127.0.0.1')).status).toBe(200);
    const answer = await get('/healthz', '127.0.0.1').catch(() => undefined);
    expect(answer?.status ?? 0).toBe(0);
  });

  it('closes what is slow, silent or never ends, and not what is quick', { timeout: 40_000 }, async () => {
    // uWebSockets.js has ten seconds of its own.
    await start({ requestTimeoutMs: 400 });
    const here = `Host: 127.0.0.1:${relay.port}`;
    const until = (first: string, drip?: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(relay.port, '127.0.0.1', () => socket.write(first));
        const timer = drip === undefined ? undefined : setInterval(() => socket.write(drip), 100);
        socket.on('error', () => {});
        socket.resume();
        socket.on('close', () => {
          clearInterval(timer);
          resolve();
        });
      });
    const link = new Peer(await dialWebSocket(relay.linkAddress));
    link.helloAsHost();
    await Promise.all([
      until(''),
      until('GET /'),
      until(`GET / HTTP/1.1\r\n${here}\r\nX-Drip: `, 'x'),
      until(`GET /healthz HTTP/1.1\r\n${here}\r\n\r\n`),
      until(`POST / HTTP/1.1\r\n${here}\r\nContent-Length: 1000\r\n\r\n`, 'x'),
      until(`GET /ws HTTP/1.1\r\n${here}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`),
      until(`GET /ws HTTP/1.1\r\n${here}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`),
      until(`GET /other HTTP/1.1\r\n${here}\r\n${UPGRADE.join('\r\n')}\r\n\r\n`),
    ]);
    expect(link.closed).toBeUndefined();
    expect(relay.relay.snapshot().sessions).toHaveLength(1);
  });
});
