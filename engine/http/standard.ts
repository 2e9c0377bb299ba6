/** A transport's request as a standard one (Fetch), and a standard response as a transport's reply. */
import type { HttpReply, HttpRequest } from '../transport/index.js';

/**
 * Longest body that a route can ask for, whatever its own limit. A route's limit is the router's business; this one
 * holds before anything is kept.
 */
const HARD_BODY_BYTES = 16 * 1024 * 1024;

/** Undefined when the request cannot be put into standard form: an address or a header that is none. */
export function answerStandard(
  request: HttpRequest,
  handle: (standard: Request) => Response | Promise<Response>,
): Promise<HttpReply> | undefined {
  let standard: Request;
  try {
    standard = standardOf(request);
  } catch {
    return undefined;
  }
  return replyOf(handle(standard));
}

function standardOf(request: HttpRequest): Request {
  const { method, path, query, secure } = request;
  // What begins otherwise is the address of another place, for proxies (RFC 9112, 3.2).
  if (!path.startsWith('/')) throw new TypeError('Not a path.');
  const url = `${secure ? 'https' : 'http'}://${request.header('host')}${path}${query === '' ? '' : `?${query}`}`;
  const headers = new Headers();
  for (const [name, value] of request.headers()) headers.append(name, value);
  // The answer to HEAD is that to GET; the transport leaves the body out, and tells its length.
  if (method === 'GET' || method === 'HEAD') {
    return new Request(url, { method: 'GET', headers, signal: request.signal });
  }
  return new Request(url, {
    method,
    headers,
    signal: request.signal,
    body: bodyOf(request),
    duplex: 'half',
  } as RequestInit);
}

/** Nothing is read until somebody wants it. */
function bodyOf(request: HttpRequest): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        const body = await request.body(HARD_BODY_BYTES);
        if (body.byteLength > 0) stream.enqueue(body);
        stream.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function replyOf(answer: Response | Promise<Response>): Promise<HttpReply> {
  const response = await answer;
  const headers: Record<string, string | readonly string[]> = {};
  response.headers.forEach((value, name) => {
    // The transport tells the length.
    if (name !== 'content-length') headers[name] = value;
  });
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) };
}
