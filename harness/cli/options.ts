/** Parsers of option values, shared by the commands. Each refuses with one sentence that says what is accepted. */
import { InvalidArgumentError } from 'commander';
import { isValidSize, LEVEL_NAMES, type QualityName, type Size } from '../../codecs/index.js';
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

/** Comma-separated values, each read by `parse`. */
export function listOf<T>(parse: (value: string) => T): (value: string) => T[] {
  return (value) => value.split(',').map((part) => parse(part.trim()));
}

/** Collects a repeatable option. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
