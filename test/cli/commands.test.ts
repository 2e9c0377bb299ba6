/** The registry of commands: what is listed, how groups and help are found, and how little is loaded for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMetadata } from '../../codecs/recording/metadata.js';
import {
  buildCommands,
  COMMANDS,
  type CommandEntry,
  type RegistryEntry,
  readRequest,
} from '../../harness/cli/commands.js';
import { putTogether } from '../recording/blocks.js';
import { runAndListModules } from './loaded-modules.js';

const LISTED = listed(COMMANDS, []);

function listed(entries: readonly RegistryEntry[], path: readonly string[]): [string, CommandEntry][] {
  return entries.flatMap((entry): [string, CommandEntry][] =>
    'commands' in entry
      ? listed(entry.commands, [...path, entry.name])
      : [[[...path, entry.name].join(' '), entry]],
  );
}

/** A registry with a group in a group, which counts what it loads. */
function madeUp(): { readonly entries: readonly RegistryEntry[]; readonly loaded: string[] } {
  const loaded: string[] = [];
  const entry = (name: string): CommandEntry => ({
    name,
    usage: '[options]',
    summary: name,
    load: async () => {
      loaded.push(name);
      return new Command(name).option('--whole');
    },
  });
  const keys = { name: 'keys', summary: 'keys', examples: [], commands: [entry('list')] };
  const group = { name: 'admin', summary: 'admin', examples: [], commands: [entry('list'), keys] };
  return { entries: [entry('info'), group], loaded };
}

describe('the registry', () => {
  it.each(LISTED)('lists %s as it is', async (_path, { name, usage, summary, load }) => {
    const command = await load();
    expect([command.name(), command.usage(), command.description()]).toEqual([name, usage, summary]);
  });

  it('has each name once, and none that help needs', () => {
    const names = [...LISTED.map(([path]) => path), ...COMMANDS.map(({ name }) => `${name} help`), 'help'];
    expect(new Set(names).size).toBe(names.length);
  });

  it('loads the command that is named, in a group too, and no other', async () => {
    const { entries, loaded } = madeUp();
    await buildCommands(['info'], entries);
    expect(loaded.splice(0)).toEqual(['info']);
    const [, admin] = await buildCommands(['admin', 'keys', 'list'], entries);
    expect(loaded.splice(0)).toEqual(['list']);
    const [list, keys] = admin!.commands;
    expect(list!.options).toHaveLength(0);
    expect(keys!.commands[0]!.options).toHaveLength(1);
    for (const path of [[], ['admin'], ['admin', 'keys'], ['nothing', 'list']]) {
      await buildCommands(path, entries);
    }
    expect(loaded).toEqual([]);
  });
});

describe('a request', () => {
  const { entries } = madeUp();

  it.each([
    ['info file --json', ['info'], 'info file --json'],
    ['info help', ['info'], 'info help'],
    ['admin keys list --x help', ['admin', 'keys', 'list'], 'admin keys list --x help'],
    ['', [], ''],
    ['--version', [], '--version'],
    ['--json info', [], '--json info'],
    ['help', [], '--help'],
    ['help info', ['info'], 'info --help'],
    ['help info file --json', ['info'], 'info --help'],
    ['help admin', ['admin'], 'admin --help'],
    ['help admin keys list', ['admin', 'keys', 'list'], 'admin keys list --help'],
    ['admin help keys', ['admin', 'keys'], 'admin keys --help'],
    ['admin keys help', ['admin', 'keys'], 'admin keys --help'],
    ['admin --help', ['admin'], 'admin --help'],
    ['help inof', [], 'inof'],
    ['inof --help', [], 'inof'],
    ['help admin lits', ['admin'], 'admin lits'],
    ['admin lits --help', ['admin'], 'admin lits'],
  ])('"%s" is of %j, as "%s"', (line, path, words) => {
    const split = (text: string) => text.split(' ').filter((word) => word !== '');
    expect(readRequest(split(line), entries)).toEqual({ path, words: split(words) });
  });

  it('keeps what follows a command, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (rest) => {
        const words = ['admin', 'keys', 'list', ...rest];
        expect(readRequest(words, entries)).toEqual({ path: words.slice(0, 3), words });
      }),
    );
  });
});

describe('the command line', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sightline-commands-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('loads for help and version what help needs', () => {
    for (const words of [['--help'], ['--version'], ['help', 'bench'], ['no-such-command']]) {
      const { packages, own, out } = runAndListModules(...words);
      if (words[0] === '--help') for (const { name } of COMMANDS) expect(out).toContain(`\n  ${name} `);
      expect([...packages], words.join(' ')).toEqual(['commander']);
      expect(own, words.join(' ')).toContain('harness/cli/program.js');
      // Commands, codecs and the engine are many times as many.
      expect(own.length, own.join('\n')).toBeLessThan(20);
    }
  });

  it.each(LISTED.map(([path]) => path))(
    'shows examples of %s, without servers, threads or a canvas',
    (path) => {
      const { code, out, packages } = runAndListModules(...path.split(' '), '--help');
      expect(code).toBe(0);
      expect(out).toContain(`Examples:\n  sightline ${path}`);
      expectLight(packages);
    },
  );

  it('reads recordings and reports without servers, threads or a canvas', () => {
    const recording = join(folder, 'a.rcrec');
    const metadata = {
      session: 'a session',
      host: 'a host',
      program: 'a test',
      startedAt: 0,
      width: 64,
      height: 64,
      level: 3 as const,
      participants: [],
      tracks: [{ track: 1, kind: 'display' }],
    };
    writeFileSync(recording, putTogether([{ type: 1, track: 0, payload: encodeMetadata(metadata) }]));
    const info = runAndListModules('info', recording);
    expect([info.code, info.err]).toEqual([0, '']);
    expectLight(info.packages);
    const report = runAndListModules('report', '--schema', 'report');
    expect(JSON.parse(report.out)).toMatchObject({ title: 'Sightline report' });
    expectLight(report.packages);
  });

  it.each([
    [['bench', 'codex'], 'Did you mean codec?'],
    [['help', 'bnech'], 'Did you mean bench?'],
    [['bench', 'help', 'codex'], 'Did you mean codec?'],
    [['bench', 'codex', '--help'], 'Did you mean codec?'],
  ])('refuses %j with exit code 2, and guesses', (words, guess) => {
    const { code, out, err } = runAndListModules(...words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(guess);
  });
});

function expectLight(packages: ReadonlySet<string>): void {
  expect(packages).toContain('commander');
  for (const name of ['@napi-rs/canvas', 'piscina', 'uWebSockets.js', 'ws', 'hono', 'playwright-core']) {
    expect(packages).not.toContain(name);
  }
}
