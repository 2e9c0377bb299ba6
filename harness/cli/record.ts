/** sightline record OUT: a recording without a page, of a video, a simulated desktop or a session. */
import { Command } from 'commander';
import type { QualityName } from '../../codecs/index.js';
import { authorities, sessionAddress } from './address-options.js';
import { sceneList, withDesktopOptions } from './host-options.js';
import { messages } from './messages.js';
import { oneOf, type Pace, pace, QUALITY_NAMES, wholeNumber } from './options.js';
import { ExitCode, runCommand } from './output.js';
import type { RecordFlags } from './run-record.js';
import { examples } from './text.js';

export function recordCommand(): Command {
  const m = messages.record;
  const o = messages.options;
  const command = new Command('record')
    .description(m.summary)
    .argument('<file>', m.file)
    .option('--replay <file>', m.replay)
    .option('--scene <names>', m.scene, sceneList)
    .option('--session <address>', m.session, sessionAddress)
    .option('--ca <file>', o.ca, authorities)
    .option('--level <name>', m.level, oneOf('--level', QUALITY_NAMES), 'high' as QualityName)
    .option('--pace <pace>', m.pace, pace, 'fastest' as Pace)
    .option('--seconds <number>', m.seconds, wholeNumber('--seconds', 1, 864_000));
  return withDesktopOptions(command)
    .option('--force', o.force)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline record talk.rcrec --replay talk.mkv',
        'sightline record desk.rcrec --scene desktop --seconds 60 --size 1280x720',
        'sightline record live.rcrec --session http://127.0.0.1:8080/#TOKEN --level auto',
      ]),
    )
    .action((file: string, flags: RecordFlags, command: Command) => {
      const sources = [flags.replay, flags.scene, flags.session].filter((source) => source !== undefined);
      if (sources.length !== 1) command.error(m.oneSource, { exitCode: ExitCode.Usage });
      if (flags.session === undefined && flags.level === 'auto') {
        command.error(m.autoNeedsSession, { exitCode: ExitCode.Usage });
      }
      return runCommand(async () => (await import('./run-record.js')).record(file, flags));
    });
}
