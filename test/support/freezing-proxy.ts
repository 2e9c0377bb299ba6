/** A TCP proxy that can stop passing bytes on without closing anything, as a network that goes away without a word. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

type Way = 'both' | 'up' | 'down';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What does not pass; undefined: everything does. */
  frozen: Way | undefined;
}

export interface FreezingProxy {
  readonly port: number;
  /** Freezes the connections that are there, whose bytes are lost from then on; new ones pass. */
  freeze(way?: Way): void;
  close(): Promise<void>;
}

export async function freezingProxy(target: number): Promise<FreezingProxy> {
  const pairs = new Set<Pair>();
  const server = createServer((client) => {
    const pair: Pair = { client, server: connect({ host: '127.0.0.1', port: target }), frozen: undefined };
    pairs.add(pair);
    const pass = (from: Socket, to: Socket, way: Way) => {
      const isFrozen = () => pair.frozen === 'both' || pair.frozen === way;
      from.on('data', (bytes) => {
        if (!isFrozen()) to.write(bytes);
      });
      from.on('error', () => {});
      from.on('close', () => {
        if (!isFrozen()) to.destroy();
      });
    };
    pass(pair.client, pair.server, 'up');
    pass(pair.server, pair.client, 'down');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    freeze(way = 'both') {
      for (const pair of pairs) pair.frozen = way;
    },
    async close() {
      for (const pair of pairs) {
        pair.client.destroy();
        pair.server.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
