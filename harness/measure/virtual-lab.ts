/** A lab in virtual time: everything in this process, over a network of the link model, the same every time. */
import { ColourLevel, levelOfName } from '../../codecs/index.js';
import {
  AccessLine,
  type Clock,
  Computer,
  DIRECT,
  type FrameSource,
  HeadlessViewer,
  HostSession,
  type HostTrace,
  loadKernelModule,
  parseLink,
  Relay,
  type RelayTrace,
  seededRandom,
  type ViewerHandlers,
  VirtualClock,
  VirtualNetwork,
} from '../../engine/index.js';
import { FrameHasher } from '../hashes.js';
import { openReplay, type ReplayReader, ReplaySource, SimulatedDesktop } from '../hosts/index.js';
import { bytesPerSecond, VirtualBulk } from './bulk.js';
import { costOf } from './costs.js';
import { type Disturbance, delayOf, UNDISTURBED, withLateNotices } from './disturbance.js';
import { HeadlessTechnician } from './headless-technician.js';
import type { Lab, Traces, Usage } from './lab.js';
import type { MeasuredHandlers, MeasuredViewer } from './measured-viewer.js';
import { OutsideReader } from './outside-reader.js';
import type { FrameHash } from './processes.js';
import { lineOf, lineSeed, type MeasureSettings } from './settings.js';

const TOKEN = 'virtualvirtualvirtual_';
const KEY = 'hosthosthosthosthost_1';
/** One clock for all: nothing to compare. */
const SAME_CLOCK = { offset: 0, error: 0 };

export interface VirtualOptions {
  readonly disturbance?: Disturbance;
  /** The host's screen, on the host's clock; a simulated desktop unless given. */
  readonly source?: (clock: Clock) => FrameSource;
  /** Where the file is that hosts show; they show scenes unless given. */
  readonly replay?: string;
}

export class VirtualLab implements Lab {
  readonly transport = { name: 'virtual', reason: 'Time and network are simulated.' };
  onHash: ((hash: FrameHash) => void) | undefined;
  readonly #settings: MeasureSettings;
  readonly #disturbance: Disturbance;
  readonly #clock = new VirtualClock();
  readonly #relayComputer = this.#computer();
  readonly #hostComputer = this.#computer();
  readonly #viewerComputers: Computer[] = [];
  readonly #relay: Relay;
  readonly #network: VirtualNetwork;
  readonly #source: FrameSource;
  /** By party: the host's, and the viewers' in the order of their coming. */
  readonly #lines = new Map<'host' | number, AccessLine>();
  readonly #host: HostSession;
  #traces: { host: HostTrace[]; relay: RelayTrace[] } = { host: [], relay: [] };
  readonly #others: HostSession[] = [];
  #isHashing = false;
  /** What ended the replay. */
  #fault: unknown;

  static async open(settings: MeasureSettings, options: VirtualOptions = {}): Promise<VirtualLab> {
    // Whatever is loaded from files is loaded before time begins.
    const module = await loadKernelModule();
    const hasher = await FrameHasher.create();
    const lab = new VirtualLab(settings, options, await openFile(options), module, hasher);
    await lab.#host.start();
    await lab.#clock.advanceUntil(() => lab.#host.state.kind === 'connected');
    for (let other = 1; other < settings.hosts; other++)
      await lab.#openOther(other, await openFile(options), module);
    return lab;
  }

  private constructor(
    settings: MeasureSettings,
    { disturbance = UNDISTURBED, source }: VirtualOptions,
    file: ReplayReader | undefined,
    module: WebAssembly.Module,
    hasher: FrameHasher,
  ) {
    this.#settings = settings;
    this.#disturbance = disturbance;
    const level = levelOfName(settings.level) ?? ColourLevel.High;
    let keys = 0;
    this.#relay = new Relay({
      clock: this.#relayComputer,
      makeKey: () => `lanelanelanelanelane_${String(++keys).padStart(4, '0')}`,
      onTrace: (trace) => this.#traces.relay.push(trace),
    });
    this.#network = new VirtualNetwork(this.#clock, {
      computer: this.#relayComputer,
      accept: (link) => this.#relay.accept(link),
    });
    this.#source = source?.(this.#hostComputer) ?? this.#screen(this.#hostComputer, file);
    this.#host = new HostSession({
      ...this.#hostOptions(this.#hostComputer, this.#line('host'), TOKEN),
      source: withLateNotices(this.#source, this.#hostComputer, delayOf(disturbance, 'notice')),
      module,
      onTrace: (trace) => this.#traces.host.push(trace),
      onFault: (error) => {
        if (this.#source instanceof ReplaySource && this.#source.hasFailed) this.#fault = error;
      },
      onFrame: (frame) => {
        this.#hostComputer.holdUp(delayOf(disturbance, 'coder'));
        if (this.#isHashing) this.onHash?.({ frame: frame.frame, hash: hasher.md5(frame.picture(level)) });
      },
    });
  }

  /** The technician's computer; before there is one, the world's. */
  get clock(): Clock {
    return this.#viewerComputers[0] ?? this.#clock;
  }

  get textField() {
    return this.#source instanceof SimulatedDesktop ? this.#source.locate('form.field') : undefined;
  }

  get hostOffset() {
    return SAME_CLOCK;
  }

  run<T>(measurement: Promise<T>): Promise<T> {
    return this.#clock.untilSettled(measurement);
  }

  openTechnician(handlers: MeasuredHandlers): Promise<MeasuredViewer> {
    return HeadlessTechnician.open(this, handlers, delayOf(this.#disturbance, 'timetable'));
  }

  openViewer(index: number, handlers: ViewerHandlers): Promise<HeadlessViewer> {
    const { level, lanes, seed } = this.#settings;
    const computer = this.#computer();
    this.#viewerComputers.push(computer);
    const line = this.#line(index);
    return HeadlessViewer.open({
      dial: this.#network.dial(computer, line),
      token: TOKEN,
      name: `viewer ${index + 1}`,
      quality: level,
      lane: lanes,
      clock: computer,
      random: seededRandom(seed + 1000 + index),
      handlers,
    });
  }

  /** A session beside the one that is measured: it loads the relay, and goes straight to it. */
  async #openOther(
    number: number,
    file: ReplayReader | undefined,
    module: WebAssembly.Module,
  ): Promise<void> {
    const token = `${TOKEN}${number}`;
    const [host, viewer] = [this.#computer(), this.#computer()];
    const direct = () => new AccessLine(DIRECT, this.#clock, 0);
    const source = this.#screen(host, file);
    const session = new HostSession({ ...this.#hostOptions(host, direct(), token), source, module });
    this.#others.push(session);
    await session.start();
    await this.#clock.advanceUntil(() => session.state.kind === 'connected');
    await HeadlessViewer.open({
      dial: this.#network.dial(viewer, direct()),
      token,
      quality: this.#settings.level,
      lane: this.#settings.lanes,
      clock: viewer,
      random: seededRandom(number),
    });
  }

  #screen(computer: Computer, file: ReplayReader | undefined): FrameSource {
    const { width, height, fps, seed, scenes, replay = '', pace = 1 } = this.#settings;
    if (file !== undefined) {
      const reader = new OutsideReader(file, this.#clock);
      return new ReplaySource(replay, reader, { clock: computer, pace, loop: true, markers: true });
    }
    return new SimulatedDesktop({ clock: computer, width, height, fps, seed, scenes, markers: true });
  }

  #hostOptions(computer: Computer, line: AccessLine, token: string) {
    return {
      dial: this.#network.dial(computer, line),
      clock: computer,
      token,
      key: KEY,
      name: 'measured host',
      // Work is timed by what it is said to cost: threads would add nothing but chance.
      threads: 0,
      random: seededRandom(this.#settings.seed + 1),
    };
  }

  #line(party: 'host' | number): AccessLine {
    const profile = parseLink(lineOf(this.#settings, party));
    const line = new AccessLine(profile, this.#clock, lineSeed(this.#settings, party));
    this.#lines.set(party, line);
    return line;
  }

  #computer(): Computer {
    return new Computer(this.#clock, (work) => {
      return costOf(work) + delayOf(this.#disturbance, work.kind);
    });
  }

  startBulk(windowBytes: number): () => Promise<number> {
    const transfer = new VirtualBulk(this.#lines.get(0)!, this.#lines.get('host')!, windowBytes);
    const startedAt = this.#clock.now();
    transfer.start();
    return () => {
      transfer.stop();
      return Promise.resolve(bytesPerSecond(transfer.arrived, this.#clock.now() - startedAt));
    };
  }

  async usage(): Promise<Usage> {
    if (this.#fault !== undefined) throw this.#fault;
    const viewers = this.#viewerComputers.reduce((sum, { worked }) => sum + worked, 0);
    const cpu = { host: this.#hostComputer.worked, relay: this.#relayComputer.worked, viewers };
    const fileWait = this.#source instanceof ReplaySource ? { fileWait: this.#source.waited } : {};
    return { cpu, host: this.#host.stats(), ...fileWait };
  }

  traces(): Promise<Traces> {
    const told = this.#traces;
    this.#traces = { host: [], relay: [] };
    return Promise.resolve({ ...told, offsets: { host: SAME_CLOCK, relay: SAME_CLOCK } });
  }

  setHashing(on: boolean): void {
    this.#isHashing = on;
  }

  async close(): Promise<void> {
    await this.#host.stop();
    for (const other of this.#others) await other.stop();
    this.#relay.close();
  }
}

async function openFile({ replay }: VirtualOptions): Promise<ReplayReader | undefined> {
  return replay === undefined ? undefined : openReplay(replay);
}
