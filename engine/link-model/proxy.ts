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

/** `up`: from the client to the server. */
export type FrozenWay = 'both' | 'up' | 'down';

export interface ShapedProxy {
  readonly port: number;
  /** Another server on 127.0.0.1, over the same line; resolves with the port for it. Rejects as `shapedProxy` does. */
  also(target: number): Promise<number>;
  counts(): { readonly down: DirectionCounts; readonly up: DirectionCounts };
  /**
   * As a network that goes away without a word: on the connections that are there nothing passes that way any more, no
   * byte and no end, and nothing is closed. Connections that are made later pass.
   */
  freeze(way?: FrozenWay): void;
  /** What waited goes on, in order; what has ended meanwhile ends. */
  thaw(): void;
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
  const connections = new Set<Connection>();
  const servers: Server[] = [];
  const forward = (client: Socket, target: number): void => {
    const upstream = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    const connection = new Connection(client, upstream, up.open(), down.open(), () =>
      connections.delete(connection),
    );
    connections.add(connection);
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
    freeze(way = 'both') {
      for (const connection of connections) connection.freeze(way);
    },
    thaw() {
      for (const connection of connections) connection.thaw();
    },
    async close() {
      for (const connection of connections) connection.destroy();
      for (const server of servers.splice(0)) {
        server.close();
        await once(server, 'close');
      }
    },
  };
}

/** A client's connection and the one that stands for it at the server. */
class Connection {
  readonly #sockets: readonly Socket[];
  readonly #flows: readonly Flow[];
  readonly #up: Passage;
  readonly #down: Passage;
  readonly #done: () => void;

  constructor(client: Socket, upstream: Socket, up: Flow, down: Flow, done: () => void) {
    this.#sockets = [client, upstream];
    this.#flows = [up, down];
    this.#done = done;
    this.#up = new Passage(client, upstream, up);
    this.#down = new Passage(upstream, client, down);
    for (const socket of this.#sockets) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#closed(socket));
    }
  }

  freeze(way: FrozenWay): void {
    if (way !== 'down') this.#up.freeze();
    if (way !== 'up') this.#down.freeze();
  }

  thaw(): void {
    this.#up.thaw();
    this.#down.thaw();
    for (const socket of this.#sockets) if (socket.closed) this.#closed(socket);
  }

  destroy(): void {
    for (const flow of this.#flows) flow.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#done();
  }

  #closed(socket: Socket): void {
    // Nobody at the other end hears of it before a thaw.
    if ((socket === this.#sockets[0] ? this.#up : this.#down).isFrozen) return;
    // One that has ended both ways is done; what it sent may still be on its way.
    if (!(socket.readableEnded && socket.writableFinished)) this.destroy();
    else if (this.#sockets.every((each) => each.closed)) this.#done();
  }
}

/** Passes on what `from` sends, packet by packet. */
class Passage {
  readonly #from: Socket;
  readonly #flow: Flow;
  #isFrozen = false;
  /** What has come out of the line while frozen: no more than the line was read ahead for. */
  #held: (() => void)[] = [];

  constructor(from: Socket, to: Socket, flow: Flow) {
    this.#from = from;
    this.#flow = flow;
    from.on('data', (chunk) => {
      const { packetBytes } = flow;
      for (let start = 0; start < chunk.length; start += packetBytes) {
        const packet = chunk.subarray(start, start + packetBytes);
        this.#send(packet.length, () => {
          if (to.writable) to.write(packet);
        });
      }
      this.#pace();
    });
    flow.onTaken = () => this.#pace();
    from.on('end', () => this.#send(0, () => to.end()));
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#pace();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const deliver of this.#held.splice(0)) deliver();
    this.#pace();
  }

  #send(bytes: number, deliver: () => void): void {
    this.#flow.send(bytes, () => {
      if (this.#isFrozen) this.#held.push(deliver);
      else deliver();
    });
  }

  #pace(): void {
    const mayRead = !this.#isFrozen && this.#flow.waitingBytes < READ_AHEAD_BYTES;
    if (!mayRead) this.#from.pause();
    else if (this.#from.isPaused()) this.#from.resume();
  }
}
