/**
 * The subcommands by name. What a command needs (canvas, threads, servers) is loaded when that command is named, so
 * that help, version and wrong usage answer at once.
 */
import { Command } from 'commander';
import { messages } from './messages.js';

export interface CommandEntry {
  readonly name: string;
  /** What follows the name in the list of commands, as the command itself says it. */
  readonly usage: string;
  readonly summary: string;
  /** The command with its options and its action. */
  readonly load: () => Promise<Command>;
}

/** In the order of `sightline --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    usage: '[options]',
    summary: messages.demo.summary,
    load: async () => (await import('./demo.js')).demoCommand(),
  },
  {
    name: 'relay',
    usage: '[options]',
    summary: messages.relay.summary,
    load: async () => (await import('./relay.js')).relayCommand(),
  },
  {
    name: 'host',
    usage: '[options]',
    summary: messages.host.summary,
    load: async () => (await import('./host.js')).hostCommand(),
  },
  {
    name: 'view',
    usage: '[options] <address>',
    summary: messages.view.summary,
    load: async () => (await import('./view.js')).viewCommand(),
  },
  {
    name: 'measure',
    usage: '[options]',
    summary: messages.measure.summary,
    load: async () => (await import('./measure.js')).measureCommand(),
  },
  {
    name: 'capacity',
    usage: '[options]',
    summary: messages.capacity.summary,
    load: async () => (await import('./capacity.js')).capacityCommand(),
  },
  {
    name: 'report',
    usage: '[options] [files...]',
    summary: messages.report.summary,
    load: async () => (await import('./report.js')).reportCommand(),
  },
  {
    name: 'compare',
    usage: '[options] <a> <b>',
    summary: messages.compare.summary,
    load: async () => (await import('./compare.js')).compareCommand(),
  },
  {
    name: 'bench',
    usage: '[options] [command]',
    summary: messages.bench.summary,
    load: async () => (await import('./bench.js')).benchCommand(),
  },
  {
    name: 'convert',
    usage: '[options] <files...>',
    summary: messages.convert.summary,
    load: async () => (await import('./convert.js')).convertCommand(),
  },
  {
    name: 'frames',
    usage: '[options] <file>',
    summary: messages.frames.summary,
    load: async () => (await import('./frames.js')).framesCommand(),
  },
  {
    name: 'record',
    usage: '[options] <file>',
    summary: messages.record.summary,
    load: async () => (await import('./record.js')).recordCommand(),
  },
  {
    name: 'info',
    usage: '[options] <file>',
    summary: messages.info.summary,
    load: async () => (await import('./info.js')).infoCommand(),
  },
  {
    name: 'verify',
    usage: '[options] <file>',
    summary: messages.verify.summary,
    load: async () => (await import('./verify.js')).verifyCommand(),
  },
  {
    name: 'repair',
    usage: '[options] <in> <out>',
    summary: messages.repair.summary,
    load: async () => (await import('./repair.js')).repairCommand(),
  },
];

/** The command that `words` name first is whole; of all others there are name and summary, for help and for guesses. */
export async function buildCommands(words: readonly string[]): Promise<Command[]> {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const named = first === 'help' ? second : first;
  return Promise.all(
    COMMANDS.map(({ name, usage, summary, load }) =>
      name === named ? load() : new Command(name).usage(usage).description(summary),
    ),
  );
}
