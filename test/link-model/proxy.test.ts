import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseLink, preciseClock, type ShapedProxy, shapedProxy } from '../../engine/link-model/index.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A server that answers everything that it was sent, when that has ended. */
async function echoServer(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return (server.address() as AddressInfo).port;
}

async function proxyOf(words: string, target: number): Promise<ShapedProxy> {
  const proxy = await shapedProxy({ target, link: parseLink(words), seed: 1 });
  open.push(proxy);
  return proxy;
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

async function received(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('a link before a real server', () => {
  it.each(['lan', 'rate=40mbit,delay=5ms,jitter=3ms,loss=2%,buffer=8kB', 'none'])(
    'passes on every byte both ways, and the end: %s',
    async (words) => {
      const proxy = await proxyOf(words, await echoServer());
      const sent = [1, 2, 3].map(() => randomFillSync(new Uint8Array(300_000)));
      const answers = await Promise.all(
        sent.map((bytes) => {
          const socket = connect(proxy.port, '127.0.0.1');
          socket.end(bytes);
          return received(socket);
        }),
      );
      expect(answers.map(md5)).toEqual(sent.map(md5));
      const { down, up } = proxy.counts();
      expect(up.bytes).toBeGreaterThanOrEqual(900_000);
      expect(down.bytes).toBeGreaterThanOrEqual(900_000);
      expect(up.losses > 0).toBe(words.includes('loss'));
    },
  );

  it.each(['up', 'down', 'both'] as const)(
    'passes nothing while frozen %s, closes nothing, and loses nothing',
    async (way) => {
      const proxy = await proxyOf('none', await echoServer());
      const socket = connect(proxy.port, '127.0.0.1');
      let heard = Buffer.alloc(0);
      let waiting = () => {};
      socket.on('data', (chunk) => {
        heard = Buffer.concat([heard, chunk]);
        waiting();
      });
      const until = (bytes: number) =>
        new Promise<void>((resolve) => {
          waiting = () => heard.length >= bytes && resolve();
          waiting();
        });
      socket.write('before');
      await until(6);

      proxy.freeze(way);
      socket.write(' frozen');
      // Another connection passes: it has come and gone while nothing of the frozen one did.
      const other = connect(proxy.port, '127.0.0.1');
      other.end('other');
      expect(String(await received(other))).toBe('other');
      expect(String(heard)).toBe('before');
      expect(socket.destroyed).toBe(false);

      proxy.thaw();
      await until(13);
      expect(String(heard)).toBe('before frozen');
      const ended = once(socket, 'end');
      socket.end();
      await ended;
    },
  );

  it('tells nobody of an end before the thaw', async () => {
    const ends: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.on('close', () => ends.push('server'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(server);
    const proxy = await proxyOf('none', (server.address() as AddressInfo).port);
    const [[accepted], socket] = await Promise.all([
      once(server, 'connection') as Promise<[Socket]>,
      (async () => {
        const made = connect(proxy.port, '127.0.0.1');
        await once(made, 'connect');
        return made;
      })(),
    ]);
    proxy.freeze();
    socket.resetAndDestroy();
    const other = connect(proxy.port, '127.0.0.1');
    const second = once(server, 'connection') as Promise<[Socket]>;
    const gone = second.then(([each]) => once(each, 'close'));
    await once(other, 'connect');
    other.destroy();
    await gone;
    expect(ends).toEqual(['server']);
    expect(accepted.destroyed).toBe(false);
    const closed = once(accepted, 'close');
    proxy.thaw();
    await closed;
    expect(ends).toEqual(['server', 'server']);
  });

  it('leads to several servers, and all share the line', async () => {
    const proxy = await proxyOf('lan', await echoServer());
    const ports = [proxy.port, await proxy.also(await echoServer())];
    expect(new Set(ports).size).toBe(2);
    const sent = ports.map(() => randomFillSync(new Uint8Array(100_000)));
    const answers = await Promise.all(
      ports.map((port, index) => {
        const socket = connect(port, '127.0.0.1');
        socket.end(sent[index]!);
        return received(socket);
      }),
    );
    expect(answers.map(md5)).toEqual(sent.map(md5));
    expect(proxy.counts().up.bytes).toBeGreaterThanOrEqual(200_000);
    await proxy.close();
    for (const port of ports) {
      const refused = connect(port, '127.0.0.1');
      await expect(once(refused, 'connect')).rejects.toThrow('ECONNREFUSED');
    }
  });

  it('closes with either side, and leaves nothing open', async () => {
    const port = await echoServer();
    const proxy = await proxyOf('delay=1ms', port);
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('hello');
    await once(socket, 'data');
    await proxy.close();
    await once(socket, 'close');
    await proxy.close();
  });

  it('lets go of a client whose server is not there', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const proxy = await proxyOf('delay=1ms', port);
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
  });
});

describe('the precise clock', () => {
  it('never comes early, and does not come when it is cancelled', async () => {
    const seen: number[] = [];
    const start = preciseClock.now();
    const early: number[] = [];
    const cancel = preciseClock.after(3_000, () => expect.unreachable());
    await new Promise<void>((resolve) => {
      for (const delay of [20_000, 0, 5_000, 300]) {
        preciseClock.after(delay, () => {
          seen.push(delay);
          if (preciseClock.now() - start < delay) early.push(delay);
          if (delay === 20_000) resolve();
        });
      }
      cancel();
    });
    expect(seen.sort((a, b) => a - b)).toEqual([0, 300, 5_000, 20_000]);
    expect(early).toEqual([]);
  });
});
