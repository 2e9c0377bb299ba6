/** The `sightline` command line. Each subcommand lives in its own file. */
import { Command } from 'commander';
import { escapeLines } from '../../engine/plain-text.js';
import { productVersion } from '../product-version.js';
import { buildCommands } from './commands.js';
import { messages } from './messages.js';
import { ExitCode } from './output.js';

const program = new Command('sightline')
  .description(messages.program.description)
  .version(productVersion())
  .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
  .addHelpText('after', `\n${messages.program.language}`)
  .configureOutput({
    writeErr: (said) => process.stderr.write(escapeLines(said)),
  })
  .showHelpAfterError(messages.program.wayOut)
  .exitOverride((error) => {
    // Commander ends with 1 for every fault; a wrong command line is 2 here, help and version are 0.
    process.exit(error.exitCode === 0 ? ExitCode.Success : ExitCode.Usage);
  });

for (const command of await buildCommands(process.argv.slice(2))) program.addCommand(command);
inheritSettings(program);

/** What is said of wrong usage holds for subcommands of subcommands too. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent));
}

await program.parseAsync();
