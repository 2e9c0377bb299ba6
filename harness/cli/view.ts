/** sightline view: watches a session without a window. */
import { Command } from 'commander';
import type { QualityName } from '../../codecs/index.js';
import { authorities, sessionAddress } from './address-options.js';
import { messages } from './messages.js';
import { oneOf, QUALITY_NAMES, wholeNumber } from './options.js';
import { runCommand } from './output.js';
import type { ViewFlags } from './run-view.js';
import { examples } from './text.js';

export function viewCommand(): Command {
  const o = messages.options;
  return new Command('view')
    .description(messages.view.summary)
    .argument('<address>', messages.view.address, sessionAddress)
    .option('--ca <file>', o.ca, authorities)
    .option('--quality <name>', o.quality, oneOf('--quality', QUALITY_NAMES), 'high' as QualityName)
    .option('--name <name>', o.name, 'sightline view')
    .option('--md5', o.md5)
    .option('--png <file>', o.png)
    .option('--record <file>', o.record)
    .option('--record-limit <megabytes>', o.recordLimit, wholeNumber('--record-limit', 1, 1_000_000))
    .option('--force', o.force)
    .option('--until-frame <number>', o.untilFrame, wholeNumber('--until-frame', 1, 0xffff_ffff))
    .option('--seconds <number>', o.seconds, wholeNumber('--seconds', 1, 864_000))
    .option('--one-lane', o.oneLane)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline view http://127.0.0.1:8080/#TOKEN --until-frame 1 --png now.png',
        'sightline view http://127.0.0.1:8080/#TOKEN --md5 > shown.txt',
        'sightline view http://127.0.0.1:8080/#TOKEN --record talk.rcrec --seconds 60',
      ]),
    )
    .action((address: string, flags: ViewFlags) =>
      runCommand(async () => (await import('./run-view.js')).view(address, flags)),
    );
}
