/** A host in a page's worker: paints what it is told to, and says what its picture is. */
import { systemClock } from '../../../engine/clock.js';
import { HostSession, pageThreads } from '../../../engine/host/page.js';
import { dialSocket } from '../../../harness/console/session/worker/socket-link.js';
import { PaintedSource } from '../../support/painted-source.js';

/** What the page asks: each is answered, in order. */
export type Ask =
  | { readonly kind: 'start'; readonly link: string; readonly token: string; readonly key: string }
  | { readonly kind: 'paint'; readonly seed: number }
  | { readonly kind: 'stats' };

const WIDTH = 900;
const HEIGHT = 700;

const source = new PaintedSource(systemClock, WIDTH, HEIGHT);
const faults: string[] = [];
let host: HostSession | undefined;

async function start({ link, token, key }: Extract<Ask, { kind: 'start' }>): Promise<void> {
  source.photo({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, 1);
  host = new HostSession({
    source,
    dial: () => dialSocket(link),
    clock: systemClock,
    token,
    key,
    name: 'A page',
    module: () => WebAssembly.compileStreaming(fetch('/kernels.wasm')),
    threads: 2,
    startThreads: pageThreads(() => new Worker('/coder-worker.js', { type: 'module' })),
    onFault: (error) => faults.push(String(error)),
  });
  await host.start();
}

async function answer(ask: Ask): Promise<unknown> {
  if (ask.kind === 'start') return start(ask);
  if (ask.kind === 'stats') return { pool: host?.stats().pipeline?.pool, faults };
  // Everything, a part of it, and a part that moves.
  source.photo({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, ask.seed);
  source.text({ x: 100, y: 80, width: 400, height: 300 }, ask.seed);
  source.scrollUp({ x: 100, y: 80, width: 400, height: 300 }, 17, ask.seed);
  const digest = await crypto.subtle.digest('SHA-256', source.pixels as Uint32Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

self.onmessage = async ({ data }: MessageEvent<Ask>) => {
  try {
    self.postMessage({ answer: await answer(data) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
