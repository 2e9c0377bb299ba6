/** Serving the page and the health check over HTTP, on both transports, with autocannon. */
import autocannon from 'autocannon';
import { SightlineError } from '../../codecs/index.js';
import { startRelay, type TransportName } from '../../engine/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';

const SECONDS = 3;
const CONNECTIONS = 20;

export async function run(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const notes = ['Server and load share one process, so the figures compare; they are no limits.'];
  for (const transport of ['uws', 'ws'] as const) {
    try {
      rows.push(...(await measureTransport(transport)));
    } catch (error) {
      if (!(error instanceof SightlineError) || error.code !== 'missing-tool') throw error;
      notes.push(error.message);
    }
  }
  return { name: 'page', unit: 'requests per second; ms', rows, notes };
}

async function measureTransport(transport: TransportName): Promise<BenchRow[]> {
  const relay = await startRelay({ transport });
  try {
    const rows: BenchRow[] = [];
    for (const path of ['/', '/console.js', '/healthz']) {
      const result = await autocannon({
        url: `${relay.address}${path}`,
        connections: CONNECTIONS,
        duration: SECONDS,
      });
      rows.push({
        case: `${transport} ${path}`,
        figures: {
          'requests/s': result.requests.average,
          'MB/s': result.throughput.average / 1e6,
          p50: result.latency.p50,
          p99: result.latency.p99,
          errors: result.errors + result.non2xx,
        },
      });
    }
    return rows;
  } finally {
    await relay.close();
  }
}

await benchMain(import.meta.url, run);
