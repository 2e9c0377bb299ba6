/** The relay over real sockets, on both transports. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  Channel,
  CloseCode,
  chooseTransport,
  dialWebSocket,
  MAX_MESSAGE_BYTES,
  type RunningRelay,
  SLICE_HEADER_BYTES,
  startRelay,
} from '../../engine/index.js';
import { Peer, sliceMessage } from '../room/peer.js';
import { FakeClock } from '../support/clock.js';
import { describeOverTransports, TRANSPORTS_HERE } from '../support/transports.js';

describeOverTransports('a relay on', (transport) => {
  let page: string;
  let relay: RunningRelay;
  let clock: FakeClock;

  beforeEach(async () => {
    page = mkdtempSync(join(tmpdir(), 'sightline-page-'));
    mkdirSync(join(page, 'assets'));
    writeFileSync(join(page, 'index.html'), '<!doctype html><title>Sightline</title>');
    writeFileSync(join(page, 'assets', 'a b.js'), 'export {};');
    clock = new FakeClock();
    relay = await startRelay({
      transport,
      page,
      clock,
      maxLinks: 6,
      allowedOrigins: ['https://ok.example'],
      limits: { grace: 10_000_000 },
    });
  });
  afterEach(async () => {
    await relay.close();
    rmSync(page, { recursive: true });
  });

  const peer = async () => new Peer(await dialWebSocket(relay.linkAddress));
  const session = async () => {
    const host = await peer();
    host.helloAsHost();
    await host.until((party) => party.last('host-welcome') !== undefined);
    const viewer = await peer();
    viewer.helloAsViewer();
    await host.until((party) => party.last('refresh') !== undefined);
    return { host, viewer };
  };

  it('binds to the local machine and says which transport runs and why', async () => {
    expect(relay.transport).toBe(transport);
    expect(relay.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const health = (await (await fetch(`${relay.address}/healthz`)).json()) as Record<string, unknown>;
    expect(health).toMatchObject({ status: 'ok', transport, sessions: 0, viewers: 0, uptimeSeconds: 0 });
    expect(health.reason).toBe(relay.reason);
    const metrics = await (await fetch(`${relay.address}/metrics`)).text();
    expect(metrics).toContain(`transport="${transport}",reason="${relay.reason}"`);
  });

  it('carries a session from hello to ack, byte for byte', async () => {
    const { host, viewer } = await session();
    const picture = sliceMessage({ frame: 1, viewer: 1, base: 0 }, 300_000);
    for (let index = SLICE_HEADER_BYTES; index < picture.length; index++) picture[index] = index * 31;
    const expected = picture.slice();
    host.link.send(picture);
    await viewer.until((party) => party.frames().length === 1);
    expect(Buffer.compare(viewer.on(Channel.Display)[0]!, expected)).toBe(0);
    viewer.ack(1);
    await host.until((party) => party.acks().length === 1);
    expect(host.acks()[0]).toMatchObject({ kind: 'frame', frame: 1, viewer: 1 });
    const metrics = await (await fetch(`${relay.address}/metrics`)).text();
    expect(metrics).toContain(
      `sightline_relay_bytes_total{channel="display",direction="out"} ${expected.length}`,
    );
    expect(metrics).toContain('sightline_relay_viewers_live 1');
  });

  it('carries slices back to back to several viewers without mixing them up', async () => {
    const { host, viewer } = await session();
    const second = await peer();
    second.helloAsViewer();
    await host.until((party) => party.controls('refresh').length === 2);
    host.slice({ frame: 1, viewer: 1, base: 0 });
    host.slice({ frame: 1, viewer: 2, base: 0 });
    for (let frame = 2; frame <= 40; frame++) {
      host.slice({ frame, last: false }, 20_000);
      host.slice({ frame, first: false, slice: 1 }, 1_000);
      await Promise.all([viewer, second].map((one) => one.until((party) => party.frames().includes(frame))));
      viewer.ack(frame);
      second.ack(frame);
      await host.until((party) => party.acks().length === 2 * (frame - 1));
    }
    for (const one of [viewer, second]) {
      expect(one.frames()).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      for (const message of one.on(Channel.Display)) {
        expect(message.subarray(SLICE_HEADER_BYTES).every((byte) => byte === message[4])).toBe(true);
      }
    }
  });

  it('tells the others when a socket breaks', async () => {
    const { host, viewer } = await session();
    host.link.close(CloseCode.GoingAway);
    await viewer.until((party) => party.last('host-state')?.state === 'away');
    clock.advanceNow(10_000_000);
    await viewer.until((party) => party.closed !== undefined);
    expect(viewer.last('host-state')?.state).toBe('ended');
    expect(viewer.closed?.code).toBe(CloseCode.SessionEnded);
  });

  it('closes a link that says nothing, and one that says too much', async () => {
    const silent = await peer();
    clock.advanceNow(10_000_000);
    await silent.until((party) => party.closed !== undefined);
    expect(silent.closed?.code).toBe(CloseCode.Timeout);
    expect(silent.last('refused')).toMatchObject({ code: 'timeout', retry: true });

    const long = await peer();
    long.link.send(new Uint8Array(MAX_MESSAGE_BYTES + 1));
    await long.until((party) => party.closed !== undefined);
    expect([1006, 1009]).toContain(long.closed?.code);
  });

  it('refuses text messages', async () => {
    const socket = new WebSocket(relay.linkAddress);
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send('hello');
    expect(await closed).toBe(CloseCode.Malformed);
  });

  it('lets its own page and allowed ones open links, and no other', async () => {
    expect(await upgradeStatus(relay, { origin: relay.address })).toBe(101);
    expect(await upgradeStatus(relay, { origin: 'https://ok.example' })).toBe(101);
    expect(await upgradeStatus(relay, { origin: 'https://evil.example' })).toBe(403);
    expect(await upgradeStatus(relay, { origin: 'null' })).toBe(403);
    expect(await upgradeStatus(relay, { path: '/other' })).not.toBe(101);
  });

  it('has a cap on links', async () => {
    const open = await Promise.all(Array.from({ length: 6 }, () => peer()));
    expect(await upgradeStatus(relay, {})).toBe(503);
    await expect(dialWebSocket(relay.linkAddress)).rejects.toMatchObject({ code: 'refused' });
    const metrics = await (await fetch(`${relay.address}/metrics`)).text();
    expect(metrics).toContain('sightline_relay_refused_upgrades_total 2');
    expect(metrics).toContain('sightline_relay_links 6');
    for (const party of open) party.link.close();
  });

  it('serves the page with its headers, types and tags, and nothing else', async () => {
    const index = await fetch(`${relay.address}/`);
    expect(index.status).toBe(200);
    expect(await index.text()).toContain('<title>Sightline</title>');
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = index.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${relay.port} wss://127.0.0.1:${relay.port}`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(index.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(index.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(index.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(index.headers.get('x-content-type-options')).toBe('nosniff');
    expect(index.headers.get('referrer-policy')).toBe('no-referrer');

    const script = await fetch(`${relay.address}/assets/a%20b.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const etag = script.headers.get('etag')!;
    const again = await fetch(`${relay.address}/assets/a%20b.js`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');

    const head = await fetch(`${relay.address}/`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('39');
    expect((await fetch(`${relay.address}/`, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await fetch(`${relay.address}/nothing`)).status).toBe(404);
    expect(await rawGet(relay.port, '/../../../../etc/passwd')).toMatch(/^HTTP\/1\.1 40[04]/);
    expect(await rawGet(relay.port, '/assets/..%2f..%2fpackage.json')).toMatch(/^HTTP\/1\.1 404/);
  });

  it('says that the page is not built', async () => {
    const bare = await startRelay({ transport, page: join(page, 'missing') });
    const answer = await fetch(`${bare.address}/`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('npm run build');
    await bare.close();
  });

  it('refuses a port that is taken', async () => {
    for (const second of TRANSPORTS_HERE) {
      await expect(startRelay({ transport: second, port: relay.port })).rejects.toMatchObject({
        code: 'refused',
        field: 'port',
      });
    }
  });

  it('lets everybody go when it stops', async () => {
    const { host, viewer } = await session();
    await relay.close();
    await Promise.all([host, viewer].map((one) => one.until((party) => party.closed !== undefined)));
    expect([host.closed?.code, viewer.closed?.code]).toEqual([CloseCode.GoingAway, CloseCode.GoingAway]);
    await expect(dialWebSocket(relay.linkAddress)).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('the choice of a transport', () => {
  it('takes uWebSockets.js by itself where it loads, and what it is told', async () => {
    const auto = await chooseTransport('auto');
    expect(auto.transport.name).toBe(TRANSPORTS_HERE[0]);
    expect(auto.reason).toContain(process.version);
    expect((await chooseTransport('ws')).transport.name).toBe('ws');
    expect((await chooseTransport('ws')).reason).toBe('ws was asked for.');
  });
});

/** The status line's number of an upgrade request. */
function upgradeStatus(relay: RunningRelay, request: { origin?: string; path?: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(relay.port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (bytes: Buffer) => {
      resolve(Number(bytes.toString().split(' ')[1]));
      socket.destroy();
    });
    socket.write(
      [
        `GET ${request.path ?? '/ws'} HTTP/1.1`,
        `Host: 127.0.0.1:${relay.port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ...(request.origin === undefined ? [] : [`Origin: ${request.origin}`]),
        '\r\n',
      ].join('\r\n'),
    );
  });
}

function rawGet(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (bytes: Buffer) => {
      resolve(bytes.toString());
      socket.destroy();
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  });
}
