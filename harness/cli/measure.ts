/** sightline measure */
import { Command } from 'commander';
import type { SceneName } from '../hosts/index.js';
import { DEFAULT_SETTINGS, PRESET_NAMES, QUESTION_NAMES, VIEWER_KINDS } from '../measure/choices.js';
import { sceneHelp, sceneList } from './host-options.js';
import { linkList, linkWords } from './link-options.js';
import { decimal } from './media-options.js';
import { messages } from './messages.js';
import { collect, listOf, oneOf, pictureSize, QUALITY_NAMES, wholeNumber } from './options.js';
import { ExitCode, runCommand } from './output.js';
import type { MeasureFlags } from './run-measure.js';
import { examples } from './text.js';

/** Seconds after which a run is not repeated again. */
const DEFAULT_LIMIT = 600;

export function measureCommand(): Command {
  const o = messages.options;
  const d = DEFAULT_SETTINGS;
  const number = (flag: string, min: number, max: number) => wholeNumber(flag, min, max);
  return new Command('measure')
    .description(messages.measure.summary)
    .option('--preset <name>', o.preset, oneOf('--preset', PRESET_NAMES))
    .option('--scene <names>', o.scenes, sceneLists)
    .option('--replay <file>', o.replays, collect)
    .option('--pace <factor>', o.replayPace, decimal('--pace', 0.1, 100))
    .option('--size <WIDTHxHEIGHT>', o.sizes, listOf(pictureSize))
    .option('--level <names>', o.levels, listOf(oneOf('--level', QUALITY_NAMES)))
    .option('--viewers <numbers>', o.viewerNumbers, listOf(number('--viewers', 1, 64)))
    .option('--viewer <kind>', o.viewer, oneOf('--viewer', VIEWER_KINDS), VIEWER_KINDS[0])
    .option('--hosts <numbers>', o.hosts, listOf(number('--hosts', 1, 32)))
    .option('--threads <numbers>', o.threadNumbers, listOf(number('--threads', 0, 16)))
    .option('--link <links>', o.link, linkLists)
    .option('--host-link <link>', o.hostLink, linkWords)
    .option('--last-viewer-link <link>', o.lastViewerLink, linkWords)
    .option('--file <kilobytes>', o.file, number('--file', 1, 100_000))
    .option('--virtual', o.virtual)
    .option('--no-virtual', o.noVirtual)
    .option('--fps <number>', o.fps, number('--fps', 1, 240), d.fps)
    .option('--seed <number>', o.seed, number('--seed', 0, 0xffff_ffff), d.seed)
    .option('--duration <seconds>', o.duration, number('--duration', 1, 3600))
    .option('--warmup <seconds>', o.warmup, number('--warmup', 0, 600))
    .option('--rate <number>', o.rate, number('--rate', 1, 200), d.rate)
    .option('--verify-frames <number>', o.verifyFrames, number('--verify-frames', 0, 10_000))
    .option('--transport <name>', o.transport, oneOf('--transport', ['auto', 'uws', 'ws']), d.transport)
    .option('--one-lane', o.oneLane)
    .option('--repeat <number>', o.repeat, number('--repeat', 1, 100), 1)
    .option('--from <file>', o.from)
    .option('--html <file>', messages.report.html)
    .option('--budget <file>', messages.compare.budget)
    .option('--confidence <percent>', o.confidence, number('--confidence', 1, 100))
    .option('--limit <seconds>', o.limit, number('--limit', 1, 86_400), DEFAULT_LIMIT)
    .option('--question <name>', o.question, oneOf('--question', QUESTION_NAMES))
    .option('--self-check', o.selfCheck)
    .option('--json [file]', o.jsonFile)
    .addHelpText('after', sceneHelp)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline measure',
        'sightline measure --preset quick',
        'sightline measure --scene terminal,form --level medium,high --duration 30 --json report.json',
        'sightline measure --virtual --link rate=2mbit,delay=40ms,jitter=5ms,dsl,satellite --level auto',
        'sightline measure --virtual --viewers 5 --link lan --last-viewer-link modem',
        'sightline measure --viewer page --preset quick',
        'sightline measure --virtual --replay session.rcrec --replay talk.mkv --link dsl,lte',
        'sightline measure --repeat 5 --json after.json --html after.html',
        'sightline measure --from before.json --json after.json',
        'sightline measure --question new-page --link modem,dsl --level high,auto',
        'sightline measure --question busy-link --link lte --no-virtual',
        'sightline measure --self-check',
      ]),
    )
    .action((flags: MeasureFlags, command: Command) => {
      const isOther = flags.question !== undefined || flags.selfCheck;
      if (flags.replay !== undefined && isOther) {
        command.error(messages.measure.replayAlone, { exitCode: ExitCode.Usage });
      }
      return runCommand(async () => (await import('./run-measure.js')).run(flags));
    });
}

/** Scenes that are shown together; each time that the option is given is a run of its own. */
function sceneLists(value: string, before: SceneName[][] = []): SceneName[][] {
  return [...before, sceneList(value)];
}

function linkLists(value: string, before: string[] = []): string[] {
  return [...before, ...linkList(value)];
}
