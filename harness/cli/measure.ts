/** sightline measure */
import { open, writeFile } from 'node:fs/promises';
import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import type { QualityName } from '../../codecs/index.js';
import { CHANNEL_NAMES, DEFAULT_SETTINGS, type MeasureReport, measure } from '../measure/index.js';
import { type SimulationFlags, withSimulationOptions } from './host-options.js';
import { messages } from './messages.js';
import { linkWords, oneOf, QUALITY_NAMES, wholeNumber } from './options.js';
import { ExitCode, print, printJson, runCommand, say } from './output.js';
import { examples, text } from './text.js';
import { bytesInWords } from './words.js';

interface MeasureFlags extends SimulationFlags {
  readonly level: QualityName;
  readonly viewers: number;
  readonly duration: number;
  readonly warmup: number;
  readonly rate: number;
  readonly verifyFrames: number;
  readonly transport: 'auto' | 'uws' | 'ws';
  readonly oneLane?: boolean;
  readonly link: string;
  readonly hostLink?: string;
  readonly lastViewerLink?: string;
  readonly virtual?: boolean;
  readonly json?: string | true;
}

export function measureCommand(): Command {
  const o = messages.options;
  const d = DEFAULT_SETTINGS;
  return withSimulationOptions(new Command('measure').description(messages.measure.summary), d.scenes)
    .option('--level <name>', o.level, oneOf('--level', QUALITY_NAMES), d.level)
    .option('--viewers <number>', o.viewers, wholeNumber('--viewers', 1, 64), d.viewers)
    .option('--duration <seconds>', o.duration, wholeNumber('--duration', 1, 3600), d.duration)
    .option('--warmup <seconds>', o.warmup, wholeNumber('--warmup', 0, 600), d.warmup)
    .option('--rate <number>', o.rate, wholeNumber('--rate', 1, 200), d.rate)
    .option(
      '--verify-frames <number>',
      o.verifyFrames,
      wholeNumber('--verify-frames', 0, 10_000),
      d.verifyFrames,
    )
    .option('--transport <name>', o.transport, oneOf('--transport', ['auto', 'uws', 'ws']), d.transport)
    .option('--one-lane', o.oneLane)
    .option('--link <name|settings>', o.link, linkWords, d.link)
    .option('--host-link <name|settings>', o.hostLink, linkWords)
    .option('--last-viewer-link <name|settings>', o.lastViewerLink, linkWords)
    .option('--virtual', o.virtual)
    .option('--json [file]', o.jsonFile)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline measure',
        'sightline measure --scene terminal,form --level medium --duration 30',
        'sightline measure --viewers 5 --json report.json',
        'sightline measure --virtual --link rate=2mbit,delay=40ms,jitter=5ms --level auto',
      ]),
    )
    .action((flags: MeasureFlags) => runCommand(() => run(flags)));
}

async function run(flags: MeasureFlags): Promise<number> {
  // A wrong path is said before the measurement, not after it.
  if (typeof flags.json === 'string') await (await open(flags.json, 'a')).close();
  const bar = process.stderr.isTTY
    ? new SingleBar(
        { format: ' {bar} {percentage}% | {phase}', stream: process.stderr },
        Presets.shades_classic,
      )
    : undefined;
  say(text(messages.measure.starting, { viewers: flags.viewers }));
  bar?.start(100, 0, { phase: '' });
  const report = await measure(
    {
      width: flags.size.width,
      height: flags.size.height,
      fps: flags.fps,
      seed: flags.seed,
      scenes: flags.scene,
      level: flags.level,
      viewers: flags.viewers,
      duration: flags.duration,
      warmup: flags.warmup,
      rate: flags.rate,
      verifyFrames: flags.verifyFrames,
      transport: flags.transport,
      lanes: !flags.oneLane,
      link: flags.link,
      ...(flags.hostLink === undefined ? {} : { hostLink: flags.hostLink }),
      ...(flags.lastViewerLink === undefined ? {} : { lastViewerLink: flags.lastViewerLink }),
      virtual: flags.virtual ?? false,
      ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    },
    ({ phase, done }) => {
      const name = messages.measure.phase[phase];
      if (bar === undefined) say(`${name}…`);
      else bar.update(Math.round(done * 100), { phase: name });
    },
  ).finally(() => bar?.stop());
  if (flags.json === true) printJson(report);
  else {
    printReport(report);
    if (flags.json !== undefined) {
      await writeFile(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
      say(text(messages.measure.written, { file: flags.json }));
    }
  }
  return report.mismatches === 0 ? ExitCode.Success : ExitCode.Failure;
}

function printReport(report: MeasureReport): void {
  const m = messages.measure;
  const widths = { name: 24, figure: 9 };
  const row = (name: string, figures: readonly string[]): string =>
    name.padEnd(widths.name) + figures.map((figure) => figure.padStart(widths.figure)).join('');
  print(row(m.heading.channel, [m.heading.samples, 'p50', 'p90', 'p99', 'max', m.heading.mean]));
  for (const name of CHANNEL_NAMES) {
    const { samples, p50, p90, p99, max, mean } = report.channels[name];
    const latencies = samples === 0 ? [] : [p50, p90, p99, max, mean].map((value) => value.toFixed(2));
    print(row(m.channel[name], [String(samples), ...latencies]));
  }
  const { host, relay, viewer } = report.cpuMsPerFrame;
  const { work, total, ...parts } = report.displayStages;
  const share = total > 0 ? Math.round((work / total) * 100) : 0;
  const stages = Object.entries(parts)
    .map(([name, value]) => `${m.stage[name as keyof typeof m.stage]} ${value.toFixed(2)}`)
    .join(', ');
  print('');
  print(
    text(m.bytes, {
      bytes: bytesInWords(report.bytesPerFrame),
      frames: report.frames,
      rate: report.framesPerSecond,
    }),
  );
  print(text(m.cpu, { host: host.toFixed(2), relay: relay.toFixed(2), viewer: viewer.toFixed(2) }));
  print(text(m.work, { total: total.toFixed(2), work: work.toFixed(2), share: String(share), stages }));
  print(text(m.clock, { error: report.clockErrorMs.toFixed(2) }));
  print(text(m.verified, { frames: report.framesCompared, mismatches: report.mismatches }));
}
