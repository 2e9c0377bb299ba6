/**
 * The relay against a bare uWebSockets.js fan-out: frames and megabytes per second, and CPU of the server process
 * per megabyte out, with the same raw clients and the same bytes. The servers take turns in one run, and the
 * ratio is the median of the rounds' ratios, so that other load on the machine falls on both.
 */
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { MeasuredServer } from './figures.js';
import { type Load, type Measured, measure } from './load.js';

const ROUNDS = 5;
const DURATION_MS = 500;
const VIEWERS = [1, 10, 50];
const MESSAGE_BYTES = [20_000, 1_000];
/** A frame of a moving screen is a few slices. */
const SLICES_PER_FRAME = 4;

export async function run(): Promise<BenchResult> {
  const relay = await MeasuredServer.start('relay', 'relay-server.js');
  const bare = await MeasuredServer.start('bare', 'bare-server.js');
  const topic = await MeasuredServer.start('bare, publish()', 'bare-server.js', ['publish']);
  const rows: BenchRow[] = [];
  try {
    for (const messageBytes of MESSAGE_BYTES) {
      for (const viewers of VIEWERS) {
        const load: Load = {
          viewers,
          messageBytes,
          slicesPerFrame: SLICES_PER_FRAME,
          durationMs: DURATION_MS,
        };
        rows.push(await compare(load, relay, bare, topic));
      }
    }
  } finally {
    await Promise.all([relay, bare, topic].map((server) => server.stop()));
  }
  return {
    name: 'relay',
    unit: 'frames/s, MB/s out of the server, CPU ms of the server process per MB out',
    rows,
    notes: [
      `Frames of ${SLICES_PER_FRAME} messages, two in flight, every viewer acknowledges every frame; raw clients.`,
      `"bare": uWebSockets.js that sends each message to each link in a loop, and nothing else; "topic": its publish().`,
      `Medians of ${ROUNDS} rounds of ${DURATION_MS} ms in turn; "cpu ratio": the relay's CPU per MB over the bare loop's in the same round.`,
    ],
  };
}

async function compare(
  load: Load,
  relay: MeasuredServer,
  bare: MeasuredServer,
  topic: MeasuredServer,
): Promise<BenchRow> {
  const rounds: { relay: Measured; bare: Measured; topic: Measured }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    // Who goes first changes, so that none profits from the order.
    const inTurn = {
      relay: () => measure(relay, load, true),
      bare: () => measure(bare, load, false),
      topic: () => measure(topic, load, false),
    };
    const names = ['relay', 'bare', 'topic'] as const;
    const figures: Partial<Record<(typeof names)[number], Measured>> = {};
    for (let index = 0; index < names.length; index++) {
      const name = names[(index + round) % names.length]!;
      figures[name] = await inTurn[name]();
    }
    // The first round warms up.
    if (round > 0) rounds.push(figures as Required<typeof figures>);
  }
  const of = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick));
  return {
    case: `${load.messageBytes / 1000} kB to ${load.viewers}`,
    figures: {
      'frames/s': of((round) => round.relay.framesPerSecond),
      'MB/s': of((round) => round.relay.megabytesPerSecond),
      'CPU ms/MB': of((round) => round.relay.cpuMsPerMegabyte),
      'bare MB/s': of((round) => round.bare.megabytesPerSecond),
      'bare CPU ms/MB': of((round) => round.bare.cpuMsPerMegabyte),
      'topic CPU ms/MB': of((round) => round.topic.cpuMsPerMegabyte),
      'cpu ratio': of((round) => round.relay.cpuMsPerMegabyte / round.bare.cpuMsPerMegabyte),
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

await benchMain(import.meta.url, run);
