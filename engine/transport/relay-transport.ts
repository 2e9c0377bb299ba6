/**
 * What the relay needs of a server: answer requests, and turn WebSocket upgrades at `/ws` into links. Two adapters
 * offer it, uWebSockets.js and `ws`; the same tests run over both.
 */
import type { Link } from './link.js';
import type { ProxyTrust } from './peer-address.js';
import type { UpgradePolicy } from './upgrade-policy.js';

export type TransportName = 'uws' | 'ws';

/** Where WebSocket links are opened. */
export const LINK_PATH = '/ws';

export interface PageRequest {
  /** In capital letters. */
  readonly method: string;
  /** Path without the query, as sent. */
  readonly path: string;
  /** The `Host` header, or ''. */
  readonly host: string;
  /** The `If-None-Match` header, or ''. */
  readonly ifNoneMatch: string;
  /** The `Accept-Encoding` header, or ''. */
  readonly acceptEncoding: string;
}

export interface PageReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export interface ListenOptions extends UpgradePolicy {
  /** Address to bind to. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Answers whatever is asked, of any method; at once, from memory. The answer to HEAD is that to GET. */
  readonly onRequest: (request: PageRequest) => PageReply;
  /** Headers of what is answered without asking: refused upgrades, requests that cannot be read. */
  readonly headers: Readonly<Record<string, string>>;
  /** A link is open; `address` is its client's. */
  readonly onLink: (link: Link, address: string) => void;
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
   * what uWebSockets.js has and cannot be told otherwise.
   */
  readonly requestTimeoutMs?: number;
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
  /** Closes the port and every link. Idempotent. */
  close(): Promise<void>;
}

export interface RelayTransport {
  readonly name: TransportName;
  /**
   * Rejects with a `SightlineError` (`refused`) when the address cannot be bound: `field` is `port` where it is taken, `access` where only
   * an administrator may have it, `host` where the address is not one of this machine.
   */
  listen(options: ListenOptions): Promise<Listening>;
}
