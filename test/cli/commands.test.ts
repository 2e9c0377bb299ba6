/** The list of commands says of each what the command itself says, and help does not load what only work needs. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtFile } from '../../engine/artifacts.js';
import { buildCommands, COMMANDS } from '../../harness/cli/commands.js';

describe('commands', () => {
  it.each(COMMANDS.map(({ name }) => name))('%s is listed as it is', async (name) => {
    const { usage, summary, load } = COMMANDS.find((entry) => entry.name === name)!;
    const command = await load();
    expect([command.name(), command.usage(), command.description()]).toEqual([name, usage, summary]);
  });

  it('loads the command that is named first, also behind help', async () => {
    for (const words of [['info', 'convert'], ['--json', 'info'], ['help', 'info'], ['info']]) {
      const whole = (await buildCommands(words)).filter((command) => command.options.length > 0);
      expect(whole.map((command) => command.name())).toEqual(['info']);
    }
    expect((await buildCommands(['--help'])).every((command) => command.options.length === 0)).toBe(true);
  });

  it.each([['--help'], ['--version'], ['info', '--help'], ['demo', '--help'], ['report', '--help']])(
    'draws nothing and starts no threads for %s %s',
    (...words) => {
      // Libraries of C and Rust are loaded once for a process: the report of one at its end names them.
      const atExit =
        "process.on('exit', () => console.error(process.report.getReport().sharedObjects.join('\\n')))";
      const { status, stderr } = spawnSync(
        process.execPath,
        [
          '--import',
          `data:text/javascript,${encodeURIComponent(atExit)}`,
          builtFile('harness', 'cli', 'main.js'),
          ...words,
        ],
        { encoding: 'utf8' },
      );
      expect(status).toBe(0);
      expect(stderr).toContain('libc.so');
      expect(stderr).not.toMatch(/canvas|skia|uws_/);
    },
  );
});
