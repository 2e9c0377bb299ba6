/** Hosts of a capacity search: a simulated desktop, a file's replay, or many hosts that send what is prepared. */
import { randomBytes } from 'node:crypto';
import {
  dialWebSocket,
  type FrameSource,
  HostSession,
  type Micros,
  systemClock,
} from '../../engine/index.js';
import { exitIfBroken, ReplaySource, SimulatedDesktop } from '../hosts/index.js';
import { childTask, serve } from './child.js';
import { machineTimeOffset } from './machine-time.js';
import { PreparedHost } from './prepared-host.js';
import type { CapacitySettings } from './settings.js';

export interface HostTask {
  readonly settings: CapacitySettings;
  /** Where the file is that hosts show; they show scenes unless given. */
  readonly replay?: string;
  readonly hosts: readonly HostPlace[];
}

export interface HostPlace {
  /** `ws://host:port/ws` */
  readonly relay: string;
  readonly token: string;
  /** Of its desktop, so that hosts do not all do the same at the same time. */
  readonly seed: number;
}

export interface HostReady {
  readonly timeOffset: Micros;
}

interface Stoppable {
  stop(): Promise<void> | void;
}

const { settings, replay, hosts } = childTask<HostTask>();
const open = settings.frameBytes > 0 ? openPrepared : openCoding;
const running = await Promise.all(hosts.map(open));
serve({
  ready: { timeOffset: machineTimeOffset() } satisfies HostReady,
  async stop() {
    for (const host of running) await host.stop();
  },
});

async function openPrepared({ relay, token }: HostPlace): Promise<Stoppable> {
  const key = randomBytes(16).toString('base64url');
  const host = await PreparedHost.open({ ...settings, clock: systemClock, relay, token, key });
  return { stop: () => host.close() };
}

function openSource(seed: number): Promise<FrameSource> | FrameSource {
  const { width, height, fps, scenes } = settings;
  return replay === undefined
    ? new SimulatedDesktop({ clock: systemClock, width, height, fps, seed, scenes })
    : ReplaySource.open(replay, { clock: systemClock, loop: true });
}

/** Resolves when it is connected. */
async function openCoding({ relay, token, seed }: HostPlace): Promise<Stoppable> {
  const { threads } = settings;
  const source = await openSource(seed);
  return new Promise((resolve, reject) => {
    const session = new HostSession({
      source,
      dial: () => dialWebSocket(relay),
      clock: systemClock,
      token,
      key: randomBytes(16).toString('base64url'),
      name: 'load',
      ...(threads === undefined ? {} : { threads }),
      onState: ({ kind }) => {
        if (kind === 'connected') resolve(session);
      },
      onFault: (error) => exitIfBroken(source, error),
    });
    session.start().catch(reject);
  });
}
