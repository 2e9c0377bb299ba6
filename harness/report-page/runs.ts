/** What tells runs apart, and what they are called. */
import type { PageRun } from '../reports/page-data.js';
import type { Words } from './words.js';

/** What is known of a live session: nobody chose the rest. */
const LIVE_SETTINGS = ['size', 'level', 'viewers', 'viewer', 'live', 'link'];

/** A run's settings as they are shown: width and height are one. */
export function settingsOf({ settings }: PageRun): Map<string, unknown> {
  const { width, height, ...rest } = settings;
  // A run shows scenes or a recording: what it shows none of is left out.
  const said = Object.entries(rest).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  const all: [string, unknown][] = [['size', `${width}×${height}`], ...said];
  return new Map(settings.live ? all.filter(([name]) => LIVE_SETTINGS.includes(name)) : all);
}

/** The settings in which runs differ; the last is compared most, so it goes across. */
export function variedSettings(runs: readonly PageRun[]): string[] {
  const maps = runs.map(settingsOf);
  // In virtual time a repetition has a seed of its own.
  for (const map of maps) if (map.get('virtual') === true) map.delete('seed');
  const names = new Set(maps.flatMap((map) => [...map.keys()]));
  // A file's name says more than its hash.
  names.delete('replaySha256');
  const varied = [...names].filter(
    (name) => new Set(maps.map((map) => JSON.stringify(map.get(name) ?? null))).size > 1,
  );
  return varied.filter((name) => name !== 'link').concat(varied.filter((name) => name === 'link'));
}

/** A run by these of its settings. */
export function labelOf(run: PageRun, names: readonly string[], words: Words): string {
  const settings = settingsOf(run);
  const values = names.map((name) => {
    const value = words.settingValue(settings.get(name) ?? '–');
    return /^\d+$|^(yes|no|oui|non)$/.test(value) ? `${value} ${words.setting(name)}` : value;
  });
  return values.join(' · ');
}

export function nameOf(run: PageRun, names: readonly string[], words: Words): string {
  const label = names.length === 0 ? words.say('run.only') : labelOf(run, names, words);
  if (run.repetitions === 1) return label;
  const number = words.say('repetition', { number: run.repetition });
  return names.length === 0 ? `${words.say('run')} ${number}` : `${label} ${number}`;
}

/** The command that makes the run again. */
export function commandOf({ settings }: PageRun): string {
  const words = ['sightline measure'];
  const add = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(`--${flag} ${String(value).includes(' ') ? `"${value}"` : value}`);
  };
  if (settings.virtual) words.push('--virtual');
  add('replay', settings.replay);
  add('pace', settings.pace);
  if (settings.replay === undefined) {
    add('scene', settings.scenes.join(','));
    add('size', `${settings.width}x${settings.height}`);
  }
  add('level', settings.level);
  add('viewers', settings.viewers);
  add('viewer', settings.viewer);
  add('hosts', settings.hosts);
  add('threads', settings.threads);
  add('link', settings.link);
  add('host-link', settings.hostLink);
  add('last-viewer-link', settings.lastViewerLink);
  if (settings.bulkWindow > 0) add('file', settings.bulkWindow / 1000);
  add('fps', settings.fps);
  add('seed', settings.seed);
  add('duration', settings.duration);
  add('warmup', settings.warmup);
  add('rate', settings.rate);
  add('verify-frames', settings.verifyFrames);
  add('transport', settings.transport);
  if (!settings.lanes) words.push('--one-lane');
  return words.join(' ');
}

/** A figure that the heat map can show. */
export interface MapFigure {
  readonly id: string;
  readonly name: (words: Words) => string;
  readonly value: (run: PageRun) => number | undefined;
  readonly text: (value: number, words: Words) => string;
}

export function mapFigures(runs: readonly PageRun[]): MapFigure[] {
  const channels = [...new Set(runs.flatMap((run) => run.channels.map(({ name }) => name)))];
  const latencies = channels.flatMap((channel) =>
    (['p50', 'p99'] as const).map((key) => ({
      id: `${channel}.${key}`,
      name: (words: Words) => `${words.channel(channel)}, ${key === 'p50' ? words.say('median') : '99 %'}`,
      value: (run: PageRun) => run.channels.find(({ name }) => name === channel)?.[key],
      text: (value: number, words: Words) => words.ms(value),
    })),
  );
  return [
    ...latencies,
    {
      id: 'fps',
      name: (words) => words.say('frames.rate'),
      value: ({ framesPerSecond }) => framesPerSecond,
      text: (value, words) => words.number(value),
    },
    {
      id: 'bytes',
      name: (words) => `${words.bytes(0).split(' ')[1]} ${words.say('frames.bytes')}`,
      value: ({ bytesPerFrame }) => bytesPerFrame,
      text: (value, words) => words.bytes(value),
    },
  ];
}
