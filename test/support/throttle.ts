/** A TCP proxy with a slow way back: what a server sends through it arrives at a limited rate. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ThrottledProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Time between portions: short beside a frame, long beside a timer's resolution. */
const PORTION_MS = 10;

/** Forwards to `target` on 127.0.0.1; at most `bytesPerSecond` come back on each connection. */
export async function throttledProxy(target: number, bytesPerSecond: number): Promise<ThrottledProxy> {
  const sockets = new Set<Socket>();
  const portion = Math.max(1, Math.round((bytesPerSecond * PORTION_MS) / 1000));
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pause();
    // Reading no more than a portion at a time lets TCP's own flow control push back on the server.
    const timer = setInterval(() => {
      const chunk = upstream.read(Math.min(portion, upstream.readableLength)) as Buffer | null;
      if (chunk !== null) client.write(chunk);
    }, PORTION_MS);
    upstream.on('readable', () => {});
    upstream.on('close', () => clearInterval(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
