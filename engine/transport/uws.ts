/** The relay's server on uWebSockets.js: the least CPU per forwarded byte, where its binary loads. */

import type { HttpResponse, us_listen_socket } from 'uWebSockets.js';
import { CloseCode, MAX_MESSAGE_BYTES } from '../protocol/index.js';
import { AddressCensus } from './address-census.js';
import { whyNotListening } from './listen-error.js';
import {
  LINK_PATH,
  type LinkPeer,
  type Listening,
  type ListenOptions,
  type RelayTransport,
} from './relay-transport.js';
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
      const origin = request.getHeader('origin');
      const peer: LinkPeer = { address, origin, cookie: request.getHeader('cookie'), secure: false };
      const refusal = refuseUpgrade(
        { path: request.getUrl(), host: request.getHeader('host'), origin, address },
        options,
        census,
        LINK_PATH,
      );
      if (refusal !== undefined) {
        refusedUpgrades++;
        const { status, reason } = refusal;
        writeReply(response, { status, headers: options.headers, body: reason }, false, true);
        return;
      }
      // From here on it is a link; what counts connections hears no more of it.
      connections--;
      response.upgrade<UserData>(
        { link: undefined, peer },
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
      open.set(link, census.opened(data.peer.address));
      options.onLink(link, data.peer);
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
  app.any('/*', (response, request) => answerUws(response, request, options));

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

/** The library's way of telling of connections that open (1) and close (-1), which its types leave out. */
interface WithFilter {
  filter(changed: (response: HttpResponse, change: number) => void): void;
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
