/** The relay's server on node:http and `ws`: runs wherever Node runs. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { CloseCode, MAX_MESSAGE_BYTES } from '../protocol/index.js';
import { AddressCensus } from './address-census.js';
import { listenError } from './listen-error.js';
import { addressOf, answerNode, clientOf, pathOf } from './node-http.js';
import {
  LINK_PATH,
  type LinkPeer,
  type Listening,
  type ListenOptions,
  REQUEST_TIMEOUT_MS,
  type RelayTransport,
} from './relay-transport.js';
import { readTls } from './tls-files.js';
import { refuseUpgrade } from './upgrade-policy.js';
import { WsLink } from './ws-link.js';

/** A peer that answers no ping for this long is gone: half-open connections are found within two periods. */
const PING_PERIOD_MS = 15_000;
/** Slow requests are looked for so many times in their time. */
const CHECKS_PER_TIMEOUT = 10;
/** A peer that does not answer a close frame in this time is cut off. */
const CLOSE_TIMEOUT_MS = 3_000;

export const wsTransport: RelayTransport = { name: 'ws', listen };

async function listen(options: ListenOptions): Promise<Listening> {
  // The types of this release do not know of `closeTimeout`.
  const settings: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
  const sockets = new WebSocketServer(settings);
  const alive = new WeakSet<WebSocket>();
  const census = new AddressCensus();
  let refusedUpgrades = 0;
  let refusedConnections = 0;
  /** Connections that are no links, by their other end: what TLS runs over is a socket of its own. */
  const connections = new Set<string>();

  const timeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const settingsOfHttp = {
    headersTimeout: timeout,
    requestTimeout: timeout,
    keepAliveTimeout: timeout,
    connectionsCheckingInterval: Math.ceil(timeout / CHECKS_PER_TIMEOUT),
    // Answered like everything else.
    requireHostHeader: false,
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    answerNode(request, response, options);
  const server =
    options.tls === undefined
      ? createServer(settingsOfHttp, onRequest)
      : createTlsServer({ ...settingsOfHttp, ...readTls(options.tls), handshakeTimeout: timeout }, onRequest);
  // Connections on which nothing moves, a request that was never begun and an answer that nobody reads.
  server.timeout = timeout;
  server.on('checkExpectation', onRequest);

  server.on('connection', (socket: Socket) => {
    if (connections.size >= options.maxConnections || !options.admits(addressOf(socket))) {
      refusedConnections++;
      socket.destroy();
      return;
    }
    const end = otherEnd(socket);
    connections.add(end);
    socket.once('close', () => connections.delete(end));
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const status = CLIENT_ERRORS[error.code ?? ''] ?? 400;
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuse(socket, status, STATUS_CODES[status]!, options);
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const address = clientOf(request, options);
    const peer: LinkPeer = {
      address,
      origin: request.headers.origin ?? '',
      cookie: request.headers.cookie ?? '',
      secure: options.tls !== undefined,
    };
    const refusal = refuseUpgrade(
      {
        path: pathOf(request.url),
        host: request.headers.host ?? '',
        origin: peer.origin,
        address,
      },
      options,
      census,
      LINK_PATH,
    );
    if (refusal !== undefined) {
      refusedUpgrades++;
      refuse(socket, refusal.status, refusal.reason, options);
      return;
    }
    const end = otherEnd(request.socket);
    sockets.handleUpgrade(request, socket, head, (opened) => {
      connections.delete(end);
      opened.once('close', census.opened(address));
      alive.add(opened);
      opened.on('pong', () => alive.add(opened));
      options.onLink(new WsLink(opened, options.maxBufferedBytes), peer);
    });
  });
  // What is no sound handshake is answered with the headers of every other answer.
  sockets.on('wsClientError', (error: Error, socket: Duplex) => {
    refusedUpgrades++;
    refuse(socket, 400, error.message, options);
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
    get connections() {
      return connections.size;
    },
    get refusedConnections() {
      return refusedConnections;
    },
    get refusedUpgrades() {
      return refusedUpgrades;
    },
    reloadTls() {
      if (options.tls !== undefined) (server as TlsServer).setSecureContext(readTls(options.tls));
    },
    close() {
      closed ??= closeAll(server, sockets, heartbeat);
      return closed;
    },
  };
}

/** What node:http finds wrong with a request. */
const CLIENT_ERRORS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers on the bare socket, and lets it go whether or not the other side does. */
function refuse(
  socket: Duplex,
  status: number,
  reason: string,
  { headers }: Pick<ListenOptions, 'headers'>,
): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(reason)}`,
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${reason}`);
}

function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function bind(server: Server, { host, port }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(listenError(host, port, cause.code ?? cause.message, cause));
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
