/** The relay's server on node:http and `ws`: runs wherever Node runs. */
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { SightlineError } from '../../codecs/index.js';
import { CloseCode, MAX_MESSAGE_BYTES } from '../protocol/index.js';
import {
  LINK_PATH,
  type Listening,
  type ListenOptions,
  type PageReply,
  type RelayTransport,
} from './relay-transport.js';
import { refuseUpgrade } from './upgrade-policy.js';
import { WsLink } from './ws-link.js';

/** A peer that answers no ping for this long is gone: half-open connections are found within two periods. */
const PING_PERIOD_MS = 15_000;

export const wsTransport: RelayTransport = { name: 'ws', listen };

async function listen(options: ListenOptions): Promise<Listening> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  const alive = new WeakSet<WebSocket>();
  let refusedUpgrades = 0;

  const server = createServer((request, response) => {
    const method = request.method ?? '';
    const reply: PageReply =
      method === 'GET' || method === 'HEAD'
        ? options.onRequest({
            path: pathOf(request),
            host: request.headers.host ?? '',
            ifNoneMatch: request.headers['if-none-match'] ?? '',
          })
        : { status: 405, headers: { Allow: 'GET, HEAD' }, body: '' };
    const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
    response.writeHead(reply.status, {
      ...reply.headers,
      ...(reply.status === 304 ? {} : { 'Content-Length': body.byteLength }),
    });
    response.end(method === 'HEAD' || reply.status === 304 ? undefined : body);
    request.resume();
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = refuseUpgrade(
      {
        path: pathOf(request),
        host: request.headers.host ?? '',
        origin: request.headers.origin ?? '',
      },
      options,
      sockets.clients.size,
      LINK_PATH,
    );
    if (refusal !== undefined) {
      refusedUpgrades++;
      socket.end(
        `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nConnection: close\r\nContent-Length: ${refusal.reason.length}\r\n\r\n${refusal.reason}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      alive.add(opened);
      opened.on('pong', () => alive.add(opened));
      options.onLink(new WsLink(opened, options.maxBufferedBytes));
    });
  });

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_PERIOD_MS);
  heartbeat.unref();

  const port = await bind(server, options);
  let closed: Promise<void> | undefined;
  return {
    port,
    get links() {
      return sockets.clients.size;
    },
    get refusedUpgrades() {
      return refusedUpgrades;
    },
    close() {
      closed ??= closeAll(server, sockets, heartbeat);
      return closed;
    },
  };
}

function bind(server: Server, { host, port }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new SightlineError('refused', `Cannot listen on ${host}:${port} (${cause.code ?? cause.message}).`, {
          field: 'port',
          cause,
        }),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function closeAll(server: Server, sockets: WebSocketServer, heartbeat: NodeJS.Timeout): Promise<void> {
  clearInterval(heartbeat);
  for (const socket of sockets.clients) socket.close(CloseCode.GoingAway, 'The relay stops.');
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
  // The close frames are written before the sockets are cut.
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  server.closeAllConnections();
  await stopped;
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
