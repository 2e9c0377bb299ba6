/** What a server asks its owner: a request, the same over every transport, and the answer to it. */

/** A request, whose head has come. It may be read until it is answered, whether at once or later. */
export interface HttpRequest {
  /** In capital letters. */
  readonly method: string;
  /** Path without the query, as sent. */
  readonly path: string;
  /** What follows the `?`, as sent; '' when there is none. */
  readonly query: string;
  /** The client's address: the peer's, or what a trusted proxy tells. */
  readonly address: string;
  /** Whether it came over TLS that ends here. */
  readonly secure: boolean;
  /** A header by its name in small letters; '' when there is none. Of several with one name, the first. */
  header(name: string): string;
  /** All headers in the order in which they were sent, with names in small letters. */
  headers(): readonly HttpHeader[];
  /**
   * The whole body, asked for once. A longer one than `limit` bytes is refused before it is kept.
   * Rejects with `SightlineError`: `too-large`; `timeout` when it does not come in time; `closed` when the client has gone.
   */
  body(limit: number): Promise<Uint8Array>;
  /** Aborted when the client goes before it is answered. */
  readonly signal: AbortSignal;
}

export type HttpHeader = readonly [name: string, value: string];

export interface HttpReply {
  readonly status: number;
  /** A header may be sent several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | string;
}

/** Statuses whose answers have no body (RFC 9110, 15.3.5 and 15.4.5). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/** Whether a request of this method has no body that anybody would wait for. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Bytes of a body as Content-Length tells; undefined when it does not. */
export function declaredLength(contentLength: string): number | undefined {
  return /^\d{1,15}$/.test(contentLength) ? Number(contentLength) : undefined;
}
