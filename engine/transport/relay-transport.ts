/**
 * What the relay needs of a server: answer requests, and turn WebSocket upgrades at `/ws` into links. Two adapters
 * offer it, uWebSockets.js and `ws`; the same tests run over both.
 */
import type { Clock } from '../clock.js';
import type { HttpReply, HttpRequest } from './http-request.js';
import type { Link } from './link.js';
import type { ProxyTrust } from './peer-address.js';
import type { TlsFiles } from './tls-files.js';
import type { UpgradePolicy } from './upgrade-policy.js';

export type TransportName = 'uws' | 'ws';

/** Where WebSocket links are opened. */
export const LINK_PATH = '/ws';

/** Who has opened a link, as its opening request told. */
export interface LinkPeer {
  /** The client's address; '' where there is none. */
  readonly address: string;
  /** The `Origin` header: '' for programs. */
  readonly origin: string;
  /** The `Cookie` header, as sent. */
  readonly cookie: string;
  /** Whether it came over TLS that ends here. */
  readonly secure: boolean;
}

/** Milliseconds for a request, its head or a body that is asked for, unless told. */
export const REQUEST_TIMEOUT_MS = 10_000;

export interface ListenOptions extends UpgradePolicy {
  /** Address to bind to. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /**
   * Answers whatever is asked, of any method, at once or later. The answer to HEAD is that to GET: its body is left
   * out here. A later answer has 30 s, and its client may go meanwhile (`HttpRequest.signal`).
   */
  readonly onRequest: (request: HttpRequest) => HttpReply | Promise<HttpReply>;
  /** Headers of what is answered without asking: refused upgrades, requests that cannot be read. */
  readonly headers: Readonly<Record<string, string>>;
  /** A link is open. */
  readonly onLink: (link: Link, peer: LinkPeer) => void;
  /** Whether a new connection of this address may send a request; it is closed otherwise. */
  readonly admits: (address: string) => boolean;
  /** Connections open at one time that are no links; more are closed. */
  readonly maxConnections: number;
  /** Proxies whose X-Forwarded-For tells whose a link is. */
  readonly proxies: ProxyTrust;
  /** A link that would buffer more than this many bytes is closed (`CloseCode.TooSlow`). */
  readonly maxBufferedBytes: number;
  /**
   * Milliseconds for a request to be sent, and for a connection to wait for its next one. 10,000 unless told, which is
   * what uWebSockets.js has and cannot be told otherwise. A body that is asked for has as long to come, on both.
   */
  readonly requestTimeoutMs?: number;
  /** TLS ends here, with this certificate; without, nothing is encrypted. */
  readonly tls?: TlsFiles;
  /** For bodies and later answers; the system's unless told. */
  readonly clock?: Clock;
}

export interface Listening {
  readonly port: number;
  /** Links open now. */
  readonly links: number;
  /** Connections open now that are no links. */
  readonly connections: number;
  /** Connections closed unread since the start: too many, in all or of one address. */
  readonly refusedConnections: number;
  /** Upgrades refused since the start. */
  readonly refusedUpgrades: number;
  /**
   * Reads the certificate and its key anew: connections from now on are shown the new one, and those that are open
   * stay. Throws `SightlineError` (`bad-argument`) when they cannot be used, and the old ones go on.
   */
  reloadTls(): void;
  /** Closes the port and every link. Idempotent. */
  close(): Promise<void>;
}

export interface RelayTransport {
  readonly name: TransportName;
  /**
   * Rejects with a `SightlineError`: `refused` when the address cannot be bound (`field` is `port` where it is taken,
   * `access` where only an administrator may have it, `host` where the address is not one of this machine);
   * `bad-argument` when the certificate or its key cannot be used.
   */
  listen(options: ListenOptions): Promise<Listening>;
}
