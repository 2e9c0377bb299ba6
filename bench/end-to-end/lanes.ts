/**
 * Does a laser dot wait behind the display? A viewer on a slow link watches a film while another technician points;
 * its laser dots arrive on the link of the display, or on one of their own.
 */
import { randomBytes } from 'node:crypto';
import { dialWebSocket, HeadlessViewer, HostSession, startRelay, systemClock } from '../../engine/index.js';
import { formatAddress, LatencyHistogram } from '../../engine/viewer/index.js';
import { SimulatedDesktop } from '../../harness/hosts/index.js';
import { type BenchResult, type BenchRow, benchMain } from '../result.js';
import { startLink } from '../support/link.js';

/** A film at 1280x720 fills it. Its buffer holds two packets: connections take turns before it, not in it. */
const LINK = 'down.rate=4mbit,down.buffer=3kB';
const SECONDS = 8;
const DOTS_PER_SECOND = 20;

export async function run(): Promise<BenchResult> {
  return {
    name: 'lanes',
    unit: "ms until another viewer has the laser's dot, beside a film on 4 Mbit/s",
    rows: [await measureLanes(false), await measureLanes(true)],
    notes: [
      'The slow link gives its connections turns, as a router with fair queues does; where all wait in one queue, ' +
        'a link of its own gains less.',
    ],
  };
}

async function measureLanes(lane: boolean): Promise<BenchRow> {
  const relay = await startRelay();
  const link = await startLink(relay.port, LINK);
  const token = randomBytes(16).toString('base64url');
  const host = new HostSession({
    source: new SimulatedDesktop({ clock: systemClock, width: 1280, height: 720, scenes: ['film'] }),
    dial: () => dialWebSocket(relay.linkAddress),
    clock: systemClock,
    token,
    key: randomBytes(16).toString('base64url'),
    name: 'film',
  });
  const histogram = new LatencyHistogram();
  await host.start();
  const pointing = await HeadlessViewer.open({ address: formatAddress(relay.address, token) });
  const watching = await HeadlessViewer.open({
    address: formatAddress(`http://127.0.0.1:${link.port}`, token),
    lane,
    handlers: {
      onOverlay: (event, at) => {
        if (event.kind === 'laser' && event.visible) histogram.record(at - event.createdAt);
      },
    },
  });
  try {
    await watching.untilFrame(1, 60_000_000);
    pointing.session.setTool('laser');
    for (let dot = 0; dot < SECONDS * DOTS_PER_SECOND; dot++) {
      pointing.session.sendOverlay({ kind: 'laser', visible: true, x: 100 + dot, y: 100 });
      await new Promise((resolve) => setTimeout(resolve, 1000 / DOTS_PER_SECOND));
    }
    // The last dots may still be in the slow link's queue.
    await new Promise((resolve) => setTimeout(resolve, 3000));
  } finally {
    watching.close();
    pointing.close();
    await host.stop();
    await link.close();
    await relay.close();
  }
  const { samples, p50, p90, p99, max } = histogram.summary();
  const ms = (micros: number): number => micros / 1000;
  return {
    case: lane ? 'two links per viewer' : 'one link per viewer',
    figures: { samples, p50: ms(p50), p90: ms(p90), p99: ms(p99), max: ms(max) },
  };
}

await benchMain(import.meta.url, run);
