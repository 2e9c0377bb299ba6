/**
 * The relay's pages over HTTP, on both transports, with autocannon: the page, its files, a file that the browser has
 * already, the health check and the figures. The server is a process of its own, and tells its CPU time.
 */
import { readdirSync } from 'node:fs';
import autocannon from 'autocannon';
import { SightlineError } from '../../codecs/index.js';
import { builtFile, chooseTransport, type TransportName } from '../../engine/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { MeasuredServer } from './figures.js';

const SECONDS = 2;
const CONNECTIONS = 20;
/** By the names that they have in the sources; the built ones have a hash. */
const FILES = ['console.js', 'page.css', 'decode-worker.js', 'kernels.wasm'];
/** A file that a browser has asks for nothing but whether it is still the same. */
const CACHED = 'console.js';

export async function run(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const notes = [
    `${CONNECTIONS} connections for ${SECONDS} s each; the load is on the same machine, so rates compare and are no limits.`,
    '"CPU us": of the server process for each request.',
  ];
  for (const transport of ['uws', 'ws'] as const) {
    try {
      await chooseTransport(transport);
      rows.push(...(await measureTransport(transport)));
    } catch (error) {
      if (!(error instanceof SightlineError) || error.code !== 'missing-tool') throw error;
      notes.push(error.message);
    }
  }
  return { name: 'http', unit: 'requests per second; ms', rows, notes };
}

async function measureTransport(transport: TransportName): Promise<BenchRow[]> {
  const server = await MeasuredServer.start(transport, 'relay-server.js', [transport]);
  try {
    const rows: BenchRow[] = [];
    const paths = ['/', ...FILES.map(builtPath), '/healthz', '/metrics'];
    for (const path of paths) rows.push(await measurePath(server, path));
    const plain = { headers: { 'accept-encoding': 'identity' } };
    const cached = builtPath(CACHED);
    const { headers } = await fetch(addressOf(server, cached), plain);
    const etag = headers.get('etag') ?? '';
    rows.push(await measurePath(server, cached, { 'accept-encoding': 'br' }, ', compressed'));
    rows.push(await measurePath(server, cached, { 'if-none-match': etag }, ', not modified'));
    return rows;
  } finally {
    await server.stop();
  }
}

/** With `if-none-match` the answer is that nothing has changed; it counts as an error otherwise. */
async function measurePath(
  server: MeasuredServer,
  path: string,
  headers: Record<string, string> = {},
  what = '',
): Promise<BenchRow> {
  const before = await server.cpuMs();
  const result = await autocannon({
    url: addressOf(server, path),
    connections: CONNECTIONS,
    duration: SECONDS,
    headers,
  });
  const cpuMs = (await server.cpuMs()) - before;
  const wanted = 'if-none-match' in headers ? '304' : '200';
  const answered = result.requests.total;
  return {
    case: `${server.name} ${path.replace(HASH, '')}${what}`,
    figures: {
      'requests/s': result.requests.average,
      'MB/s': result.throughput.average / 1e6,
      p50: result.latency.p50,
      p99: result.latency.p99,
      'CPU us': (cpuMs * 1000) / Math.max(1, answered),
      errors: result.errors + answered - (result.statusCodeStats?.[wanted]?.count ?? 0),
    },
  };
}

/** What the build has added to a name. */
const HASH = /-[A-Z0-9]{8}(?=\.\w+$)/;

function builtPath(name: string): string {
  const built = readdirSync(builtFile('page')).find((file) => file.replace(HASH, '') === name);
  if (built === undefined) throw new SightlineError('not-found', `The page has no ${name}.`);
  return `/${built}`;
}

function addressOf(server: MeasuredServer, path: string): string {
  return `http://127.0.0.1:${server.port}${path}`;
}

await benchMain(import.meta.url, run);
