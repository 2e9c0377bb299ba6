/** Parsers of option values that say what a link is like. */
import { InvalidArgumentError } from 'commander';
import { SightlineError } from '../../codecs/errors.js';
import { parseLink } from '../../engine/link-model/parse.js';

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
