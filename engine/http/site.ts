/**
 * The router of a relay's site: Hono, over standard requests and responses, mounted on whichever transport runs. What
 * holds for every route stands here: its headers, no caching, who may write, how long a body may be, and what is said
 * where there is no route or a handler fails.
 */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { SightlineError } from '../../codecs/index.js';
import type { HttpReply, HttpRequest } from '../transport/index.js';
import { answerStandard } from './standard.js';

/** What a handler finds in `c.env`: the request as the transport has it, with its client's address. */
export interface SiteEnv {
  readonly Bindings: { readonly request: HttpRequest };
}

export type Site = Hono<SiteEnv>;

export interface SiteOptions {
  /** The headers of every answer to a request. */
  readonly headers: (request: HttpRequest) => Readonly<Record<string, string>>;
  /** Whether pages of an origin may send forms to this host. */
  readonly allowsOrigin: (origin: string, host: string) => boolean;
}

/** Longest body that any route takes, unless it says otherwise: a form, or a small message. */
export const MAX_BODY_BYTES = 64 * 1024;

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** An empty site: routes are added to it. */
export function createSite({ headers, allowsOrigin }: SiteOptions): Site {
  const site: Site = new Hono<SiteEnv>({ strict: true });
  site.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers(c.env.request))) c.res.headers.set(name, value);
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
  });
  // Where there is no route there is nothing to protect, and the answer says so.
  site.use(async (c, next) => {
    if (!matchedRoutes(c).some(({ method }) => method !== 'ALL')) return c.notFound();
    return next();
  });
  site.use(csrf({ origin: (origin, c) => allowsOrigin(origin, c.env.request.header('host')) }));
  site.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => say(c, 413, 'This is too long.') }));
  site.notFound((c) => {
    const { method } = c.env.request;
    if (method === 'GET' || method === 'HEAD') return say(c, 404, 'There is no such page.');
    c.header('Allow', 'GET, HEAD');
    return say(c, 405, 'Pages are only read here.');
  });
  site.onError((fault, c) => {
    if (fault instanceof HTTPException) {
      return fault.status === 403
        ? say(c, 403, 'Pages of another origin may not send anything here.')
        : say(c, fault.status as ContentfulStatusCode, fault.message);
    }
    const status = fault instanceof SightlineError ? STATUS_OF[fault.code] : undefined;
    if (status !== undefined) return say(c, status, fault.message);
    console.error('relay:', fault);
    return say(c, 500, 'The relay has failed to answer.');
  });
  return site;
}

/** Answers a request from a site. What cannot be a standard request is answered without it. */
export function answerFrom(
  site: Site,
  request: HttpRequest,
  headers: SiteOptions['headers'],
): HttpReply | Promise<HttpReply> {
  if (UNKNOWN_TO_STANDARD.has(request.method)) {
    return plain(405, 'Pages are only read here.', { ...headers(request), Allow: 'GET, HEAD' });
  }
  return (
    answerStandard(request, (standard) => site.fetch(standard, { request })) ??
    plain(400, 'This address cannot be read.', headers(request))
  );
}

/** An answer in words, which nobody keeps. */
export function plain(status: number, text: string, headers: Readonly<Record<string, string>>): HttpReply {
  return {
    status,
    headers: { ...headers, 'Content-Type': PLAIN_TEXT, 'Cache-Control': 'no-store' },
    body: `${text}\n`,
  };
}

/** Methods of which no standard request can be made (Fetch, 2.2.1). */
const UNKNOWN_TO_STANDARD: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** What a fault in a request is called by HTTP. */
const STATUS_OF: Partial<Record<SightlineError['code'], ContentfulStatusCode>> = {
  'bad-argument': 400,
  'bad-message': 400,
  unauthorised: 401,
  refused: 403,
  'not-found': 404,
  timeout: 408,
  closed: 408,
  'too-large': 413,
};

function say(c: Context, status: ContentfulStatusCode, text: string): Response {
  return c.text(`${text}\n`, status, { 'Content-Type': PLAIN_TEXT });
}
