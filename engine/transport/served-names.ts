/**
 * The names that a relay answers to. A page of another site whose name is made to point to this machine (DNS
 * rebinding) is, to the browser, of one origin with the relay; but it can only ask for its own name. An address of
 * digits names nobody, and cannot be pointed anywhere.
 */
import { isIP } from 'node:net';

/** `name:port`, or `[address]:port`; the port may be missing. */
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::\d{0,5})?$/;

/** The name in a Host header, in small letters and without a last dot; undefined when it is none. */
export function nameOfHost(host: string): string | undefined {
  const name = AUTHORITY.exec(host)?.[1];
  return name
    ?.toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

/** Whether the relay answers to a Host header: addresses, `localhost`, and the names given. */
export function servesNames(names: readonly string[]): (host: string) => boolean {
  const served = new Set(['localhost', ...names.map((name) => name.toLowerCase().replace(/\.$/, ''))]);
  return (host) => {
    const name = nameOfHost(host);
    return name !== undefined && (isIP(name) !== 0 || served.has(name));
  };
}
