/**
 * Are the laboratory's links before real sockets as they say? Bytes as fast as a line takes them, and small messages
 * that wait for nothing, through the proxy in a process of its own, as `sightline measure` uses it.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { parseLink } from '../../engine/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { startLink } from '../support/link.js';

const LINES = [
  'rate=1mbit,delay=20ms',
  'rate=20mbit,delay=40ms',
  'rate=200mbit,delay=1ms',
  'dsl',
  'satellite,loss=0%',
];
/** Long enough for a twentieth of a percent, short enough for a benchmark. */
const SECONDS = 3;
const MESSAGES = 30;

export async function run(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  for (const words of LINES) rows.push(await measureLine(words));
  return {
    name: 'links',
    unit: 'before real sockets, from the relay to the party: wanted and measured',
    rows,
    notes: ['Delay: half of what a small message takes there and back, median, less half of the jitter.'],
  };
}

async function measureLine(words: string): Promise<BenchRow> {
  // Whoever sends one byte is sent as much as the line takes; anything longer comes back as it is.
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (first) => {
      if (first.length > 1) {
        socket.write(first);
        socket.pipe(socket);
        return;
      }
      const block = Buffer.alloc(65_536);
      const fill = (): void => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on('drain', fill);
      fill();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = (server.address() as AddressInfo).port;
  const link = await startLink(target, words);
  try {
    const { down, up } = parseLink(words);
    const jitter = (down.jitter + up.jitter) / 2;
    const delay = (down.delay + up.delay) / 2;
    const rate = await rateOf(link.port);
    const measured = ((await roundTrip(link.port)) - jitter / 1000) / 2;
    return {
      case: words,
      figures: {
        'Mbit/s': (down.bytesPerSecond * 8) / 1e6,
        measured: (rate * 8) / 1e6,
        'off %': 100 * (rate / down.bytesPerSecond - 1),
        'delay ms': delay / 1000,
        'measured ms': measured,
        'off ms': measured - delay / 1000,
      },
    };
  } finally {
    await link.close();
    server.close();
  }
}

/** Bytes per second, from the first byte to the last, once the line is full. */
async function rateOf(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.write('1');
  let first: number | undefined;
  let last = 0;
  let bytes = 0;
  for await (const chunk of socket) {
    last = performance.now();
    if (first === undefined) first = last;
    else bytes += (chunk as Buffer).length;
    if (last - first > SECONDS * 1000) break;
  }
  socket.destroy();
  return (bytes * 1000) / (last - (first ?? 0));
}

/** Milliseconds, the median. */
async function roundTrip(port: number): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const times: number[] = [];
  for (let message = 0; message < MESSAGES; message++) {
    const sentAt = performance.now();
    socket.write('ping');
    await once(socket, 'data');
    times.push(performance.now() - sentAt);
  }
  socket.destroy();
  return times.sort((a, b) => a - b)[MESSAGES / 2]!;
}

await benchMain(import.meta.url, run);
