/** sightline bench codec FILES */
import { Command } from 'commander';
import { EFFORT_NAMES, LEVEL_NAMES, type LevelName } from '../../codecs/index.js';
import { PEER_NAMES } from '../codec-bench/peers/index.js';
import { DEFAULT_QUALITY, MOST_FRAMES } from './bench-defaults.js';
import { messages } from './messages.js';
import { oneOf, wholeNumber } from './options.js';
import { runCommand } from './output.js';
import type { CodecFlags } from './run-bench.js';
import { examples, text } from './text.js';

const m = messages.bench.codec;

export function codecCommand(): Command {
  return new Command('codec')
    .description(m.summary)
    .argument('[files...]', m.files)
    .option('--level <names>', m.level, levelList, ['high'])
    .option('--lossy [quality]', text(m.lossy, { quality: DEFAULT_QUALITY }))
    .option('--effort <name>', m.effort, oneOf('--effort', EFFORT_NAMES), 'balanced')
    .option('--threads <number>', m.threads, wholeNumber('--threads', 1, 17), 1)
    .option('--frames <number>', m.frames, wholeNumber('--frames', 1, MOST_FRAMES))
    .option('--runs <number>', m.runs, wholeNumber('--runs', 1, 100), 1)
    .option('--peers <names>', text(m.peers, { names: PEER_NAMES.join(', ') }), peerList, [...PEER_NAMES])
    .option('--json <file>', m.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline bench codec talk.mkv',
        'sightline bench codec *.mkv --json figures.json',
        'sightline bench codec talk.mkv --level low,very-low --frames 200',
        'sightline bench codec talk.mkv --peers tight,vp9',
        'sightline bench codec film.mkv --peers none --lossy 70 --effort small --threads 2',
      ]),
    )
    .action((files: string[], flags: CodecFlags, command: Command) =>
      runCommand(async () => (await import('./run-bench.js')).run(files, flags, command)),
    );
}

function levelList(value: string): LevelName[] {
  const parse = oneOf('--level', LEVEL_NAMES);
  return [...new Set(value.split(',').map((word) => parse(word.trim())))];
}

function peerList(value: string): string[] {
  if (value === 'all') return [...PEER_NAMES];
  if (value === 'none') return [];
  const parse = oneOf('--peers', ['all', 'none', ...PEER_NAMES]);
  return [...new Set(value.split(',').map((word) => parse(word.trim())))].filter((name) =>
    PEER_NAMES.includes(name),
  );
}
