/**
 * A TCP proxy with a slow way back: what a server sends through it arrives at a limited rate, which its connections
 * share in turns, as they do behind a router with fair queues. For tests and benchmarks.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ThrottledProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Time between portions: short beside a frame, long beside a timer's resolution. */
const PORTION_MS = 10;
/** What one connection may take before the next has its turn: an Ethernet packet. */
const TURN_BYTES = 1500;

/** Forwards to `target` on 127.0.0.1; at most `bytesPerSecond` come back, over all connections. */
export async function throttledProxy(target: number, bytesPerSecond: number): Promise<ThrottledProxy> {
  const pairs = new Set<{ readonly client: Socket; readonly upstream: Socket }>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair = { client, upstream };
    pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    // Read in portions, so that TCP's own flow control pushes back on the server.
    upstream.on('readable', () => {});
  });

  let credit = 0;
  let readAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // Unused credit is not saved up: a link that was idle is no faster afterwards.
    credit = Math.min(credit, 0) + ((now - readAt) / 1000) * bytesPerSecond;
    readAt = now;
    for (let isBusy = true; isBusy && credit > 0; ) {
      isBusy = false;
      for (const { client, upstream } of pairs) {
        if (credit <= 0 || upstream.readableLength === 0) continue;
        const chunk = upstream.read(Math.min(TURN_BYTES, upstream.readableLength)) as Buffer | null;
        if (chunk === null) continue;
        client.write(chunk);
        credit -= chunk.length;
        isBusy = true;
      }
    }
  }, PORTION_MS);

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(timer);
      for (const { client, upstream } of pairs) {
        client.destroy();
        upstream.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
