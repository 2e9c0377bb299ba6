/** The relay's server on uWebSockets.js: the least CPU per forwarded byte, where its binary loads. */

import type { HttpResponse, TemplatedApp, us_listen_socket, WebSocketBehavior } from 'uWebSockets.js';
import { CloseCode, MAX_MESSAGE_BYTES } from '../protocol/index.js';
import { AddressCensus } from './address-census.js';
import { listenError, whyNotListening } from './listen-error.js';
import {
  LINK_PATH,
  type LinkPeer,
  type Listening,
  type ListenOptions,
  type RelayTransport,
} from './relay-transport.js';
import { readTls } from './tls-files.js';
import { refuseUpgrade } from './upgrade-policy.js';
import { addressOf, answerUws, clientOf, writeReply } from './uws-http.js';
import { type UserData, UwsLink } from './uws-link.js';

type Uws = typeof import('uWebSockets.js');

/** Seconds without a byte after which a peer is gone; pings are sent by themselves before. */
const IDLE_TIMEOUT_S = 32;

/** Rejects with the loader's own error where the binary does not load. */
export async function loadUwsTransport(): Promise<RelayTransport> {
  const loaded = (await import('uWebSockets.js')) as unknown as { default: Uws };
  const uws = loaded.default;
  return { name: 'uws', listen: (options) => listen(uws, options) };
}

/** What a server's apps share: there are several while links of an older certificate are open. */
interface Shared {
  readonly uws: Uws;
  readonly options: ListenOptions;
  readonly census: AddressCensus;
  readonly links: Set<UwsLink>;
  connections: number;
  refusedUpgrades: number;
  refusedConnections: number;
}

async function listen(uws: Uws, options: ListenOptions): Promise<Listening> {
  const shared: Shared = {
    uws,
    options,
    census: new AddressCensus(),
    links: new Set(),
    connections: 0,
    refusedUpgrades: 0,
    refusedConnections: 0,
  };
  const { links } = shared;
  let app = new UwsApp(shared);
  if (!app.bind(options.port)) throw await whyNotListening(options.host, options.port);
  const { port } = app;
  // A port that was taken as any free one is bound so that nothing can be bound to it again while links are open.
  if (options.tls !== undefined && options.port === 0) {
    app.stopListening();
    if (!app.bind(port)) throw await whyNotListening(options.host, port);
  }
  /** No longer listening, and still with links or connections. */
  const retired = new Set<UwsApp>();
  let closed = false;
  return {
    port,
    get links() {
      return links.size;
    },
    get connections() {
      return shared.connections;
    },
    get refusedConnections() {
      return shared.refusedConnections;
    },
    get refusedUpgrades() {
      return shared.refusedUpgrades;
    },
    reloadTls() {
      if (options.tls === undefined || closed) return;
      // The library has no way to change the certificate of those who name no server: another app takes the port.
      const next = new UwsApp(shared);
      const old = app;
      old.stopListening();
      if (!next.bind(port)) {
        next.close();
        // Somebody was quicker, and may have gone again.
        old.bind(port);
        throw listenError(options.host, port, 'EADDRINUSE');
      }
      app = next;
      retired.add(old);
      old.whenEmpty(() => {
        retired.delete(old);
        old.close();
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      app.stopListening();
      for (const link of [...links]) link.close(CloseCode.GoingAway, 'The relay stops.');
      // The close frames leave before the sockets are cut.
      await new Promise<void>((resolve) => setImmediate(resolve));
      for (const one of [app, ...retired]) one.close();
    },
  };
}

/** One app of the library: its routes, and what is open of it. */
class UwsApp {
  /** As bound. */
  port = 0;
  readonly #shared: Shared;
  readonly #app: TemplatedApp;
  #listenSocket: us_listen_socket | undefined;
  /** Links and connections that are none. */
  #open = 0;
  #onEmpty: (() => void) | undefined;
  #isClosed = false;

  constructor(shared: Shared) {
    this.#shared = shared;
    const { uws, options } = shared;
    if (options.tls === undefined) this.#app = uws.App();
    else {
      // The library tells nothing of files that it cannot use.
      readTls(options.tls);
      this.#app = uws.SSLApp({ cert_file_name: options.tls.cert, key_file_name: options.tls.key });
    }
    (this.#app as unknown as WithFilter).filter((response, change) => this.#onConnection(response, change));
    this.#app.ws<UserData>(LINK_PATH, this.#links());
    this.#app.any('/*', (response, request) => answerUws(response, request, options));
  }

  /** Whether the port could be had; the library does not tell why not. 0 takes a free one. */
  bind(port: number): boolean {
    const { uws, options } = this.#shared;
    const listen = this.#app.listen as unknown as ListenExclusively;
    listen.call(this.#app, options.host, port, EXCLUSIVE_PORT, (listenSocket) => {
      if (listenSocket === false) return;
      this.#listenSocket = listenSocket;
      this.port = uws.us_socket_local_port(listenSocket);
    });
    return this.#listenSocket !== undefined;
  }

  stopListening(): void {
    if (this.#listenSocket !== undefined) this.#shared.uws.us_listen_socket_close(this.#listenSocket);
    this.#listenSocket = undefined;
  }

  /** Calls back, later, when nothing of it is open any more. */
  whenEmpty(then: () => void): void {
    this.#onEmpty = then;
    this.#count(0);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#app.close();
  }

  #count(change: number): void {
    this.#open += change;
    if (this.#open > 0 || this.#onEmpty === undefined) return;
    // It cannot be closed while it calls.
    setImmediate(this.#onEmpty);
    this.#onEmpty = undefined;
  }

  #onConnection(response: HttpResponse, change: number): void {
    const shared = this.#shared;
    const { maxConnections, admits } = shared.options;
    shared.connections += change;
    this.#count(change);
    // It closes by itself what is slow or silent for ten seconds.
    if (change < 0 || (shared.connections <= maxConnections && admits(addressOf(response)))) return;
    shared.refusedConnections++;
    response.close();
  }

  #links(): WebSocketBehavior<UserData> {
    const shared = this.#shared;
    const { options, census, links, uws } = shared;
    return {
      maxPayloadLength: MAX_MESSAGE_BYTES,
      maxBackpressure: options.maxBufferedBytes,
      idleTimeout: IDLE_TIMEOUT_S,
      sendPingsAutomatically: true,
      compression: uws.DISABLED,
      upgrade(response, request, context) {
        const address = clientOf(response, request, options);
        const origin = request.getHeader('origin');
        const refusal = refuseUpgrade(
          { path: request.getUrl(), host: request.getHeader('host'), origin, address },
          options,
          census,
          LINK_PATH,
        );
        if (refusal !== undefined) {
          shared.refusedUpgrades++;
          const { status, reason } = refusal;
          writeReply(response, { status, headers: options.headers, body: reason }, false, true);
          return;
        }
        const cookie = request.getHeader('cookie');
        const peer: LinkPeer = { address, origin, cookie, secure: options.tls !== undefined };
        // From here on it is a link; what counts connections hears no more of it.
        shared.connections--;
        response.upgrade<UserData>(
          { link: undefined, peer, closed: () => {} },
          request.getHeader('sec-websocket-key'),
          request.getHeader('sec-websocket-protocol'),
          request.getHeader('sec-websocket-extensions'),
          context,
        );
      },
      open: (socket) => {
        const link = new UwsLink(socket);
        const data = socket.getUserData();
        data.link = link;
        data.closed = census.opened(data.peer.address);
        links.add(link);
        options.onLink(link, data.peer);
      },
      message(socket, message, isBinary) {
        const { link } = socket.getUserData();
        if (link === undefined) return;
        if (isBinary) link.onMessage?.(new Uint8Array(message));
        else link.close(CloseCode.Malformed, 'Messages are binary.');
      },
      close: (socket, code, reason) => {
        const { link, closed } = socket.getUserData();
        this.#count(-1);
        if (link === undefined) return;
        closed();
        links.delete(link);
        link.ended(code, Buffer.from(reason).toString());
      },
    };
  }
}

/** The library's way of telling of connections that open (1) and close (-1), which its types leave out. */
interface WithFilter {
  filter(changed: (response: HttpResponse, change: number) => void): void;
}

/** The library's fourth form of `listen`, which its types leave out; it calls back at once. */
type ListenExclusively = (
  host: string,
  port: number,
  options: number,
  done: (listenSocket: us_listen_socket | false) => void,
) => void;
/** LIBUS_LISTEN_EXCLUSIVE_PORT: otherwise a second relay on the same port would get half of the links. */
const EXCLUSIVE_PORT = 1;
