/** sightline capacity */
import { Command, Option } from 'commander';
import { DEFAULT_CAPACITY, MOST_SESSIONS } from '../capacity/settings.js';
import { sceneHelp, sceneList } from './host-options.js';
import { linkWords } from './link-options.js';
import { messages } from './messages.js';
import { oneOf, pictureSize, QUALITY_NAMES, wholeNumber } from './options.js';
import { runCommand } from './output.js';
import type { CapacityFlags } from './run-capacity.js';
import { examples } from './text.js';

const m = messages.capacity;

export function capacityCommand(): Command {
  const o = messages.options;
  const d = DEFAULT_CAPACITY;
  const { width, height } = d;
  return new Command('capacity')
    .description(m.summary)
    .option('--sessions', m.options.sessions)
    .addOption(new Option('--viewers', m.options.viewers).conflicts('sessions'))
    .option('--limit <milliseconds>', m.options.limit, wholeNumber('--limit', 1, 60_000), d.limitMs)
    .option('--max <number>', m.options.max, wholeNumber('--max', 1, MOST_SESSIONS))
    .option('--no-decode', m.options.noDecode)
    .option('--prepared <kilobytes>', m.options.prepared, wholeNumber('--prepared', 1, 1000))
    .addOption(new Option('--replay <file>', m.options.replay).conflicts(['prepared', 'scene', 'size']))
    .addOption(
      new Option('--scene <names>', o.scene).argParser(sceneList).default(d.scenes, d.scenes.join(',')),
    )
    .addOption(
      new Option('--size <WIDTHxHEIGHT>', o.size)
        .argParser(pictureSize)
        .default({ width, height }, `${width}x${height}`),
    )
    .option('--level <name>', o.quality, oneOf('--level', QUALITY_NAMES), d.level)
    .option('--link <link>', m.options.link, linkWords, d.link)
    .option('--fps <number>', o.fps, wholeNumber('--fps', 1, 240), d.fps)
    .option('--seed <number>', o.seed, wholeNumber('--seed', 0, 0xffff_ffff), d.seed)
    .option('--threads <number>', o.threads, wholeNumber('--threads', 0, 16))
    .option('--warmup <seconds>', m.options.warmup, wholeNumber('--warmup', 0, 600), d.warmup)
    .option('--duration <seconds>', m.options.duration, wholeNumber('--duration', 1, 600), d.duration)
    .option('--transport <name>', o.transport, oneOf('--transport', ['auto', 'uws', 'ws']), d.transport)
    .option('--json [file]', m.options.json)
    .addHelpText('after', sceneHelp)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline capacity',
        'sightline capacity --viewers --no-decode',
        'sightline capacity --sessions --prepared 20 --max 500',
        'sightline capacity --sessions --scene terminal --size 1280x720 --limit 50 --json capacity.json',
        'sightline capacity --viewers --link dsl --level auto --max 16',
        'sightline capacity --sessions --replay session.rcrec',
      ]),
    )
    .action((flags: CapacityFlags) => runCommand(async () => (await import('./run-capacity.js')).run(flags)));
}
