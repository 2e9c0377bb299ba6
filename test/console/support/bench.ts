/** A relay, a simulated host and pages that watch it, all on this machine and stopped together. */
import { createHash, randomBytes } from 'node:crypto';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { ColourConverter, type ColourLevel } from '../../../codecs/index.js';
import { HostSession } from '../../../engine/host/index.js';
import { type InputEvent, loadKernelModule, type OverlayEvent, systemClock } from '../../../engine/index.js';
import { type RunningRelay, startRelay } from '../../../engine/relay/index.js';
import { dialWebSocket } from '../../../engine/transport/index.js';
import { type SceneName, SimulatedDesktop } from '../../../harness/hosts/index.js';

/** Frames whose hashes are remembered: a page is never further behind. */
const REMEMBERED = 400;

export interface BenchOptions {
  readonly scenes?: readonly SceneName[];
  readonly width?: number;
  readonly height?: number;
  readonly port?: number;
}

export class Bench {
  readonly token = randomBytes(18).toString('base64url');
  readonly desktop: SimulatedDesktop;
  readonly inputs: InputEvent[] = [];
  readonly overlays: OverlayEvent[] = [];
  relay: RunningRelay;
  readonly #host: HostSession;
  readonly #converter: ColourConverter;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  /** RGB24 of the newest frames at full colours, by number. */
  readonly #pictures = new Map<number, Map<ColourLevel, string>>();
  /** Levels whose hashes are wanted. */
  levels: readonly ColourLevel[] = [3];

  static async start(browser: Browser, options: BenchOptions = {}): Promise<Bench> {
    const relay = await startRelay({ port: options.port ?? 0 });
    const bench = new Bench(browser, relay, await loadKernelModule(), options);
    await bench.#host.start();
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
    this.desktop = new SimulatedDesktop({ clock: systemClock, scenes, width, height, font: 'built-in' });
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
    this.#host = new HostSession({
      source: this.desktop,
      dial: () => dialWebSocket(`ws://127.0.0.1:${port}/ws`),
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
    return this.#host.stop();
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

  /** Errors of the pages: scripts, policy violations, failed loads. */
  readonly errors: string[] = [];

  async closePages(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.closePages();
    await this.#host.stop();
    await this.relay.close();
  }
}
