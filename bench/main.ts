/**
 * npm run bench: runs the benchmarks, prints their tables and writes what they found, with the machine's
 * description, to bench/results/. Each benchmark is a module with a `run()`; figures are ratios within one run
 * wherever there is a peer.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../engine/index.js';
import { describeMachine } from '../harness/machine.js';
import { type BenchResult, formatResult } from './result.js';

interface Benchmark {
  readonly about: string;
  load(): Promise<{ run(): Promise<BenchResult> }>;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  'dirty-tiles': {
    about: 'dirty-tile kernel against memory compare, copying and plain JavaScript',
    load: () => import('./kernels/dirty-tiles.js'),
  },
  colour: { about: 'colour reduction against plain JavaScript', load: () => import('./kernels/colour.js') },
  lz4: { about: 'LZ4 against lz4-wasm', load: () => import('./kernels/lz4.js') },
  moves: {
    about: 'drawn scrolls and drags: what is left to be coded, and time to compare and find',
    load: () => import('./kernels/moves.js'),
  },
  'tile-coder': {
    about: 'tile coder on a folder of recordings (SIGHTLINE_CORPUS): bytes and CPU per frame at each level',
    load: () => import('./kernels/tile-coder.js'),
  },
  pool: { about: 'coding with the pool against coding on one thread', load: () => import('./pool/pool.js') },
  'decode-threads': {
    about: 'decoding of whole pictures with a thread that helps, against one thread',
    load: () => import('./pool/decode.js'),
  },
  recording: {
    about: 'what recording and reading recordings cost',
    load: () => import('./recording/recording.js'),
  },
  vp8: {
    about: 'VP8 on a folder of recordings (SIGHTLINE_CORPUS) beside libvpx',
    load: () => import('./recording/vp8.js'),
  },
  'recording-overhead': {
    about:
      'what recording adds to the pipeline and to a viewer, on a folder of recordings (SIGHTLINE_CORPUS)',
    load: () => import('./recording/overhead.js'),
  },
  'recording-codecs': {
    about: 'video coders for conversion on a folder of recordings, beside those of ffmpeg',
    load: () => import('./recording/codecs.js'),
  },
  conversion: {
    about: 'conversion of recordings to videos: how many times real time (SIGHTLINE_CORPUS: office.mkv too)',
    load: () => import('./recording/convert.js'),
  },
  relay: { about: 'relay against a bare uWebSockets.js fan-out', load: () => import('./relay/relay.js') },
  lanes: {
    about: 'laser latency beside a busy display, on one link and on two',
    load: () => import('./end-to-end/lanes.js'),
  },
  'new-page': {
    about: 'virtual time: when a new page can be read and is exact, by link and level',
    load: async () => {
      const { answer } = await import('./end-to-end/questions.js');
      return { run: () => answer('new-page', ['modem', 'dsl', 'lte', 'satellite', 'lan']) };
    },
  },
  'busy-link': {
    about: 'virtual time: the laser beside a film and a file',
    load: async () => {
      const { answer } = await import('./end-to-end/questions.js');
      return { run: () => answer('busy-link', ['dsl', 'lte', 'hotel']) };
    },
  },
  'slow-viewer': {
    about: 'virtual time: one viewer on a modem among five',
    load: async () => {
      const { answer } = await import('./end-to-end/questions.js');
      return { run: () => answer('slow-viewer', ['lan', 'dsl', 'lte']) };
    },
  },
  links: {
    about: "the laboratory's links before real sockets: rate and delay as they say, and as they are",
    load: () => import('./end-to-end/links.js'),
  },
  latency: {
    about: 'the whole path: latency of every channel',
    load: () => import('./end-to-end/latency.js'),
  },
  'auto-control': {
    about: 'the auto stream: what its controller decides on simulated links',
    load: () => import('./auto/control.js'),
  },
  auto: {
    about: 'a new page on 1 Mbit/s: when it is legible and when it is exact',
    load: () => import('./end-to-end/auto.js'),
  },
  http: {
    about: 'serving the page, its files, health and figures over HTTP',
    load: () => import('./relay/http.js'),
  },
};

const program = new Command('bench')
  .description('Runs benchmarks; without names, all of them.')
  .argument('[names...]', `any of: ${Object.keys(BENCHMARKS).join(', ')}`)
  .option('--json <file>', 'where the figures are written', join(projectRoot(), 'bench/results/latest.json'))
  .option('--markdown <file>', 'write the tables with the machine described, as docs/BENCHMARKS.md has them')
  .addHelpText(
    'after',
    `\n${Object.entries(BENCHMARKS)
      .map(([name, { about }]) => `  ${name.padEnd(14)}${about}`)
      .join('\n')}`,
  )
  .action(async (names: string[], options: { json: string; markdown?: string }) => {
    const unknown = names.find((name) => !Object.hasOwn(BENCHMARKS, name));
    if (unknown !== undefined) program.error(`There is no benchmark "${unknown}".`, { exitCode: 2 });
    const chosen = names.length === 0 ? Object.keys(BENCHMARKS) : names;
    const results: BenchResult[] = [];
    for (const name of chosen) {
      process.stderr.write(`${name}…\n`);
      const result = await (await BENCHMARKS[name]!.load()).run();
      console.log(`${formatResult(result)}\n`);
      results.push(result);
    }
    mkdirSync(join(options.json, '..'), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify({ machine: describeMachine(), results }, undefined, 2)}\n`);
    process.stderr.write(`${options.json}\n`);
    if (options.markdown !== undefined) writeFileSync(options.markdown, markdownOf(results));
  });

function markdownOf(results: readonly BenchResult[]): string {
  const machine = describeMachine();
  const head = [
    '# Benchmarks',
    '',
    'Figures of one run of `npm run bench -- --markdown docs/BENCHMARKS.md`. Machines are noisy: ratios within a table say',
    'more than its figures. `npm run bench -- --help` lists the benchmarks; `bench/decisions/` keeps what was tried.',
    '',
    `Machine: ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}; Node ${machine.node}.`,
  ];
  const tables = results.map((result) => {
    const [title, ...table] = formatResult(result).split('\n');
    return `## ${title}\n${table.join('\n')}`;
  });
  return `${[head.join('\n'), ...tables].join('\n\n')}\n`;
}

await program.parseAsync();
