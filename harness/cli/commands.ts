/**
 * The subcommands by name, some in groups. What a command needs (canvas, threads, servers) is loaded when that command
 * is named, so that help, version and wrong usage answer at once.
 */
import { Command } from 'commander';
import { messages } from './messages.js';
import { examples } from './text.js';

export interface CommandEntry {
  readonly name: string;
  /** What follows the name in the list of commands, as the command itself says it. */
  readonly usage: string;
  readonly summary: string;
  /** The command with its options and its action. */
  readonly load: () => Promise<Command>;
}

/** Commands of one kind: `sightline GROUP COMMAND`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  /** Command lines that its help shows. */
  readonly examples: readonly string[];
  /** In the order of the group's help. */
  readonly commands: readonly RegistryEntry[];
}

export type RegistryEntry = CommandEntry | CommandGroup;

/** In the order of `sightline --help`. */
export const COMMANDS: readonly RegistryEntry[] = [
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
    summary: messages.bench.summary,
    examples: ['sightline bench codec talk.mkv'],
    commands: [
      {
        name: 'codec',
        usage: '[options] [files...]',
        summary: messages.bench.codec.summary,
        load: async () => (await import('./bench.js')).codecCommand(),
      },
    ],
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

/** What a command line asks for. */
export interface Request {
  /** Names of a group, of a command in it: those of the registry that the words begin with. */
  readonly path: readonly string[];
  /**
   * The words as commander takes them: `help GROUP COMMAND` and `GROUP help COMMAND` as `GROUP COMMAND --help`. A word
   * that names nothing is the last, so that it is refused also where help was asked for.
   */
  readonly words: readonly string[];
}

const HELP = 'help';

/** Reads `words`, the arguments after the program's name. */
export function readRequest(words: readonly string[], entries: readonly RegistryEntry[] = COMMANDS): Request {
  const path: string[] = [];
  let level: readonly RegistryEntry[] | undefined = entries;
  let asksForHelp = false;
  for (const [index, word] of words.entries()) {
    if (level === undefined || word.startsWith('-')) {
      return { path, words: [...path, ...(asksForHelp ? ['--help'] : words.slice(index))] };
    }
    if (word === HELP) {
      asksForHelp = true;
      continue;
    }
    const entry: RegistryEntry | undefined = level.find(({ name }) => name === word);
    if (entry === undefined) return { path, words: [...path, word] };
    path.push(word);
    level = 'commands' in entry ? entry.commands : undefined;
  }
  return { path, words: [...path, ...(asksForHelp ? ['--help'] : [])] };
}

/** The command at `path` is whole; of all others there are name and summary, for help and for guesses. */
export function buildCommands(
  [named, ...below]: readonly string[],
  entries: readonly RegistryEntry[] = COMMANDS,
): Promise<Command[]> {
  return Promise.all(
    entries.map((entry) => {
      const isNamed = entry.name === named;
      if ('commands' in entry) return buildGroup(entry, isNamed ? below : []);
      return isNamed ? entry.load() : new Command(entry.name).usage(entry.usage).description(entry.summary);
    }),
  );
}

async function buildGroup(group: CommandGroup, path: readonly string[]): Promise<Command> {
  const command = new Command(group.name)
    .description(group.summary)
    .addHelpText('after', examples(messages.program.examples, group.examples));
  for (const each of await buildCommands(path, group.commands)) command.addCommand(each);
  return command;
}
