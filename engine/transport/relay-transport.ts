/**
 * What the relay needs of a server: answer GET requests, and turn WebSocket upgrades at `/ws` into links.
 * Two adapters offer it, uWebSockets.js and `ws`; the same tests run over both.
 */
import type { Link } from './link.js';

export type TransportName = 'uws' | 'ws';

/** Where WebSocket links are opened. */
export const LINK_PATH = '/ws';

export interface PageRequest {
  /** Path without the query, as sent. */
  readonly path: string;
  /** The `Host` header, or ''. */
  readonly host: string;
  /** The `If-None-Match` header, or ''. */
  readonly ifNoneMatch: string;
}

export interface PageReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export interface ListenOptions {
  /** Address to bind to. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Answers GET and HEAD; at once, from memory. */
  readonly onRequest: (request: PageRequest) => PageReply;
  readonly onLink: (link: Link) => void;
  /** Origins allowed besides the relay's own, such as `https://console.example`. */
  readonly allowedOrigins: readonly string[];
  /** Links open at one time; more are refused with 503. */
  readonly maxLinks: number;
  /** A link that would buffer more than this many bytes is closed (`CloseCode.TooSlow`). */
  readonly maxBufferedBytes: number;
}

export interface Listening {
  readonly port: number;
  /** Links open now. */
  readonly links: number;
  /** Upgrades refused since the start, for their origin or number. */
  readonly refusedUpgrades: number;
  /** Closes the port and every link. Idempotent. */
  close(): Promise<void>;
}

export interface RelayTransport {
  readonly name: TransportName;
  /** Rejects with a `SightlineError` (`refused`) when the address cannot be bound. */
  listen(options: ListenOptions): Promise<Listening>;
}
