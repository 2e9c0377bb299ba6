/**
 * Requests of uWebSockets.js, and answers to them. The library's request lives on the stack of its handler: what is
 * read of it later is copied before the handler returns, and only then. Its response may not be touched any more once
 * the client has gone, and wants to hear of that.
 */
import type { HttpResponse, HttpRequest as NativeRequest } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import { SightlineError } from '../../codecs/index.js';
import { systemClock } from '../clock.js';
import { BodyReader } from './body-reader.js';
import {
  declaredLength,
  type HttpHeader,
  type HttpReply,
  type HttpRequest,
  isBodiless,
  isRead,
} from './http-request.js';
import { answerLate } from './late-answer.js';
import { type ListenOptions, REQUEST_TIMEOUT_MS } from './relay-transport.js';

/** Answers a request, at once or when the answer is there. */
export function answerUws(response: HttpResponse, native: NativeRequest, options: ListenOptions): void {
  const request = new UwsRequest(response, native, options);
  const answer = options.onRequest(request);
  const isHead = request.method === 'HEAD';
  if (!(answer instanceof Promise)) {
    // A body that nobody wants is not waited for.
    writeReply(response, answer, isHead, !request.isWhole);
    return;
  }
  request.keep();
  answerLate(answer, request.signal, options.clock ?? systemClock, options.headers, (late) =>
    response.cork(() => {
      request.answered();
      writeReply(response, late, isHead, !request.isWhole);
    }),
  );
}

/** Writes an answer, whole. `closes`: the connection ends with it, if it has a body. */
export function writeReply(
  response: HttpResponse,
  { status, headers, body }: HttpReply,
  isHead: boolean,
  closes: boolean,
): void {
  response.writeStatus(`${status} ${STATUS_CODES[status] ?? 'Other'}`);
  for (const name in headers) {
    const value = headers[name]!;
    if (typeof value === 'string') response.writeHeader(name, value);
    else for (const one of value) response.writeHeader(name, one);
  }
  if (isBodiless(status)) response.endWithoutBody();
  else if (isHead) {
    // endWithoutBody(length) leaves the answer open in this release; with the header written by hand it ends.
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    response.writeHeader('Content-Length', String(length)).endWithoutBody();
  } else response.end(body, closes);
}

/** The peer's address. */
export function addressOf(response: HttpResponse): string {
  return Buffer.from(response.getRemoteAddressAsText()).toString();
}

/** The client's address. */
export function clientOf(
  response: HttpResponse,
  request: NativeRequest,
  { proxies }: Pick<ListenOptions, 'proxies'>,
): string {
  const peer = addressOf(response);
  if (!proxies.trusts(peer)) return peer;
  const forwarded: string[] = [];
  // There may be several such headers, of which `getHeader` gives the first: the one that a client can write.
  request.forEach((name, value) => {
    if (name === 'x-forwarded-for') forwarded.push(value);
  });
  return proxies.clientOf(peer, forwarded.join(','));
}

class UwsRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly #response: HttpResponse;
  readonly #native: NativeRequest;
  readonly #options: ListenOptions;
  /** What the native request said, once that may be gone. */
  #kept: { query: string; address: string; headers: readonly HttpHeader[] } | undefined;
  #body: BodyReader | undefined;
  /** The response may not be touched any more: the client has gone, or has its answer. */
  #isOver = false;
  #isPaused = false;
  #isGone = false;
  #gone: AbortController | undefined;

  constructor(response: HttpResponse, native: NativeRequest, options: ListenOptions) {
    this.method = native.getCaseSensitiveMethod().toUpperCase();
    this.path = native.getUrl();
    this.#response = response;
    this.#native = native;
    this.#options = options;
  }

  get query(): string {
    // The types of this release say that it cannot be missing.
    return this.#kept?.query ?? (this.#native.getQuery() as string | undefined) ?? '';
  }

  get address(): string {
    return this.#kept?.address ?? clientOf(this.#response, this.#native, this.#options);
  }

  get secure(): boolean {
    return this.#options.tls !== undefined;
  }

  /** Whether nothing of this request is left on the connection. */
  get isWhole(): boolean {
    return isRead(this.method) || (this.#body?.isWhole ?? false);
  }

  header(name: string): string {
    if (this.#kept === undefined) return this.#native.getHeader(name);
    return this.#kept.headers.find(([kept]) => kept === name)?.[1] ?? '';
  }

  headers(): readonly HttpHeader[] {
    if (this.#kept !== undefined) return this.#kept.headers;
    const headers: HttpHeader[] = [];
    this.#native.forEach((name, value) => {
      headers.push([name, value]);
    });
    return headers;
  }

  body(limit: number): Promise<Uint8Array> {
    this.#body ??= this.#readBody();
    return this.#body.read(limit);
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController();
      if (this.#isGone) this.#gone.abort();
    }
    return this.#gone.signal;
  }

  /** The handler returns, and the answer is still to come. */
  keep(): void {
    this.#kept = { query: this.query, address: this.address, headers: this.headers() };
    this.#response.onAborted(() => {
      this.#isOver = true;
      this.#isGone = true;
      this.#body?.fail(new SightlineError('closed', 'The client has gone.'));
      this.#gone?.abort();
    });
    if (isRead(this.method) || this.#body !== undefined) return;
    // A body that nobody listens to now is lost; nothing more of it is read until somebody asks.
    this.#body = this.#readBody();
    this.#pause();
  }

  /** The answer is being written. */
  answered(): void {
    this.#isOver = true;
  }

  #pause(): void {
    if (this.#isOver || this.#isPaused) return;
    this.#isPaused = true;
    this.#response.pause();
  }

  /** A connection that is not paused may not be resumed. */
  #resume(): void {
    if (this.#isOver || !this.#isPaused) return;
    this.#isPaused = false;
    this.#response.resume();
  }

  #readBody(): BodyReader {
    const response = this.#response;
    const body = new BodyReader(
      {
        declared: declaredLength(this.header('content-length')),
        resume: () => this.#resume(),
        stop: () => this.#pause(),
      },
      this.#options.clock ?? systemClock,
      (this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS) * 1000,
    );
    response.onData((chunk, isLast) => {
      body.push(new Uint8Array(chunk), true);
      if (!isLast) return;
      body.end();
      // The next request is read by the same connection.
      this.#resume();
    });
    return body;
  }
}
