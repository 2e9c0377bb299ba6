#!/usr/bin/env node
/** The `sightline` command. Each subcommand lives in its own file. */
import { Command } from 'commander';
import { productVersion } from '../measure/machine.js';
import { benchCommand } from './bench.js';
import { capacityCommand } from './capacity.js';
import { compareCommand } from './compare.js';
import { convertCommand } from './convert.js';
import { demoCommand } from './demo.js';
import { framesCommand } from './frames.js';
import { hostCommand } from './host.js';
import { infoCommand } from './info.js';
import { measureCommand } from './measure.js';
import { messages } from './messages.js';
import { ExitCode } from './output.js';
import { recordCommand } from './record.js';
import { relayCommand } from './relay.js';
import { repairCommand } from './repair.js';
import { reportCommand } from './report.js';
import { verifyCommand } from './verify.js';
import { viewCommand } from './view.js';

const program = new Command('sightline')
  .description(messages.program.description)
  .version(productVersion())
  .addHelpText('after', `\n${messages.program.language}`)
  .showHelpAfterError(messages.program.wayOut)
  .exitOverride((error) => {
    // Commander ends with 1 for every fault; a wrong command line is 2 here, help and version are 0.
    process.exit(error.exitCode === 0 ? ExitCode.Success : ExitCode.Usage);
  });

for (const build of [
  demoCommand,
  relayCommand,
  hostCommand,
  viewCommand,
  measureCommand,
  capacityCommand,
  reportCommand,
  compareCommand,
  benchCommand,
  convertCommand,
  framesCommand,
  recordCommand,
  infoCommand,
  verifyCommand,
  repairCommand,
]) {
  program.addCommand(build());
}
inheritSettings(program);

/** What is said of wrong usage holds for subcommands of subcommands too. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent));
}

await program.parseAsync();
