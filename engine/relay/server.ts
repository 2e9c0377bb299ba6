/** A relay that runs: transport, switch, page, health and figures in one process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../artifacts.js';
import { type Clock, systemClock } from '../clock.js';
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from '../room/limits.js';
import type { RelayTrace } from '../trace.js';
import {
  chooseTransport,
  type HeartbeatTimes,
  type PageReply,
  type PageRequest,
  type TransportName,
  type TransportWish,
} from '../transport/index.js';
import { addressKey, ProxyTrust } from '../transport/peer-address.js';
import { servesNames } from '../transport/served-names.js';
import { refuseHost } from '../transport/upgrade-policy.js';
import { AddressRates } from './address-rates.js';
import { chooseEncoding } from './encodings.js';
import { metricsText, type Running } from './metrics.js';
import { type PageFile, readPage } from './page-files.js';
import { Relay } from './relay.js';
import { securityHeaders } from './security-headers.js';

export interface StartRelayOptions {
  /** Address to bind to: 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly transport?: TransportWish;
  /** Origins besides the relay's own whose pages may open links. */
  readonly allowedOrigins?: readonly string[];
  /** Names that the relay answers to, besides addresses, `localhost` and `host`: what a proxy passes on, for example. */
  readonly names?: readonly string[];
  /** Addresses and networks of proxies, whose X-Forwarded-For tells whose a link is; nobody's unless told. */
  readonly trustProxy?: readonly string[];
  /** Asked of hosts when set. */
  readonly secret?: string;
  readonly limits?: Partial<RelayLimits>;
  /** As for `Relay`. */
  readonly heartbeat?: HeartbeatTimes;
  /** As for `Relay`. */
  readonly onTrace?: (trace: RelayTrace) => void;
  /** Links at one time; 4,096 by default. */
  readonly maxLinks?: number;
  /** ...and of one address (an IPv6 /64 counts as one); 1,024 by default. */
  readonly maxLinksPerAddress?: number;
  /** Connections at one time that are no links; 8,192 by default. */
  readonly maxConnections?: number;
  /** Milliseconds for a request; see `ListenOptions`. */
  readonly requestTimeoutMs?: number;
  readonly clock?: Clock;
  /** Folder of the console's files; the built page by default. */
  readonly page?: string;
}

export interface RunningRelay {
  /** `http://host:port`, without a slash at its end. */
  readonly address: string;
  /** The links' address: `ws://host:port/ws`. */
  readonly linkAddress: string;
  readonly host: string;
  readonly port: number;
  readonly transport: TransportName;
  /** Why this transport, in words. */
  readonly reason: string;
  readonly relay: Relay;
  /** Idempotent. */
  close(): Promise<void>;
}

const DEFAULT_MAX_LINKS = 4096;
/** Several full sessions behind one address, with two links each. */
const DEFAULT_MAX_LINKS_PER_ADDRESS = 1024;
const DEFAULT_MAX_CONNECTIONS = 8192;
const PLAIN_TEXT = 'text/plain; charset=utf-8';
/** The transport's own limit lies above the relay's: two whole 4K pictures without any compression. */
const HARD_BUFFER_BYTES = 64 * 1024 * 1024;

/**
 * Rejects with `SightlineError`: `refused` (as `RelayTransport.listen`), `missing-tool` (the forced transport),
 * `bad-argument` (`trustProxy`).
 */
export async function startRelay(options: StartRelayOptions = {}): Promise<RunningRelay> {
  const clock = options.clock ?? systemClock;
  const host = options.host ?? '127.0.0.1';
  const { transport, reason } = await chooseTransport(options.transport);
  const relay = new Relay({
    clock,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.secret === undefined ? {} : { secret: options.secret }),
    ...(options.heartbeat === undefined ? {} : { heartbeat: options.heartbeat }),
    ...(options.onTrace === undefined ? {} : { onTrace: options.onTrace }),
  });
  const built = join(projectRoot(), 'dist');
  const modules = ['kernels.wasm', 'recording.wasm', 'vp8.wasm'].map((name) => join(built, 'wasm', name));
  const page = readPage(options.page ?? join(built, 'page'), modules);
  const version = packageVersion();
  const startedAt = clock.now();
  const running = (): Running => ({
    relay,
    listening,
    transport: transport.name,
    reason,
    version,
    uptimeSeconds: (clock.now() - startedAt) / 1e6,
  });
  const proxies = new ProxyTrust(options.trustProxy ?? []);
  const serves = servesNames([host, ...(options.names ?? [])]);
  const connections = new AddressRates(options.limits?.connectionRate ?? DEFAULT_RELAY_LIMITS.connectionRate);
  const listening = await transport.listen({
    host,
    port: options.port ?? 0,
    allowedOrigins: options.allowedOrigins ?? [],
    serves,
    proxies,
    headers: { ...securityHeaders(''), 'Content-Type': PLAIN_TEXT, 'Cache-Control': 'no-store' },
    maxLinks: options.maxLinks ?? DEFAULT_MAX_LINKS,
    maxLinksPerAddress: options.maxLinksPerAddress ?? DEFAULT_MAX_LINKS_PER_ADDRESS,
    maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
    // A proxy's connections are those of many.
    admits: (address) => proxies.trusts(address) || connections.take(addressKey(address), clock.now()),
    maxBufferedBytes: HARD_BUFFER_BYTES,
    onLink: (link, address) => relay.accept(link, address),
    onRequest: (request) => {
      try {
        return answer(request, page, running, serves);
      } catch (fault) {
        // A handler that throws would take the whole process with it.
        console.error('relay:', fault);
        return failure(500, 'The relay has failed to answer.', securityHeaders(''));
      }
    },
  });
  const authority = `${host.includes(':') ? `[${host}]` : host}:${listening.port}`;
  return {
    address: `http://${authority}`,
    linkAddress: `ws://${authority}/ws`,
    host,
    port: listening.port,
    transport: transport.name,
    reason,
    relay,
    async close() {
      relay.close();
      await listening.close();
    },
  };
}

function answer(
  request: PageRequest,
  page: ReadonlyMap<string, PageFile>,
  running: () => Running,
  serves: (host: string) => boolean,
): PageReply {
  const headers = securityHeaders(request.host);
  const refusal = refuseHost(request.host, serves);
  if (refusal !== undefined) return failure(refusal.status, refusal.reason, headers);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return failure(405, 'Pages are only read here.', { ...headers, Allow: 'GET, HEAD' });
  }
  switch (request.path) {
    case '/healthz':
      return reply(200, 'application/json; charset=utf-8', healthJson(running()), headers);
    case '/metrics':
      return reply(200, 'text/plain; version=0.0.4; charset=utf-8', metricsText(running()), headers);
  }
  const file = page.get(request.path);
  if (file === undefined) {
    const text = page.has('/')
      ? 'There is no such page.'
      : 'The console page is not built: run "npm run build" and start the relay again.';
    return failure(404, text, headers);
  }
  // Names do not change with their content, so a browser asks each time and mostly hears "not modified".
  const encoding = chooseEncoding(request.acceptEncoding, file.forms);
  const { body, etag } = file.forms.get(encoding)!;
  const cached: Record<string, string> = { ...headers, ETag: etag, 'Cache-Control': 'no-cache' };
  if (file.forms.size > 1) cached.Vary = 'Accept-Encoding';
  if (isHeld(request.ifNoneMatch, etag)) return { status: 304, headers: cached, body: '' };
  if (encoding !== 'identity') cached['Content-Encoding'] = encoding;
  return { status: 200, headers: { ...cached, 'Content-Type': file.type }, body };
}

/** Whether a client has the form with this tag; proxies make tags weak (RFC 9110, 13.1.2). */
function isHeld(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((tag) => {
    const held = tag.trim();
    return held === '*' || held.replace(/^W\//, '') === etag;
  });
}

/** An answer in words. */
function failure(status: number, text: string, headers: Record<string, string>): PageReply {
  return reply(status, PLAIN_TEXT, `${text}\n`, headers);
}

function reply(status: number, type: string, body: string, headers: Record<string, string>): PageReply {
  return { status, headers: { ...headers, 'Content-Type': type, 'Cache-Control': 'no-store' }, body };
}

function healthJson(running: Running): string {
  const { sessions } = running.relay.snapshot();
  return `${JSON.stringify({
    status: 'ok',
    version: running.version,
    transport: running.transport,
    reason: running.reason,
    sessions: sessions.length,
    viewers: sessions.reduce((sum, session) => sum + session.viewers.length, 0),
    uptimeSeconds: Math.round(running.uptimeSeconds * 1000) / 1000,
  })}\n`;
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
