/**
 * Links in words: a preset's name, or `rate=2mbit,delay=40ms,jitter=5ms,loss=1%,buffer=64kB`; a key with `down.` or
 * `up.` before it is of one direction only. A preset may come first, to be changed: `dsl,delay=30ms`. `none` is no link
 * at all.
 */
import { SightlineError } from '../../codecs/index.js';
import { DIRECT, type DirectionProfile, LINK_NAMES, LINK_PRESETS, type LinkProfile } from './profile.js';

type Key = 'rate' | 'delay' | 'jitter' | 'loss' | 'buffer';
type Side = keyof LinkProfile;

/** What is meant where numbers end: a unit each, so that nobody has to guess bits or bytes. */
const UNITS: Readonly<Record<Key, Readonly<Record<string, number>>>> = {
  rate: { bit: 1 / 8, kbit: 125, mbit: 125_000, gbit: 125_000_000 },
  delay: { us: 1, ms: 1000, s: 1_000_000 },
  jitter: { us: 1, ms: 1000, s: 1_000_000 },
  loss: { '%': 0.01 },
  buffer: { b: 1, kb: 1000, mb: 1_000_000 },
};

const EXAMPLES: Readonly<Record<Key, string>> = {
  rate: 'rate=2mbit',
  delay: 'delay=40ms',
  jitter: 'jitter=5ms',
  loss: 'loss=1%',
  buffer: 'buffer=64kB',
};

/** Least and most, in the profile's own units: what is beyond is a slip, or would never end. */
const LIMITS: Readonly<Record<Key, readonly [number, number]>> = {
  rate: [100, 12_500_000_000],
  delay: [0, 10_000_000],
  jitter: [0, 10_000_000],
  loss: [0, 0.5],
  buffer: [1500, 100_000_000],
};

const FIELDS = {
  rate: 'bytesPerSecond',
  delay: 'delay',
  jitter: 'jitter',
  loss: 'loss',
  buffer: 'buffer',
} as const satisfies Readonly<Record<Key, keyof DirectionProfile>>;

const SIDES: readonly Side[] = ['down', 'up'];

/** @throws SightlineError `bad-argument`, with what is accepted. */
export function parseLink(words: string): LinkProfile {
  const parts = words.split(',').map((part) => part.trim());
  const first = parts[0]!.toLowerCase();
  const preset = presetOf(first);
  if (preset === undefined && !first.includes('=')) {
    throw wrong(
      `There is no link "${parts[0]}": none, ${LINK_NAMES.join(', ')}, or one such as rate=2mbit,delay=40ms.`,
    );
  }
  const profile: { [S in Side]: DirectionProfile } = { ...(preset ?? DIRECT) };
  for (const part of preset === undefined ? parts : parts.slice(1)) {
    const { key, sides, value } = parseSetting(part);
    for (const side of sides) profile[side] = { ...profile[side], [FIELDS[key]]: value };
  }
  return profile;
}

function presetOf(name: string): LinkProfile | undefined {
  if (name === 'none') return DIRECT;
  const known = LINK_NAMES.find((candidate) => candidate === name);
  return known === undefined ? undefined : LINK_PRESETS[known];
}

function parseSetting(part: string): { key: Key; sides: readonly Side[]; value: number } {
  const match = /^(?:(down|up)\.)?([a-z]+)=(.*)$/i.exec(part);
  const key = match?.[2]?.toLowerCase() as Key;
  if (match === null || !Object.hasOwn(UNITS, key)) {
    throw wrong(
      `"${part}" is no setting of a link: ${Object.values(EXAMPLES).join(', ')} are, down. and up. before them, too.`,
    );
  }
  const side = match[1]?.toLowerCase() as Side | undefined;
  return { key, sides: side === undefined ? SIDES : [side], value: parseValue(key, match[3]!, part) };
}

function parseValue(key: Key, words: string, part: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z%]*)$/i.exec(words);
  const unit = UNITS[key][match?.[2]?.toLowerCase() ?? ''];
  if (match === null || unit === undefined) {
    const units = Object.keys(UNITS[key]).join(', ');
    throw wrong(`"${part}" is not understood: a number and a unit (${units}), such as ${EXAMPLES[key]}.`);
  }
  const value = Number(match[1]) * unit;
  const [least, most] = LIMITS[key];
  if (value < least || value > most) {
    throw wrong(`"${part}" is out of range: ${inWords(key, least)} to ${inWords(key, most)}.`);
  }
  return value;
}

/** A value in the largest unit that leaves it at one or more. */
function inWords(key: Key, value: number): string {
  const units = Object.entries(UNITS[key]);
  const [name, unit] = units.findLast(([, size]) => value >= size) ?? units[0]!;
  return `${Number((value / unit).toPrecision(4))}${name}`;
}

function wrong(message: string): SightlineError {
  return new SightlineError('bad-argument', message, { field: 'link' });
}

/** The link in words that `parseLink` reads. */
export function describeLink(link: LinkProfile): string {
  const settings: string[] = [];
  for (const key of Object.keys(FIELDS) as Key[]) {
    const [down, up] = SIDES.map((side) => link[side][FIELDS[key]]);
    if (down === up) {
      if (isSet(key, down!)) settings.push(`${key}=${inWords(key, down!)}`);
    } else {
      if (isSet(key, down!)) settings.push(`down.${key}=${inWords(key, down!)}`);
      if (isSet(key, up!)) settings.push(`up.${key}=${inWords(key, up!)}`);
    }
  }
  return settings.length === 0 ? 'none' : settings.join(',');
}

function isSet(key: Key, value: number): boolean {
  return value !== DIRECT.down[FIELDS[key]];
}
