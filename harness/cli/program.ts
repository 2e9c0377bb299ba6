/** The `sightline` command line. Each subcommand lives in its own file. */
import { inspect } from 'node:util';
import { Command } from 'commander';
import { productVersion } from '../product-version.js';
import { buildCommands, readRequest } from './commands.js';
import { messages } from './messages.js';
import { ExitCode, printLines, sayLines } from './output.js';

// What nobody foresaw keeps its stack, in which the words of others may stand.
process.on('uncaughtException', (error) => {
  sayLines(`${inspect(error)}\n`);
  process.exit(ExitCode.Failure);
});

const program = new Command('sightline')
  .description(messages.program.description)
  .version(productVersion(), '-V, --version', messages.program.version)
  .helpOption('-h, --help', messages.program.helpOption)
  .helpCommand('help [command...]', messages.program.help)
  .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
  .addHelpText('after', `\n${messages.program.language}`)
  .configureOutput({ writeOut: printLines, writeErr: sayLines })
  .showHelpAfterError(messages.program.wayOut)
  .exitOverride((error) => {
    // Commander ends with 1 for every fault; a wrong command line is 2 here, help and version are 0.
    process.exit(error.exitCode === 0 ? ExitCode.Success : ExitCode.Usage);
  });

const { path, words } = readRequest(process.argv.slice(2));
for (const command of await buildCommands(path)) program.addCommand(command);
inheritSettings(program);

/** What is said of wrong usage holds for subcommands of subcommands too. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent));
}

await program.parseAsync(words, { from: 'user' });
