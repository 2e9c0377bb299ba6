/** sightline host: shares a simulated desktop or a replay through a relay. */
import { Command } from 'commander';
import { LEVEL_NAMES, type LevelName } from '../../codecs/index.js';
import { authorities, relayAddress, sessionToken } from './address-options.js';
import { withSimulationOptions } from './host-options.js';
import { messages } from './messages.js';
import { DEFAULT_RELAY, oneOf, type Pace, pace, wholeNumber } from './options.js';
import { runCommand } from './output.js';
import type { HostFlags } from './run-host.js';
import { examples } from './text.js';

export function hostCommand(): Command {
  const o = messages.options;
  return withSimulationOptions(new Command('host').description(messages.host.summary))
    .option('--relay <address>', o.relay, relayAddress, new URL(DEFAULT_RELAY))
    .option('--ca <file>', o.ca, authorities)
    .option('--token <token>', o.token, sessionToken)
    .option('--name <name>', o.name, 'Sightline host')
    .option('--secret <text>', o.secret)
    .option('--replay <file>', o.replay)
    .option('--pace <pace>', o.pace, pace, 'realtime' as Pace)
    .option('--loop', o.loop)
    .option('--viewers <number>', o.waitViewers, wholeNumber('--viewers', 0, 64), 1)
    .option('--md5', o.md5)
    .option('--level <name>', o.hostLevel, oneOf('--level', LEVEL_NAMES), 'high' as LevelName)
    .option('--auto-log <file>', o.autoLog)
    .option('--screenshot <file>', o.screenshot)
    .option('--quiet', o.quiet)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline host',
        'sightline host --scene terminal --size 1280x720',
        'sightline host --replay talk.mkv --pace 2 --loop',
        'sightline host --replay talk.mkv --pace fastest --md5 > sent.txt',
      ]),
    )
    .action((flags: HostFlags) => runCommand(async () => (await import('./run-host.js')).share(flags)));
}
