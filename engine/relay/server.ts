/** A relay that runs: transport, switch, page, health and figures in one process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { SightlineError } from '../../codecs/index.js';
import { projectRoot } from '../artifacts.js';
import { type Clock, systemClock } from '../clock.js';
import { answerFrom, answerPage, createSite, plain, readPage, securityHeaders } from '../http/index.js';
import type { RelayTrace } from '../trace.js';
import {
  chooseTransport,
  type HeartbeatTimes,
  type HttpRequest,
  type TlsFiles,
  type TransportName,
  type TransportWish,
} from '../transport/index.js';
import { addressKey, ProxyTrust } from '../transport/peer-address.js';
import { servesNames } from '../transport/served-names.js';
import { allowsOrigin, refuseHost } from '../transport/upgrade-policy.js';
import { AddressRates } from './address-rates.js';
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from './limits.js';
import { metricsText, type Running } from './metrics.js';
import { parsePublicUrl } from './public-url.js';
import { Relay } from './relay.js';

export interface StartRelayOptions {
  /** Address to bind to: 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly transport?: TransportWish;
  /** Origins besides the relay's own whose pages may open links. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Where the relay is to be reached, `https://support.example` for example: it answers to these names, its links may be
   * opened by pages from there, and the first is the `address` that it tells.
   */
  readonly publicUrls?: readonly string[];
  /** TLS ends here; without, in front of the relay or nowhere. */
  readonly tls?: TlsFiles;
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
  /** `http://host:port` or `https://…`, without a slash at its end: what it was told, or where it listens. */
  readonly address: string;
  /** Where it listens, whatever it is called elsewhere. */
  readonly localAddress: string;
  /** The links' address: `ws://host:port/ws` or `wss://…`. */
  readonly linkAddress: string;
  readonly host: string;
  readonly port: number;
  readonly transport: TransportName;
  /** Why this transport, in words. */
  readonly reason: string;
  readonly relay: Relay;
  /** As `Listening.reloadTls`. */
  reloadTls(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

const DEFAULT_MAX_LINKS = 4096;
/** Several full sessions behind one address, with two links each. */
const DEFAULT_MAX_LINKS_PER_ADDRESS = 1024;
const DEFAULT_MAX_CONNECTIONS = 8192;
const PLAIN_TEXT = 'text/plain; charset=utf-8';
const METRICS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const NOT_BUILT = 'The console page is not built: run "npm run build" and start the relay again.';
/** The transport's own limit lies above the relay's: two whole 4K pictures without any compression. */
const HARD_BUFFER_BYTES = 64 * 1024 * 1024;

/**
 * Rejects with `SightlineError`: `refused` (as `RelayTransport.listen`), `missing-tool` (the forced transport),
 * `bad-argument` (`trustProxy`, `publicUrl`, `tlsCert`, `tlsKey`).
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
  const page = readPage(options.page ?? join(built, 'page'));
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
  const publicUrls = (options.publicUrls ?? []).map(parsePublicUrl);
  const publicNames = publicUrls.map(({ hostname }) => hostname.replace(/^\[(.*)\]$/, '$1'));
  const serves = servesNames([host, ...publicNames, ...(options.names ?? [])]);
  const allowedOrigins = [...publicUrls.map(({ origin }) => origin), ...(options.allowedOrigins ?? [])];
  const headers = (request: HttpRequest) => securityHeaders(request.header('host'), request.secure);
  const site = createSite({
    headers,
    allowsOrigin: (origin, host) => allowsOrigin(origin, host, allowedOrigins),
  });
  let isReady = true;
  site.get('/healthz', (c) => c.json(healthOf(running())));
  site.get('/readyz', (c) => c.json({ ready: isReady }, isReady ? 200 : 503));
  site.get('/metrics', (c) => c.text(metricsText(running()), 200, { 'Content-Type': METRICS_TEXT }));
  const askers = new AddressRates(options.limits?.refusalRate ?? DEFAULT_RELAY_LIMITS.refusalRate);
  site.post('/tickets', async (c) => {
    // Who guesses the secret, and who opens rooms without end, is heard as seldom as one whose hellos are refused.
    if (!askers.take(addressKey(c.env.request.address), clock.now()))
      return c.text('Too many requests.\n', 429);
    const { secret } = readTicketRequest(await c.req.text());
    const { room, ticket, expiresAt } = relay.issueRoom(secret);
    return c.json({ room, ticket, seconds: Math.floor((expiresAt - clock.now()) / 1e6) });
  });
  if (!page.has('/')) site.get('/', (c) => c.text(`${NOT_BUILT}\n`, 404));
  const connections = new AddressRates(options.limits?.connectionRate ?? DEFAULT_RELAY_LIMITS.connectionRate);
  const listening = await transport.listen({
    host,
    port: options.port ?? 0,
    allowedOrigins,
    clock,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    serves,
    proxies,
    headers: {
      ...securityHeaders('', options.tls !== undefined),
      'Content-Type': PLAIN_TEXT,
      'Cache-Control': 'no-store',
    },
    maxLinks: options.maxLinks ?? DEFAULT_MAX_LINKS,
    maxLinksPerAddress: options.maxLinksPerAddress ?? DEFAULT_MAX_LINKS_PER_ADDRESS,
    maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
    // A proxy's connections are those of many.
    admits: (address) => proxies.trusts(address) || connections.take(addressKey(address), clock.now()),
    maxBufferedBytes: HARD_BUFFER_BYTES,
    onLink: (link, { address }) => relay.accept(link, address),
    onRequest: (request) => {
      try {
        const refusal = refuseHost(request.header('host'), serves);
        if (refusal !== undefined) return plain(refusal.status, refusal.reason, headers(request));
        return answerPage(request, page, headers(request)) ?? answerFrom(site, request, headers);
      } catch (fault) {
        // A handler that throws would take the whole process with it.
        console.error('relay:', fault);
        return plain(500, 'The relay has failed to answer.', headers(request));
      }
    },
  });
  const authority = `${host.includes(':') ? `[${host}]` : host}:${listening.port}`;
  const localAddress = `http${options.tls === undefined ? '' : 's'}://${authority}`;
  const address = publicUrls[0]?.origin ?? localAddress;
  return {
    address,
    localAddress,
    linkAddress: `${address.replace(/^http/, 'ws')}/ws`,
    host,
    port: listening.port,
    transport: transport.name,
    reason,
    relay,
    reloadTls: () => listening.reloadTls(),
    async close() {
      isReady = false;
      relay.close();
      await listening.close();
    },
  };
}

/** What is asked for at `/tickets`. Throws `SightlineError` (`bad-message`). */
function readTicketRequest(text: string): v.InferOutput<typeof ticketRequest> {
  try {
    return v.parse(ticketRequest, JSON.parse(text));
  } catch (cause) {
    throw new SightlineError('bad-message', 'A ticket is asked for with {"secret": "…"}.', { cause });
  }
}

const ticketRequest = v.object({ secret: v.optional(v.pipe(v.string(), v.maxLength(256))) });

function healthOf(running: Running) {
  const { sessions } = running.relay.snapshot();
  return {
    status: 'ok',
    version: running.version,
    transport: running.transport,
    reason: running.reason,
    sessions: sessions.length,
    viewers: sessions.reduce((sum, session) => sum + session.viewers.length, 0),
    uptimeSeconds: Math.round(running.uptimeSeconds * 1000) / 1000,
  };
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
