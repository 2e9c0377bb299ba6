/** A lab in real time: relay and host in processes of their own, viewers in this one, sockets between them. */
import { randomBytes } from 'node:crypto';
import type { Rect } from '../../codecs/index.js';
import {
  formatAddress,
  HeadlessViewer,
  type OffsetEstimate,
  systemClock,
  type ViewerHandlers,
} from '../../engine/index.js';
import type { Lab, Traces, Usage } from './lab.js';
import {
  type FrameHash,
  type HostReady,
  type HostTask,
  MeasuredProcess,
  type RelayReady,
} from './processes.js';
import type { MeasureSettings } from './settings.js';

export class RealLab implements Lab {
  readonly clock = systemClock;
  readonly transport: Lab['transport'];
  readonly textField: Rect | undefined;
  readonly #settings: MeasureSettings;
  readonly #relay: MeasuredProcess;
  readonly #host: MeasuredProcess;
  readonly #address: string;

  /** Rejects with `SightlineError`; leaves no process behind then. */
  static async open(settings: MeasureSettings): Promise<RealLab> {
    const relay = await MeasuredProcess.start<RelayReady>('relay', './relay-process.js', {
      transport: settings.transport,
    });
    try {
      const token = randomBytes(16).toString('base64url');
      const task: HostTask = { settings, relay: `${relay.ready.address.replace(/^http/, 'ws')}/ws`, token };
      const host = await MeasuredProcess.start<HostReady>('host', './host-process.js', task);
      return new RealLab(settings, relay, host, formatAddress(relay.ready.address, token));
    } catch (error) {
      await relay.process.stop();
      throw error;
    }
  }

  private constructor(
    settings: MeasureSettings,
    relay: { process: MeasuredProcess; ready: RelayReady },
    host: { process: MeasuredProcess; ready: HostReady },
    address: string,
  ) {
    this.#settings = settings;
    this.#relay = relay.process;
    this.#host = host.process;
    this.#address = address;
    this.transport = { name: relay.ready.transport, reason: relay.ready.reason };
    this.textField = host.ready.textField;
  }

  get onHash(): ((hash: FrameHash) => void) | undefined {
    return this.#host.onHash;
  }

  set onHash(listener: ((hash: FrameHash) => void) | undefined) {
    this.#host.onHash = listener;
  }

  get hostOffset(): OffsetEstimate {
    return this.#host.offset();
  }

  run<T>(measurement: Promise<T>): Promise<T> {
    return measurement;
  }

  openViewer(index: number, handlers: ViewerHandlers): Promise<HeadlessViewer> {
    const { level, lanes } = this.#settings;
    return HeadlessViewer.open({
      address: this.#address,
      name: `viewer ${index + 1}`,
      quality: level,
      lane: lanes,
      handlers,
    });
  }

  async usage(): Promise<Usage> {
    const [host, relay] = await Promise.all([this.#host.figures(), this.#relay.figures()]);
    const { user, system } = process.cpuUsage();
    return { cpu: { host: host.cpu, relay: relay.cpu, viewers: user + system }, host: host.host! };
  }

  async traces(): Promise<Traces> {
    const [host, relay] = await Promise.all([this.#host.traces(), this.#relay.traces()]);
    return {
      host: host.hostTraces ?? [],
      relay: relay.relayTraces ?? [],
      offsets: { host: this.#host.offset(), relay: this.#relay.offset() },
    };
  }

  setHashing(on: boolean): void {
    this.#host.setHashing(on);
  }

  async close(): Promise<void> {
    await this.#host.stop();
    await this.#relay.stop();
  }
}
