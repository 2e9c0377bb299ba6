/**
 * The load of the relay benchmark: one host that sends frames of a few slices, and viewers that acknowledge
 * each frame. The host keeps two frames in flight, as flow control does on a quick link, so that no queue grows
 * and no viewer is cut. The same bytes go to the relay and to the bare server.
 */
import {
  Channel,
  decodeControl,
  encodeAck,
  encodeControl,
  PROTOCOL_VERSION,
  SLICE_HEADER_BYTES,
  SliceFlag,
  writeSliceHeader,
} from '../../engine/index.js';
import type { MeasuredServer } from './figures.js';
import { frameOf, RawClient } from './raw-client.js';

export interface Load {
  readonly viewers: number;
  readonly messageBytes: number;
  readonly slicesPerFrame: number;
  readonly durationMs: number;
}

export interface Measured {
  readonly framesPerSecond: number;
  /** Megabytes per second out of the server. */
  readonly megabytesPerSecond: number;
  /** CPU of the server process per megabyte out. */
  readonly cpuMsPerMegabyte: number;
}

const FRAMES_IN_FLIGHT = 2;

/** Throws when a viewer misses a frame: then something else than the fan-out was measured. */
export async function measure(server: MeasuredServer, load: Load, joins: boolean): Promise<Measured> {
  const host = await RawClient.open(server.port);
  const viewers: RawClient[] = [];
  try {
    if (joins) await openSession(host, server.port, load.viewers, viewers);
    else for (let index = 0; index < load.viewers; index++) viewers.push(await RawClient.open(server.port));
    return await run(server, host, viewers, load, joins ? 1 : 0);
  } finally {
    await Promise.all([host, ...viewers].map((client) => client.close()));
  }
}

async function openSession(
  host: RawClient,
  port: number,
  count: number,
  viewers: RawClient[],
): Promise<void> {
  const token = crypto.randomUUID();
  const version = PROTOCOL_VERSION;
  const wanted = new Set(Array.from({ length: count }, (_, index) => index + 1));
  const allAsked = new Promise<void>((resolve) => {
    host.onMessage = (head, length) => {
      if (head[0] !== Channel.Control || length > head.length) return;
      const message = decodeControl(head);
      if (message.type !== 'refresh') return;
      wanted.delete(message.viewer);
      if (wanted.size === 0) resolve();
    };
  });
  const hello = {
    type: 'host-hello',
    version,
    token,
    key: token,
    name: '',
    width: 64,
    height: 64,
    frame: 0,
  } as const;
  host.send(frameOf(encodeControl(hello)));
  for (let index = 0; index < count; index++) {
    const viewer = await RawClient.open(port);
    viewers.push(viewer);
    viewer.send(frameOf(encodeControl({ type: 'viewer-hello', version, token, name: '', quality: 'high' })));
  }
  await allAsked;
  const shown = viewers.map(
    (viewer) =>
      new Promise<void>((resolve) => {
        viewer.onMessage = (head) => {
          if (head[0] !== Channel.Display) return;
          viewer.send(frameOf(ackOf(1)));
          resolve();
        };
      }),
  );
  for (let index = 0; index < count; index++) {
    host.send(frameOf(sliceOf(1, 0, 0, 1, SLICE_HEADER_BYTES, index + 1)));
  }
  await Promise.all(shown);
}

async function run(
  server: MeasuredServer,
  host: RawClient,
  viewers: RawClient[],
  load: Load,
  firstBase: number,
): Promise<Measured> {
  let sent = firstBase;
  let complete = firstBase;
  const acked = new Map<number, number>();
  const slices = Array.from({ length: load.slicesPerFrame }, (_, index) =>
    frameOf(sliceOf(2, 1, index, load.slicesPerFrame, load.messageBytes)),
  );
  const bodyAt = slices[0]!.length - load.messageBytes;
  const sendFrame = () => {
    const base = sent++;
    // Written once and patched: the host's own work must not be what limits the run.
    const bytes = slices.map((slice) => {
      const copy = slice.slice();
      const view = new DataView(copy.buffer);
      view.setUint32(bodyAt + 4, sent, true);
      view.setUint32(bodyAt + 8, base, true);
      return copy;
    });
    for (const slice of bytes) host.send(slice);
  };

  let fault: Error | undefined;
  let onIdle: (() => void) | undefined;
  let running = true;
  for (const viewer of viewers) {
    let held = firstBase;
    const ack = frameOf(ackOf(1));
    const ackView = new DataView(ack.buffer);
    viewer.onMessage = (head) => {
      if (head[0] !== Channel.Display || (head[3]! & SliceFlag.Last) === 0) return;
      const frame = head[4]! | (head[5]! << 8) | (head[6]! << 16);
      if (frame !== held + 1) fault ??= new Error(`A viewer got frame ${frame} after frame ${held}.`);
      held = frame;
      const copy = ack.slice();
      ackView.setUint32(6 + 4, frame, true);
      copy.set(ack);
      viewer.send(copy);
    };
  }
  host.onMessage = (head) => {
    if (head[0] !== Channel.Ack) return;
    const frame = head[4]! | (head[5]! << 8) | (head[6]! << 16);
    if (frame <= firstBase) return;
    const count = (acked.get(frame) ?? 0) + 1;
    if (count < viewers.length) {
      acked.set(frame, count);
      return;
    }
    acked.delete(frame);
    complete++;
    if (running) sendFrame();
    else if (complete === sent) onIdle?.();
  };

  const cpuBefore = await server.cpuMs();
  const startedAt = performance.now();
  for (let index = 0; index < FRAMES_IN_FLIGHT; index++) sendFrame();
  await new Promise((resolve) => setTimeout(resolve, load.durationMs));
  running = false;
  const cut = () =>
    new Error(`${server.name}: frame ${complete + 1} of ${sent} was not acknowledged by all.`);
  await new Promise<void>((resolve, reject) => {
    onIdle = resolve;
    setTimeout(() => reject(fault ?? cut()), 5_000).unref();
    if (complete === sent) resolve();
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = (await server.cpuMs()) - cpuBefore;
  if (fault !== undefined) throw fault;
  const frames = sent - firstBase;
  const megabytes = (frames * load.slicesPerFrame * load.messageBytes * viewers.length) / 1e6;
  return {
    framesPerSecond: frames / seconds,
    megabytesPerSecond: megabytes / seconds,
    cpuMsPerMegabyte: cpu / megabytes,
  };
}

function sliceOf(
  frame: number,
  base: number,
  slice: number,
  slices: number,
  bytes: number,
  viewer = 0,
): Uint8Array {
  const message = new Uint8Array(bytes);
  const first = slice === 0;
  const last = slice === slices - 1;
  const size = { width: 1920, height: 1080 };
  const flags = { first, last, approximate: false, refinement: false };
  writeSliceHeader(message, { level: 3, ...flags, frame, base, viewer, ...size, drawnAt: 1, slice });
  return message;
}

function ackOf(frame: number): Uint8Array {
  return encodeAck({
    kind: 'frame',
    level: 3,
    queued: 0,
    frame,
    viewer: 0,
    receivedAt: 1,
    presentedAt: 1,
    decode: 1,
  });
}
