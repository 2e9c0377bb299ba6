/** A host of a capacity search: a simulated desktop. */
import { randomBytes } from 'node:crypto';
import { dialWebSocket, HostSession, type Micros, systemClock } from '../../engine/index.js';
import { SimulatedDesktop } from '../hosts/index.js';
import { childTask, serve } from './child.js';
import { machineTimeOffset } from './machine-time.js';
import type { CapacitySettings } from './settings.js';

export interface HostTask {
  readonly settings: CapacitySettings;
  /** `ws://host:port/ws` */
  readonly relay: string;
  readonly token: string;
  /** Of its desktop, so that hosts do not all do the same at the same time. */
  readonly seed: number;
}

export interface HostReady {
  readonly timeOffset: Micros;
}

const { settings, relay, token, seed } = childTask<HostTask>();
const { width, height, fps, scenes, threads } = settings;
let isReady = false;
const session = new HostSession({
  source: new SimulatedDesktop({ clock: systemClock, width, height, fps, seed, scenes }),
  dial: () => dialWebSocket(relay),
  clock: systemClock,
  token,
  key: randomBytes(16).toString('base64url'),
  name: 'load',
  ...(threads === undefined ? {} : { threads }),
  onState: ({ kind }) => {
    if (kind !== 'connected' || isReady) return;
    isReady = true;
    serve({ ready: { timeOffset: machineTimeOffset() } satisfies HostReady, stop: () => session.stop() });
  },
});
await session.start();
