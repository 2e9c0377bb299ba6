/**
 * Whose a connection is, for limits that hold for each address: the peer's, or, where the peer is a proxy that was
 * named as trusted, the one that it tells in X-Forwarded-For. Nobody else's word counts.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { SightlineError } from '../../codecs/index.js';

/** Longest X-Forwarded-For that is looked at: a proxy adds at its end. */
const MAX_FORWARDED = 1024;

/**
 * What limits count as one: an IPv4 address, or the /64 network of an IPv6 address, all of which one customer has. An
 * IPv4 address inside an IPv6 one (`::ffff:192.0.2.1`) is an IPv4 address. Other text is its own key.
 */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** Without brackets, a zone, or IPv6 around an IPv4 address. */
function plainAddress(address: string): string {
  const bare = address.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  if (isIP(bare) !== 6) return bare;
  const groups = groupsOf(bare);
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    const [high, low] = [Number.parseInt(groups[6]!, 16), Number.parseInt(groups[7]!, 16)];
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  return bare;
}

/** The eight groups of an IPv6 address, in hexadecimal without leading zeros. */
function groupsOf(address: string): string[] {
  // The URL parser writes each address in one way, an IPv4 tail as two groups.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

/** The proxies whose word about their clients' addresses is believed. */
export class ProxyTrust {
  readonly #trusted = new BlockList();
  readonly #isEmpty: boolean;

  /** `proxies`: addresses, or networks such as `10.0.0.0/8`. Throws `SightlineError` (`bad-argument`) for others. */
  constructor(proxies: readonly string[]) {
    this.#isEmpty = proxies.length === 0;
    for (const proxy of proxies) this.#add(proxy);
  }

  #add(proxy: string): void {
    const [address = '', bits, ...rest] = proxy.split('/');
    const family = isIP(address);
    const prefix = bits === undefined ? (family === 4 ? 32 : 128) : Number(bits);
    const isSound =
      family !== 0 &&
      rest.length === 0 &&
      (bits === undefined || /^\d{1,3}$/.test(bits)) &&
      prefix <= (family === 4 ? 32 : 128);
    if (!isSound) {
      throw new SightlineError('bad-argument', `"${proxy}" is neither an address nor a network.`, {
        field: 'trustProxy',
      });
    }
    this.#trusted.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }

  /** Whether the address is one of the proxies. */
  trusts(address: string): boolean {
    if (this.#isEmpty) return false;
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#trusted.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }

  /**
   * The client's address: `peer`, unless that is a proxy; then the last one of `forwarded` (the X-Forwarded-For
   * headers, joined by commas) that is not a proxy itself. What stands before it was written by the client.
   */
  clientOf(peer: string, forwarded: string): string {
    let client = peer;
    if (!this.trusts(peer)) return client;
    const parts = forwarded.slice(-MAX_FORWARDED).split(',');
    // The first may be cut.
    if (forwarded.length > MAX_FORWARDED) parts.shift();
    for (const part of parts.reverse()) {
      const word = part.trim();
      const address = plainAddress(isIP(word) === 0 ? word.replace(/:\d{1,5}$/, '') : word);
      if (isIP(address) === 0) return client;
      client = address;
      if (!this.trusts(client)) return client;
    }
    return client;
  }
}
