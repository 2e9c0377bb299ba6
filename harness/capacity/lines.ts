/** Access lines for hosts and viewers, made as they are needed. Without a link, everybody goes straight to the relay. */
import type { Child } from './child.js';
import type { LinksReady, LinksTask } from './links-process.js';
import { type CapacitySettings, NO_LINK } from './settings.js';

/** Lines of one process: their timers must not wait for each other for long. */
const LINES_PER_PROCESS = 32;

export class Lines {
  readonly #settings: CapacitySettings;
  readonly #relay: URL;
  readonly #start: (task: LinksTask) => Child<LinksReady>;
  readonly #blocks: Child<LinksReady>[] = [];

  constructor(settings: CapacitySettings, relay: string, start: (task: LinksTask) => Child<LinksReady>) {
    this.#settings = settings;
    this.#relay = new URL(relay);
    this.#start = start;
  }

  /** Where the party with a line of its own finds the relay: `http://host:port`. */
  async origin(line: number): Promise<string> {
    const { link } = this.#settings;
    if (link === NO_LINK) return this.#relay.origin;
    const block = Math.floor(line / LINES_PER_PROCESS);
    while (this.#blocks.length <= block) this.#blocks.push(this.#startBlock(this.#blocks.length));
    const { ports } = await this.#blocks[block]!.ready;
    return `http://127.0.0.1:${ports[line % LINES_PER_PROCESS]}`;
  }

  #startBlock(block: number): Child<LinksReady> {
    const { seed, link } = this.#settings;
    const first = block * LINES_PER_PROCESS;
    const seeds = Array.from({ length: LINES_PER_PROCESS }, (_, index) => seed * 10_000 + first + index);
    return this.#start({ target: Number(this.#relay.port), link, seeds });
  }
}
