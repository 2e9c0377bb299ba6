/** Requests of node:http, and answers to them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
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
export function answerNode(message: IncomingMessage, response: ServerResponse, options: ListenOptions): void {
  const request = new NodeRequest(message, response, options);
  const answer = options.onRequest(request);
  if (!(answer instanceof Promise)) {
    reply(request, message, response, answer);
    return;
  }
  // Nothing need move on a connection whose answer is still to come: it has a time limit of its own.
  message.socket.setTimeout(0);
  answerLate(answer, request.signal, options.clock ?? systemClock, options.headers, (late) =>
    reply(request, message, response, late),
  );
}

/** The client's address. */
export function clientOf(message: IncomingMessage, { proxies }: Pick<ListenOptions, 'proxies'>): string {
  return proxies.clientOf(addressOf(message.socket), String(message.headers['x-forwarded-for'] ?? ''));
}

/** The peer's address. */
export function addressOf(socket: Socket): string {
  return socket.remoteAddress ?? '';
}

/** A request's path without its query. */
export function pathOf(url = '/'): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ListenOptions;
  #body: BodyReader | undefined;
  #gone: AbortController | undefined;

  constructor(message: IncomingMessage, response: ServerResponse, options: ListenOptions) {
    this.method = message.method ?? '';
    this.path = pathOf(message.url);
    this.#message = message;
    this.#response = response;
    this.#options = options;
  }

  get query(): string {
    return (this.#message.url ?? '').slice(this.path.length + 1);
  }

  get address(): string {
    return clientOf(this.#message, this.#options);
  }

  get secure(): boolean {
    return this.#options.tls !== undefined;
  }

  /** Whether nothing of this request is left on the connection. */
  get isWhole(): boolean {
    return isRead(this.method) || (this.#body?.isWhole ?? false);
  }

  header(name: string): string {
    return this.#message.headersDistinct[name]?.[0] ?? '';
  }

  headers(): readonly HttpHeader[] {
    const { rawHeaders } = this.#message;
    const headers: HttpHeader[] = [];
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      headers.push([rawHeaders[index]!.toLowerCase(), rawHeaders[index + 1]!]);
    }
    return headers;
  }

  body(limit: number): Promise<Uint8Array> {
    this.#body ??= this.#readBody();
    return this.#body.read(limit);
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      const gone = new AbortController();
      this.#gone = gone;
      const response = this.#response;
      if (response.destroyed) gone.abort();
      else response.once('close', () => response.writableFinished || gone.abort());
    }
    return this.#gone.signal;
  }

  #readBody(): BodyReader {
    const message = this.#message;
    const body = new BodyReader(
      {
        declared: declaredLength(this.header('content-length')),
        resume: () => {
          // A client that waits to be told may send it now.
          if (this.header('expect').toLowerCase() === '100-continue') this.#response.writeContinue();
          message.resume();
        },
        stop: () => message.pause(),
      },
      this.#options.clock ?? systemClock,
      (this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS) * 1000,
    );
    message.pause();
    message.on('data', (chunk: Buffer) => body.push(chunk, false));
    message.on('end', () => body.end());
    const gone = (): void => body.fail(new SightlineError('closed', 'The client has gone.'));
    message.on('error', gone);
    message.on('close', () => body.isWhole || gone());
    return body;
  }
}

function reply(
  request: NodeRequest,
  message: IncomingMessage,
  response: ServerResponse,
  answer: HttpReply,
): void {
  if (response.destroyed) return;
  const hasBody = !isBodiless(answer.status);
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, {
    ...(answer.headers as Record<string, string | string[]>),
    ...(hasBody ? { 'Content-Length': body.byteLength } : {}),
    // A body that nobody wants is not waited for.
    ...(request.isWhole ? {} : { Connection: 'close' }),
  });
  response.end(hasBody && request.method !== 'HEAD' ? body : undefined);
  message.resume();
}
