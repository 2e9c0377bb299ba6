/**
 * Links that have not said who they are. There is room for so many, and for so many of one address; who comes when
 * it is full takes the place of the one that has been silent longest, of the same address or of the one that has
 * most. So silent links shut out nobody: an honest one says its hello at once.
 */
import type { Link } from '../transport/link.js';

interface Waiting {
  readonly key: string;
  /** Ends the wait. */
  readonly cancel: () => void;
}

export class WaitingRoom {
  readonly #most: number;
  readonly #mostPerAddress: number;
  /** In the order in which they came, here and below. */
  readonly #links = new Map<Link, Waiting>();
  readonly #byAddress = new Map<string, Set<Link>>();

  constructor(most: number, mostPerAddress: number) {
    this.#most = most;
    this.#mostPerAddress = mostPerAddress;
  }

  get size(): number {
    return this.#links.size;
  }

  links(): Link[] {
    return [...this.#links.keys()];
  }

  /** The link that must leave before one of this address may enter; undefined when there is room. */
  inTheWayOf(key: string): Link | undefined {
    const own = this.#byAddress.get(key);
    if (key !== '' && own !== undefined && own.size >= this.#mostPerAddress) return oldestOf(own);
    if (this.#links.size < this.#most) return undefined;
    let largest = own;
    for (const links of this.#byAddress.values()) {
      if (largest === undefined || links.size > largest.size) largest = links;
    }
    return largest === undefined ? undefined : oldestOf(largest);
  }

  /** @param key Of the link's address; '' when it has none. */
  enter(link: Link, key: string, cancel: () => void): void {
    this.#links.set(link, { key, cancel });
    const own = this.#byAddress.get(key) ?? new Set();
    own.add(link);
    this.#byAddress.set(key, own);
  }

  leave(link: Link): void {
    const waiting = this.#links.get(link);
    if (waiting === undefined) return;
    waiting.cancel();
    this.#links.delete(link);
    const own = this.#byAddress.get(waiting.key)!;
    own.delete(link);
    if (own.size === 0) this.#byAddress.delete(waiting.key);
  }
}

function oldestOf(links: Set<Link>): Link | undefined {
  const [oldest] = links;
  return oldest;
}
