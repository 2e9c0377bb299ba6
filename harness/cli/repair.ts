/** sightline repair IN OUT */
import { stat, unlink } from 'node:fs/promises';
import { Command } from 'commander';
import { SightlineError } from '../../codecs/index.js';
import { FileSink, repairRecordingFile } from '../../engine/recording/file.js';
import type { RepairReport } from '../../engine/recording/index.js';
import { productVersion } from '../product-version.js';
import { messages } from './messages.js';
import { print, printJson, runCommand } from './output.js';
import { examples, text } from './text.js';
import { bytesInWords, durationInWords, exactSeconds } from './words.js';

interface RepairFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

export function repairCommand(): Command {
  return new Command('repair')
    .description(messages.repair.summary)
    .argument('<in>', messages.repair.in)
    .argument('<out>', messages.repair.out)
    .option('--force', messages.repair.force)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline repair talk.rcrec talk-repaired.rcrec',
        'sightline repair talk.rcrec talk-repaired.rcrec --json',
      ]),
    )
    .action((from: string, to: string, flags: RepairFlags) =>
      runCommand(async () => {
        const report = await repair(from, to, flags.force ?? false);
        if (flags.json) printJson(report);
        else sayReport(from, to, report);
        return undefined;
      }),
    );
}

async function repair(from: string, to: string, overwrite: boolean): Promise<RepairReport> {
  if (await isSameFile(from, to)) {
    throw new SightlineError('refused', text(messages.repair.same, { file: from }));
  }
  const open = () => FileSink.create(to, { overwrite });
  let isMade = false;
  try {
    return await repairRecordingFile(
      from,
      async () => {
        const sink = await open();
        isMade = true;
        return sink;
      },
      `sightline ${productVersion()}`,
    );
  } catch (error) {
    if (isMade) await unlink(to).catch(() => {});
    throw error;
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

function sayReport(from: string, to: string, report: RepairReport): void {
  const r = messages.repair;
  const { lost, lostBytes, lostBlocks, lostSlices, messages: saved, duration } = report;
  print(text(r.done, { from, to, messages: saved, duration: durationInWords(duration) }));
  if (lostBytes + lostBlocks + lostSlices > 0) {
    print(text(r.lost, { bytes: bytesInWords(lostBytes), blocks: lostBlocks, slices: lostSlices }));
  }
  for (const { from: start, to: end, fromTime, toTime } of lost) {
    print(
      text(r.stretch, {
        from: String(start),
        to: String(end),
        fromTime: exactSeconds(fromTime),
        toTime: exactSeconds(toTime),
      }),
    );
  }
  if (report.lostMetadata) print(r.lostMetadata);
  if (report.brokenSeals > 0) print(text(r.brokenSeals, { count: report.brokenSeals }));
  print(text(messages.verify.fingerprint, { fingerprint: report.newFingerprint }));
}
