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
import { HeadlessTechnician } from './headless-technician.js';
import { type Health, HealthProbe } from './health.js';
import type { Lab, Traces, Usage } from './lab.js';
import type { MeasuredHandlers, MeasuredViewer } from './measured-viewer.js';
import { PageTechnician } from './page/page-technician.js';
import {
  type BulkDoors,
  type BulkReady,
  type FrameHash,
  type HostReady,
  type HostTask,
  type LinksReady,
  type LinkTask,
  MeasuredProcess,
  type PartyPorts,
  type RelayReady,
} from './processes.js';
import { DEFAULT_SETTINGS, lineOf, lineSeed, type MeasureSettings } from './settings.js';

export class RealLab implements Lab {
  readonly clock = systemClock;
  readonly transport: Lab['transport'];
  readonly textField: Rect | undefined;
  readonly #settings: MeasureSettings;
  readonly #relay: MeasuredProcess;
  readonly #host: MeasuredProcess;
  readonly #links: Links;
  readonly #token: string;
  /** What is to be stopped before the links and the relay. */
  readonly #started: readonly Stoppable[];
  readonly #bulk: MeasuredProcess | undefined;
  #page: PageTechnician | undefined;
  readonly #health = new HealthProbe();

  /** Rejects with `SightlineError`; leaves no process behind then. */
  static async open(settings: MeasureSettings, replay?: string): Promise<RealLab> {
    const relay = await MeasuredProcess.start<RelayReady>('relay', './relay-process.js', {
      transport: settings.transport,
    });
    let links: Links | undefined;
    const started: Stoppable[] = [];
    try {
      const bulk = settings.bulkWindow > 0 ? await startBulkProcess() : undefined;
      if (bulk !== undefined) started.push(bulk.process);
      links = await Links.open(settings, new URL(relay.ready.address), bulk?.ready.doors);
      const token = randomBytes(16).toString('base64url');
      const shown = { settings, ...(replay === undefined ? {} : { replay }) };
      const task: HostTask = { ...shown, relay: `${links.origin('host').replace(/^http/, 'ws')}/ws`, token };
      const host = await MeasuredProcess.start<HostReady>('host', './host-process.js', task);
      started.push(host.process);
      for (let other = 1; other < settings.hosts; other++) {
        started.push(await openOther(shown, relay.ready.address));
      }
      return new RealLab(settings, relay, host, links, token, bulk?.process, started);
    } catch (error) {
      for (const each of started) await each.stop();
      await links?.close();
      await relay.process.stop();
      throw error;
    }
  }

  private constructor(
    settings: MeasureSettings,
    relay: { process: MeasuredProcess; ready: RelayReady },
    host: { process: MeasuredProcess; ready: HostReady },
    links: Links,
    token: string,
    bulk: MeasuredProcess | undefined,
    started: readonly Stoppable[],
  ) {
    this.#started = started;
    this.#bulk = bulk;
    this.#settings = settings;
    this.#relay = relay.process;
    this.#host = host.process;
    this.#links = links;
    this.#token = token;
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

  async openTechnician(handlers: MeasuredHandlers): Promise<MeasuredViewer> {
    if (this.#settings.viewer === undefined) return HeadlessTechnician.open(this, handlers);
    this.#page = await PageTechnician.open(this, {
      address: formatAddress(this.#links.origin(0), this.#token),
      quality: this.#settings.level,
      handlers,
    });
    return this.#page;
  }

  openViewer(index: number, handlers: ViewerHandlers): Promise<HeadlessViewer> {
    const { level, lanes } = this.#settings;
    return HeadlessViewer.open({
      address: formatAddress(this.#links.origin(index), this.#token),
      name: `viewer ${index + 1}`,
      quality: level,
      lane: lanes,
      handlers,
    });
  }

  startBulk(windowBytes: number): () => Promise<number> {
    const bulk = this.#bulk!;
    bulk.startBulk(this.#links.bulkDoors!, windowBytes);
    return async () => (await bulk.endBulk()).bulkBytesPerSecond;
  }

  async usage(): Promise<Usage> {
    const [host, relay, browser] = await Promise.all([
      this.#host.figures(),
      this.#relay.figures(),
      this.#page?.cpu() ?? 0,
    ]);
    const { user, system } = process.cpuUsage();
    return {
      cpu: { host: host.cpu, relay: relay.cpu, viewers: user + system + browser },
      host: host.host!,
      ...(host.fileWait === undefined ? {} : { fileWait: host.fileWait }),
      health: {
        host: moved(host.health, this.#host.offset()),
        relay: moved(relay.health, this.#relay.offset()),
        viewers: this.#health.take(),
      },
    };
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
    await this.#page?.close();
    this.#health.close();
    for (const each of this.#started) await each.stop();
    await this.#links.close();
    await this.#relay.stop();
  }
}

/** What a process tells of itself, on the lab's clock. */
function moved(health: Health, { offset }: OffsetEstimate): Health {
  return { ...health, garbage: health.garbage.map(({ at, duration }) => ({ at: at + offset, duration })) };
}

interface Stoppable {
  stop(): Promise<void>;
}

/** A session beside the one that is measured: it loads the relay, and goes straight to it. */
async function openOther(shown: Pick<HostTask, 'settings' | 'replay'>, relay: string): Promise<Stoppable> {
  const { settings } = shown;
  const token = randomBytes(16).toString('base64url');
  const task: HostTask = { ...shown, relay: `${relay.replace(/^http/, 'ws')}/ws`, token };
  const host = await MeasuredProcess.start<HostReady>('host', './host-process.js', task);
  const viewer = await HeadlessViewer.open({
    address: formatAddress(relay, token),
    quality: settings.level,
    lane: settings.lanes,
  });
  return {
    async stop() {
      viewer.close();
      await host.process.stop();
    },
  };
}

function startBulkProcess(): Promise<{ process: MeasuredProcess; ready: BulkReady }> {
  return MeasuredProcess.start<BulkReady>('bulk', './bulk-process.js', {});
}

/** The parties' lines to the relay, and to the file's doors. A party without one goes straight to both. */
class Links {
  readonly #relay: string;
  readonly #ports: ReadonlyMap<'host' | number, PartyPorts>;
  readonly #process: MeasuredProcess | undefined;
  /** Where the file's doors are for those at the other end of the lines. */
  readonly bulkDoors: BulkDoors | undefined;

  static async open(settings: MeasureSettings, relay: URL, doors?: BulkDoors): Promise<Links> {
    const everybody = ['host' as const, ...Array.from({ length: settings.viewers }, (_, index) => index)];
    const parties = everybody.filter((party) => lineOf(settings, party) !== DEFAULT_SETTINGS.link);
    if (parties.length === 0) return new Links(relay.origin, new Map(), doors, undefined);
    const doorOf = new Map<'host' | number, number>(
      doors === undefined
        ? []
        : [
            ['host', doors.host],
            [0, doors.technician],
          ],
    );
    const lines = parties.map((party) => {
      const bulk = doorOf.get(party);
      const line = { words: lineOf(settings, party), seed: lineSeed(settings, party) };
      return bulk === undefined ? line : { ...line, bulk };
    });
    const task: LinkTask = { target: Number(relay.port), lines };
    const { process, ready } = await MeasuredProcess.start<LinksReady>('links', './link-process.js', task);
    const ports = new Map(parties.map((party, index) => [party, ready.ports[index]!]));
    return new Links(relay.origin, ports, doors, process);
  }

  private constructor(
    relay: string,
    ports: ReadonlyMap<'host' | number, PartyPorts>,
    doors: BulkDoors | undefined,
    process: MeasuredProcess | undefined,
  ) {
    this.#relay = relay;
    this.#ports = ports;
    this.#process = process;
    this.bulkDoors = doors && {
      technician: ports.get(0)?.bulk ?? doors.technician,
      host: ports.get('host')?.bulk ?? doors.host,
    };
  }

  /** Where a party finds the relay. */
  origin(party: 'host' | number): string {
    const ports = this.#ports.get(party);
    return ports === undefined ? this.#relay : `http://127.0.0.1:${ports.relay}`;
  }

  async close(): Promise<void> {
    await this.#process?.stop();
  }
}
