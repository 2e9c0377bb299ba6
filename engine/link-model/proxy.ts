/**
 * A link of the model before a real server: a TCP proxy on 127.0.0.1 that passes bytes on as the link would. All
 * connections of one proxy share its line. Node only; in a process of its own, or its timers wait for others' work.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { SightlineError } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { Direction, type DirectionCounts, type Flow } from './direction.js';
import { preciseClock } from './precise-clock.js';
import type { LinkProfile } from './profile.js';
import { seededRandom } from './random.js';

export interface ShapedProxyOptions {
  /** Port of the server on 127.0.0.1. */
  readonly target: number;
  readonly link: LinkProfile;
  readonly seed: number;
  readonly clock?: Clock;
}

export interface ShapedProxy {
  readonly port: number;
  /** Another server on 127.0.0.1, over the same line; resolves with the port for it. Rejects as `shapedProxy` does. */
  also(target: number): Promise<number>;
  counts(): { readonly down: DirectionCounts; readonly up: DirectionCounts };
  close(): Promise<void>;
}

/** What is read ahead of a connection before its sender is left to wait, as a socket of the system would. */
const READ_AHEAD_BYTES = 65_536;

/** Rejects with `SightlineError` (`refused`) when no port can be had. */
export async function shapedProxy(options: ShapedProxyOptions): Promise<ShapedProxy> {
  const { link, seed, clock = preciseClock } = options;
  const random = seededRandom(seed);
  const down = new Direction({ profile: link.down, clock, random, returnDelay: link.up.delay });
  const up = new Direction({ profile: link.up, clock, random, returnDelay: link.down.delay });
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const forward = (client: Socket, target: number): void => {
    const upstream = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    const flows = [up.open(), down.open()];
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        // One that has ended both ways is done; what it sent may still be on its way.
        if (socket.readableEnded && socket.writableFinished) return;
        for (const flow of flows) flow.close();
        client.destroy();
        upstream.destroy();
      });
    }
    carry(client, upstream, flows[0]!);
    carry(upstream, client, flows[1]!);
  };
  const also = async (target: number): Promise<number> => {
    // What one side has ended, the other may still answer.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => forward(client, target));
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    } catch (cause) {
      throw new SightlineError('refused', 'No port is to be had for a link.', { cause });
    }
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };
  return {
    port: await also(options.target),
    also,
    counts: () => ({ down: down.counts, up: up.counts }),
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers.splice(0)) {
        server.close();
        await once(server, 'close');
      }
    },
  };
}

/** Passes on what `from` sends, packet by packet. */
function carry(from: Socket, to: Socket, flow: Flow): void {
  from.on('data', (chunk) => {
    const { packetBytes } = flow;
    for (let start = 0; start < chunk.length; start += packetBytes) {
      const packet = chunk.subarray(start, start + packetBytes);
      flow.send(packet.length, () => {
        if (to.writable) to.write(packet);
      });
    }
    if (flow.waitingBytes >= READ_AHEAD_BYTES) from.pause();
  });
  flow.onTaken = () => {
    if (from.isPaused() && flow.waitingBytes < READ_AHEAD_BYTES) from.resume();
  };
  from.on('end', () => flow.send(0, () => to.end()));
}
