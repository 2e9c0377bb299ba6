/** Hosts of a capacity search: a simulated desktop, or many hosts that send what is prepared. */
import { randomBytes } from 'node:crypto';
import { dialWebSocket, HostSession, type Micros, systemClock } from '../../engine/index.js';
import { SimulatedDesktop } from '../hosts/index.js';
import { childTask, serve } from './child.js';
import { machineTimeOffset } from './machine-time.js';
import { PreparedHost } from './prepared-host.js';
import type { CapacitySettings } from './settings.js';

export interface HostTask {
  readonly settings: CapacitySettings;
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

const { settings, hosts } = childTask<HostTask>();
const open = settings.frameBytes > 0 ? openPrepared : openDesktop;
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

/** Resolves when it is connected. */
function openDesktop({ relay, token, seed }: HostPlace): Promise<Stoppable> {
  const { width, height, fps, scenes, threads } = settings;
  return new Promise((resolve, reject) => {
    const session = new HostSession({
      source: new SimulatedDesktop({ clock: systemClock, width, height, fps, seed, scenes }),
      dial: () => dialWebSocket(relay),
      clock: systemClock,
      token,
      key: randomBytes(16).toString('base64url'),
      name: 'load',
      ...(threads === undefined ? {} : { threads }),
      onState: ({ kind }) => {
        if (kind === 'connected') resolve(session);
      },
    });
    session.start().catch(reject);
  });
}
