/** Parsers of option values, shared by the commands. Each refuses with one sentence that says what is accepted. */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { InvalidArgumentError } from 'commander';
import { isValidSize, LEVEL_NAMES, type QualityName, SightlineError, type Size } from '../../codecs/index.js';
import { parseLink } from '../../engine/link-model/index.js';
import { parseAddress } from '../../engine/viewer/index.js';
import { messages } from './messages.js';
import { text } from './text.js';

export const QUALITY_NAMES: readonly QualityName[] = [...LEVEL_NAMES, 'auto'];
export const DEFAULT_RELAY = 'http://127.0.0.1:8080';
export const DEFAULT_PORT = 8080;
export const DEFAULT_LISTEN = '127.0.0.1';

export function wholeNumber(option: string, min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new InvalidArgumentError(
        text(messages.errors.number, { option, min: String(min), max: String(max), value }),
      );
    }
    return number;
  };
}

export function oneOf<T extends string>(option: string, choices: readonly T[]): (value: string) => T {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw new InvalidArgumentError(
        text(messages.errors.choice, { option, choices: choices.join(', '), value }),
      );
    }
    return choice;
  };
}

export function pictureSize(value: string): Size {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(value);
  const width = Number(match?.[1]);
  const height = Number(match?.[2]);
  if (!isValidSize(width, height)) throw new InvalidArgumentError(text(messages.errors.size, { value }));
  return { width, height };
}

export type Pace = 'realtime' | 'fastest' | number;

export function pace(value: string): Pace {
  if (value === 'realtime' || value === 'fastest') return value;
  const factor = Number(value);
  if (!(factor > 0) || !Number.isFinite(factor)) {
    throw new InvalidArgumentError(text(messages.errors.pace, { value }));
  }
  return factor;
}

export function fingerprint(value: string): string {
  if (!/^[0-9a-f]{64}$/i.test(value)) throw new InvalidArgumentError(messages.errors.fingerprint);
  return value;
}

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

/** A link's name or settings, as they were given. */
export function linkWords(value: string): string {
  try {
    parseLink(value);
    return value;
  } catch (error) {
    if (error instanceof SightlineError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

/** Several links: each begins with a name, and goes on with settings. */
export function linkList(value: string): string[] {
  const links: string[] = [];
  for (const part of value.split(',')) {
    if (links.length > 0 && part.includes('=')) links.push(`${links.pop()},${part}`);
    else links.push(part);
  }
  return links.map(linkWords);
}

/** Comma-separated values, each read by `parse`. */
export function listOf<T>(parse: (value: string) => T): (value: string) => T[] {
  return (value) => value.split(',').map((part) => parse(part.trim()));
}

/** Collects a repeatable option. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
