/** A relay, a simulated host and pages that watch it, all on this machine and stopped together. */
import { createHash, randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { ColourConverter, type ColourLevel, SightlineError } from '../../../codecs/index.js';
import { HostSession } from '../../../engine/host/index.js';
import {
  type ChatMessage,
  type HostNotice,
  type InputEvent,
  loadKernelModule,
  type OverlayEvent,
  systemClock,
} from '../../../engine/index.js';
import { type RunningRelay, startRelay } from '../../../engine/relay/index.js';
import { dialWebSocket, type Link } from '../../../engine/transport/index.js';
import { type SceneName, SimulatedDesktop } from '../../../harness/hosts/index.js';

/** Frames whose hashes are remembered: a page is never further behind. */
const REMEMBERED = 400;

export interface BenchOptions {
  readonly scenes?: readonly SceneName[];
  readonly width?: number;
  readonly height?: number;
}

/**
 * A port that nobody listens on. A relay that was started on port 0 could not be started again on the port that it
 * got: uWebSockets.js lets an address be used again only where it was named.
 */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Bench {
  readonly token = randomBytes(18).toString('base64url');
  readonly desktop: SimulatedDesktop;
  readonly inputs: InputEvent[] = [];
  readonly overlays: OverlayEvent[] = [];
  readonly notices: HostNotice[] = [];
  readonly chats: ChatMessage[] = [];
  /** Errors of the pages: scripts, policy violations, failed loads. */
  readonly errors: string[] = [];
  relay: RunningRelay;
  readonly host: HostSession;
  readonly #converter: ColourConverter;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  /** Hashes of the newest frames' RGB24 pixels, by frame number and level. */
  readonly #pictures = new Map<number, Map<ColourLevel, string>>();
  #link: Link | undefined;
  #unplugged = false;
  /** Levels whose hashes are wanted. */
  levels: readonly ColourLevel[] = [3];

  static async start(browser: Browser, options: BenchOptions = {}): Promise<Bench> {
    const relay = await startRelay({ port: await freePort() });
    const bench = new Bench(browser, relay, await loadKernelModule(), options);
    await bench.host.start();
    return bench;
  }

  private constructor(
    browser: Browser,
    relay: RunningRelay,
    module: WebAssembly.Module,
    { scenes = ['form', 'idle'], width = 1024, height = 640 }: BenchOptions,
  ) {
    this.#browser = browser;
    this.#converter = new ColourConverter(module);
    this.relay = relay;
    const { port } = relay;
    this.desktop = new SimulatedDesktop({ clock: systemClock, scenes, width, height });
    const input = this.desktop.input.bind(this.desktop);
    const overlay = this.desktop.overlay.bind(this.desktop);
    this.desktop.input = (event) => {
      this.inputs.push(event);
      input(event);
    };
    this.desktop.overlay = (event) => {
      this.overlays.push(event);
      overlay(event);
    };
    const notice = this.desktop.notice.bind(this.desktop);
    const chat = this.desktop.chat.bind(this.desktop);
    this.desktop.chat = (message) => {
      this.chats.push(message);
      chat(message);
    };
    this.desktop.notice = (what) => {
      this.notices.push(what);
      notice(what);
    };
    this.host = new HostSession({
      source: this.desktop,
      dial: async () => {
        if (this.#unplugged) throw new SightlineError('closed', 'The network is down.');
        this.#link = await dialWebSocket(`ws://127.0.0.1:${port}/ws`);
        return this.#link;
      },
      // Reconnects at once: half of the shortest wait.
      random: () => 0,
      clock: systemClock,
      token: this.token,
      key: randomBytes(18).toString('base64url'),
      name: 'Reception PC',
      threads: 0,
      module,
      onFrame: ({ frame, picture }) => {
        const hashes = new Map<ColourLevel, string>();
        for (const level of this.levels) {
          const rgb = this.#converter.toRgb24(picture(level));
          hashes.set(level, createHash('sha256').update(rgb).digest('hex'));
        }
        this.#pictures.set(frame, hashes);
        this.#pictures.delete(frame - REMEMBERED);
      },
    });
  }

  address(query = '', token = this.token): string {
    return `${this.relay.address}/${query}#${token}`;
  }

  /** Hash of what a viewer of that level holds at that frame; undefined for a frame that is not remembered. */
  hashOf(frame: number, level: ColourLevel): string | undefined {
    return this.#pictures.get(frame)?.get(level);
  }

  /** Ends the relay and starts another on the same port. */
  async restartRelay(): Promise<void> {
    const { port } = this.relay;
    await this.relay.close();
    this.relay = await startRelay({ port });
  }

  stopHost(): Promise<void> {
    return this.host.stop();
  }

  /** Breaks the host's connection, and mends it. */
  unplugHost(unplugged: boolean): void {
    this.#unplugged = unplugged;
    const link = this.#link;
    if (!unplugged || link === undefined) return;
    link.close(4000, 'unplugged');
    link.onClose?.(4000, 'unplugged');
  }

  /** The newest frame with that hash at that level. */
  frameOf(sha256: string, level: ColourLevel): number | undefined {
    for (const [frame, hashes] of [...this.#pictures].reverse())
      if (hashes.get(level) === sha256) return frame;
    return undefined;
  }

  async open(
    address: string = this.address(),
    options: BrowserContextOptions = {},
    viewport = { width: 1280, height: 800 },
  ): Promise<Page> {
    const context = await this.#browser.newContext({ locale: 'en-GB', viewport, ...options });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    await page.goto(address);
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.closePages();
    await this.host.stop();
    await this.relay.close();
  }
}
