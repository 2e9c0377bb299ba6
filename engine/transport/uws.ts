/** The relay's server on uWebSockets.js: the least CPU per forwarded byte, where its binary loads. */

import type { HttpRequest, HttpResponse, us_listen_socket, WebSocket } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import { CloseCode, MAX_MESSAGE_BYTES } from '../protocol/index.js';
import { AddressCensus } from './address-census.js';
import type { Link } from './link.js';
import { whyNotListening } from './listen-error.js';
import {
  LINK_PATH,
  type Listening,
  type ListenOptions,
  type PageReply,
  type RelayTransport,
} from './relay-transport.js';
import { refuseUpgrade } from './upgrade-policy.js';
import { closeReason } from './ws-link.js';

type Uws = typeof import('uWebSockets.js');
type Socket = WebSocket<UserData>;
interface UserData {
  link: UwsLink | undefined;
  readonly address: string;
}

/** Seconds without a byte after which a peer is gone; pings are sent by themselves before. */
const IDLE_TIMEOUT_S = 32;
/** What send() answers when all was written. */
const SEND_WRITTEN = 1;
/** What send() answers when the message was dropped because the buffer is full. */
const SEND_DROPPED = 2;

/** Rejects with the loader's own error where the binary does not load. */
export async function loadUwsTransport(): Promise<RelayTransport> {
  const loaded = (await import('uWebSockets.js')) as unknown as { default: Uws };
  const uws = loaded.default;
  return { name: 'uws', listen: (options) => listen(uws, options) };
}

class UwsLink implements Link {
  onMessage: ((message: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  /** Any call on a closed socket throws: it is let go as soon as it closes. */
  #socket: Socket | undefined;
  /** Whether something may be waiting to be written: spares a call into the library for each message. */
  #isBehind = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(message: Uint8Array): void {
    if (this.#socket === undefined) return;
    const result = this.#socket.send(message, true, false);
    if (result === SEND_WRITTEN) return;
    this.#isBehind = true;
    if (result === SEND_DROPPED) this.close(CloseCode.TooSlow, 'The link accepts more than it reads.');
  }

  get bufferedBytes(): number {
    if (!this.#isBehind || this.#socket === undefined) return 0;
    const bytes = this.#socket.getBufferedAmount();
    this.#isBehind = bytes > 0;
    return bytes;
  }

  close(code: number = CloseCode.Normal, reason = ''): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.end(code, closeReason(reason));
    this.onClose?.(code, reason);
  }

  /** The socket is gone: by the peer, by a timeout or by `close`. */
  ended(code: number, reason: string): void {
    if (this.#socket === undefined) return;
    this.#socket = undefined;
    this.onClose?.(code, reason);
  }
}

async function listen(uws: Uws, options: ListenOptions): Promise<Listening> {
  const app = uws.App();
  const open = new Map<UwsLink, () => void>();
  const census = new AddressCensus();
  let refusedUpgrades = 0;
  let refusedConnections = 0;
  let connections = 0;

  const onConnection = (response: HttpResponse, change: number): void => {
    connections += change;
    // It closes by itself what is slow or silent for ten seconds.
    if (change < 0 || (connections <= options.maxConnections && options.admits(addressOf(response)))) return;
    refusedConnections++;
    response.close();
  };
  (app as unknown as WithFilter).filter(onConnection);
  app.ws<UserData>(LINK_PATH, {
    maxPayloadLength: MAX_MESSAGE_BYTES,
    maxBackpressure: options.maxBufferedBytes,
    idleTimeout: IDLE_TIMEOUT_S,
    sendPingsAutomatically: true,
    compression: uws.DISABLED,
    upgrade(response, request, context) {
      const address = clientOf(response, request, options);
      const refusal = refuseUpgrade(
        {
          path: request.getUrl(),
          host: request.getHeader('host'),
          origin: request.getHeader('origin'),
          address,
        },
        options,
        census,
        LINK_PATH,
      );
      if (refusal !== undefined) {
        refusedUpgrades++;
        const { status, reason } = refusal;
        reply(response, { status, headers: options.headers, body: reason }, false, true);
        return;
      }
      // From here on it is a link; what counts connections hears no more of it.
      connections--;
      response.upgrade<UserData>(
        { link: undefined, address },
        request.getHeader('sec-websocket-key'),
        request.getHeader('sec-websocket-protocol'),
        request.getHeader('sec-websocket-extensions'),
        context,
      );
    },
    open(socket) {
      const link = new UwsLink(socket);
      const data = socket.getUserData();
      data.link = link;
      open.set(link, census.opened(data.address));
      options.onLink(link, data.address);
    },
    message(socket, message, isBinary) {
      const { link } = socket.getUserData();
      if (link === undefined) return;
      if (isBinary) link.onMessage?.(new Uint8Array(message));
      else link.close(CloseCode.Malformed, 'Messages are binary.');
    },
    close(socket, code, reason) {
      const { link } = socket.getUserData();
      if (link === undefined) return;
      open.get(link)?.();
      open.delete(link);
      link.ended(code, Buffer.from(reason).toString());
    },
  });
  app.any('/*', (response, request) => answer(response, request, options));

  const { listenSocket, port } = await bind(uws, app, options);
  let closed = false;
  return {
    port,
    get links() {
      return open.size;
    },
    get connections() {
      return connections;
    },
    get refusedConnections() {
      return refusedConnections;
    },
    get refusedUpgrades() {
      return refusedUpgrades;
    },
    async close() {
      if (closed) return;
      closed = true;
      uws.us_listen_socket_close(listenSocket);
      for (const link of [...open.keys()]) link.close(CloseCode.GoingAway, 'The relay stops.');
      // The close frames leave before the sockets are cut.
      await new Promise<void>((resolve) => setImmediate(resolve));
      app.close();
    },
  };
}

function answer(response: HttpResponse, request: HttpRequest, options: ListenOptions): void {
  const method = request.getCaseSensitiveMethod().toUpperCase();
  const answered = options.onRequest({
    method,
    path: request.getUrl(),
    host: request.getHeader('host'),
    ifNoneMatch: request.getHeader('if-none-match'),
    acceptEncoding: request.getHeader('accept-encoding'),
  });
  // A body that nobody wants is not waited for.
  reply(response, answered, method === 'HEAD', method !== 'GET' && method !== 'HEAD');
}

function reply(
  response: HttpResponse,
  { status, headers, body }: PageReply,
  isHead: boolean,
  closes: boolean,
): void {
  response.writeStatus(statusLine(status));
  for (const name in headers) response.writeHeader(name, headers[name]!);
  if (isHead) {
    // endWithoutBody(length) leaves the answer open in this release; with the header written by hand it ends.
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    response.writeHeader('Content-Length', String(length)).endWithoutBody();
  } else if (status === 304) response.endWithoutBody();
  else response.end(body, closes);
}

/** The library's way of telling of connections that open (1) and close (-1), which its types leave out. */
interface WithFilter {
  filter(changed: (response: HttpResponse, change: number) => void): void;
}

function addressOf(response: HttpResponse): string {
  return Buffer.from(response.getRemoteAddressAsText()).toString();
}

function clientOf(response: HttpResponse, request: HttpRequest, { proxies }: ListenOptions): string {
  const peer = addressOf(response);
  if (!proxies.trusts(peer)) return peer;
  const forwarded: string[] = [];
  // There may be several such headers, of which `getHeader` gives the first: the one that a client can write.
  request.forEach((name, value) => {
    if (name === 'x-forwarded-for') forwarded.push(value);
  });
  return proxies.clientOf(peer, forwarded.join(','));
}

/** The library's fourth form of `listen`, which its types leave out. */
type ListenExclusively = (
  host: string,
  port: number,
  options: number,
  done: (listenSocket: us_listen_socket | false) => void,
) => void;
/** LIBUS_LISTEN_EXCLUSIVE_PORT: otherwise a second relay on the same port would get half of the links. */
const EXCLUSIVE_PORT = 1;

function bind(
  uws: Uws,
  app: ReturnType<Uws['App']>,
  { host, port }: ListenOptions,
): Promise<{ listenSocket: us_listen_socket; port: number }> {
  return new Promise((resolve, reject) => {
    (app.listen as unknown as ListenExclusively)(host, port, EXCLUSIVE_PORT, (listenSocket) => {
      if (listenSocket === false) {
        app.close();
        void whyNotListening(host, port).then(reject);
      } else resolve({ listenSocket, port: uws.us_socket_local_port(listenSocket) });
    });
  });
}

function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status]}`;
}
