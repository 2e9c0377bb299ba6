/** sightline demo: a relay here, a simulated host in a process of its own, and the address to open. */
import { Command } from 'commander';
import { withSimulationOptions } from './host-options.js';
import { messages } from './messages.js';
import { runCommand } from './output.js';
import { withRelayOptions } from './relay.js';
import type { DemoFlags } from './run-demo.js';
import { examples } from './text.js';

export function demoCommand(): Command {
  return withSimulationOptions(withRelayOptions(new Command('demo').description(messages.demo.summary)))
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline demo',
        'sightline demo --scene terminal,film --size 1280x720',
        'sightline demo --port 0 --transport ws --json',
      ]),
    )
    .action((flags: DemoFlags, command: Command) =>
      runCommand(async () =>
        (await import('./run-demo.js')).demo(flags, command.getOptionValueSource('port') === 'default'),
      ),
    );
}
