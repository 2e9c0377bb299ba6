/** What every link promises, over real sockets on both transports. */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  CloseCode,
  chooseTransport,
  dialWebSocket,
  type Link,
  type Listening,
  type ListenOptions,
  ProxyTrust,
} from '../../engine/index.js';
import type { LinkPeer } from '../../engine/transport/index.js';
import { describeOverTransports } from '../support/transports.js';

/** A server for links that lets everybody in. */
const OPEN: ListenOptions = {
  host: '127.0.0.1',
  port: 0,
  onRequest: () => ({ status: 200, headers: {}, body: 'here' }),
  onLink: () => {},
  serves: () => true,
  admits: () => true,
  proxies: new ProxyTrust([]),
  headers: {},
  allowedOrigins: [],
  maxLinks: 10,
  maxLinksPerAddress: 10,
  maxConnections: 100,
  maxBufferedBytes: 1024 * 1024,
};

describeOverTransports('a link over', (name) => {
  let listening: Listening | undefined;

  afterEach(() => listening?.close());

  async function serve(onLink: (link: Link) => void, options: Partial<ListenOptions> = {}): Promise<string> {
    const { transport } = await chooseTransport(name);
    listening = await transport.listen({ ...OPEN, onLink, ...options });
    return `ws://127.0.0.1:${listening.port}/ws`;
  }

  const closed = (link: Link) =>
    new Promise<{ code: number; reason: string }>((resolve) => {
      link.onClose = (code, reason) => resolve({ code, reason });
    });

  it('carries whole messages of every size, in order, both ways', async () => {
    const url = await serve((link) => {
      link.onMessage = (message) => link.send(message.slice());
    });
    const link = await dialWebSocket(url);
    const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000, 1_048_576];
    const received: number[] = [];
    await new Promise<void>((resolve) => {
      link.onMessage = (message) => {
        expect(Buffer.compare(message, Buffer.alloc(message.byteLength, received.length))).toBe(0);
        if (received.push(message.byteLength) === sizes.length) resolve();
      };
      sizes.forEach((size, index) => {
        link.send(new Uint8Array(size).fill(index));
      });
    });
    expect(received).toEqual(sizes);
    link.close();
  });

  it('may forward a message as it was received, to several, with some of them slow', async () => {
    const links: Link[] = [];
    const url = await serve(
      (link) => {
        links.push(link);
        link.onMessage = (message) => {
          for (const other of links) if (other !== link) other.send(message);
        };
      },
      { maxBufferedBytes: 64 * 1024 * 1024 },
    );
    const source = await dialWebSocket(url);
    const targets = await Promise.all(Array.from({ length: 4 }, () => dialWebSocket(url)));
    const rounds = 150;
    const done = targets.map(
      (target) =>
        new Promise<void>((resolve) => {
          let count = 0;
          target.onMessage = (message) => {
            expect(Buffer.compare(message, Buffer.alloc(100_000, count))).toBe(0);
            if (++count === rounds) resolve();
          };
        }),
    );
    for (let round = 0; round < rounds; round++) source.send(new Uint8Array(100_000).fill(round));
    await Promise.all(done);
    for (const link of [source, ...targets]) link.close();
  });

  it('comes with what its opening request told of who opened it', async () => {
    let heard: (peer: LinkPeer) => void = () => {};
    const peer = new Promise<LinkPeer>((resolve) => {
      heard = resolve;
    });
    const { transport } = await chooseTransport(name);
    listening = await transport.listen({
      ...OPEN,
      proxies: new ProxyTrust(['127.0.0.1']),
      allowedOrigins: ['https://ok.example'],
      onLink: (_, from) => heard(from),
    });
    const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/ws`, {
      headers: { Origin: 'https://ok.example', Cookie: 'a=1; b=2', 'X-Forwarded-For': '198.51.100.7' },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    expect(await peer).toEqual({
      address: '198.51.100.7',
      origin: 'https://ok.example',
      cookie: 'a=1; b=2',
      secure: false,
    });
    socket.close();
  });

  it('tells both sides why it was closed, once, and is silent afterwards', async () => {
    const far = new Promise<Link>((resolve) => {
      void serve(resolve).then(async (url) => {
        near = await dialWebSocket(url);
        nearClosed = closed(near);
        near.send(Uint8Array.of(1));
      });
    });
    let near: Link | undefined;
    let nearClosed: Promise<{ code: number; reason: string }> | undefined;
    const link = await far;
    await new Promise<void>((resolve) => {
      link.onMessage = () => resolve();
    });
    let times = 0;
    link.onClose = (code, reason) => {
      times++;
      expect([code, reason]).toEqual([CloseCode.Conflict, 'Another.']);
    };
    link.close(CloseCode.Conflict, 'Another.');
    link.close(CloseCode.Malformed, 'Too late.');
    link.send(Uint8Array.of(2));
    expect(link.bufferedBytes).toBe(0);
    expect(await nearClosed).toEqual({ code: CloseCode.Conflict, reason: 'Another.' });
    near!.send(Uint8Array.of(3));
    near!.close();
    expect(times).toBe(1);
  });

  it('hears of the other side closing, and of its vanishing', async () => {
    const codes: number[] = [];
    let tell: () => void = () => {};
    const url = await serve((link) => {
      link.onClose = (code) => {
        codes.push(code);
        tell();
      };
    });
    const next = () =>
      new Promise<void>((resolve) => {
        tell = resolve;
      });
    const polite = await dialWebSocket(url);
    let heard = next();
    polite.close(CloseCode.GoingAway, 'Bye.');
    await heard;
    heard = next();
    const socket = connect(listening!.port, '127.0.0.1');
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${listening!.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await heard;
    expect(codes).toEqual([CloseCode.GoingAway, 1006]);
    expect(listening!.links).toBe(0);
  });

  it('is closed when it buffers more than it may, and takes no more memory', async () => {
    const far = new Promise<Link>((resolve) => {
      void serve(resolve).then((url) => {
        const { port, pathname } = new URL(url);
        const socket = connect(Number(port), '127.0.0.1');
        socket.write(
          `GET ${pathname} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
        );
        socket.pause();
        deaf = socket;
      });
    });
    let deaf: { destroy(): void } | undefined;
    const link = await far;
    const end = closed(link);
    let most = 0;
    let sent = 0;
    let isClosed = false;
    void end.then(() => {
      isClosed = true;
    });
    while (!isClosed && sent < 400) {
      link.send(new Uint8Array(100_000));
      most = Math.max(most, link.bufferedBytes);
      sent++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await end).code).toBe(CloseCode.TooSlow);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(1024 * 1024 + 100_100);
    expect(link.bufferedBytes).toBe(0);
    deaf?.destroy();
  });
});

describe('dialling', () => {
  it('says what is wrong', async () => {
    await expect(dialWebSocket('nonsense')).rejects.toMatchObject({ code: 'bad-argument', field: 'url' });
    const { transport } = await chooseTransport('ws');
    const gone = await transport.listen(OPEN);
    await gone.close();
    await expect(dialWebSocket(`ws://127.0.0.1:${gone.port}/ws`)).rejects.toMatchObject({ code: 'refused' });
  });
});
