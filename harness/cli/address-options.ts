/** Parsers of option values that say where a session is, and how to get in. */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { InvalidArgumentError } from 'commander';
import { SightlineError } from '../../codecs/errors.js';
import { parseAddress } from '../../engine/viewer/address.js';
import { messages } from './messages.js';
import { text } from './text.js';

export function sessionToken(value: string): string {
  if (!/^[A-Za-z0-9_-]{22,64}$/.test(value)) throw new InvalidArgumentError(messages.errors.token);
  return value;
}

export function relayAddress(value: string): URL {
  try {
    const url = new URL(value);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // Said below: not a URL at all, or one of another kind.
  }
  throw new InvalidArgumentError(text(messages.errors.relayAddress, { value }));
}

/** Bytes of a file of authorities: those that Node knows have 220 kB. */
const MAX_AUTHORITIES = 4_000_000;

/** What a file of authorities holds. */
export function authorities(path: string): string {
  let reason = 'it is too large';
  try {
    if (statSync(path).size <= MAX_AUTHORITIES) {
      const pem = readFileSync(path, 'utf8');
      createSecureContext({ ca: pem });
      if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
      reason = 'it has no certificate';
    }
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new InvalidArgumentError(text(messages.errors.authorities, { path, reason }));
}

/** An address that viewers open, as it was given. */
export function sessionAddress(value: string): string {
  try {
    parseAddress(value);
    return value;
  } catch (error) {
    if (error instanceof SightlineError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
