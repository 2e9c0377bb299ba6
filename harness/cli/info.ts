/** sightline info FILE */
import { Command } from 'commander';
import { describeRecording } from '../../engine/recording/file.js';
import type { RecordingDescription } from '../../engine/recording/index.js';
import { messages } from './messages.js';
import { print, printJson, runCommand } from './output.js';
import { examples, text } from './text.js';
import { bytesInWords, durationInWords } from './words.js';

export function infoCommand(): Command {
  return new Command('info')
    .description(messages.info.summary)
    .argument('<file>', messages.info.file)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, ['sightline info talk.rcrec', 'sightline info talk.rcrec --json']),
    )
    .action((file: string, flags: { json?: boolean }) =>
      runCommand(async () => {
        const description = await describeRecording(file);
        if (flags.json) printJson(description);
        else for (const [label, value] of lines(description)) print(`${label.padEnd(16)}${value}`);
        return undefined;
      }),
    );
}

function lines(recording: RecordingDescription): [string, string][] {
  const l = messages.info.labels;
  const { metadata } = recording;
  return [
    [l.session, metadata.session],
    [l.host, metadata.host],
    [l.program, metadata.program],
    [l.picture, recording.sizes.join(', ')],
    [l.levels, recording.levels.join(', ')],
    [l.duration, durationInWords(recording.duration)],
    [l.size, bytesInWords(recording.size)],
    [l.frames, `${recording.frames} (${recording.framesPerSecond.toFixed(1)}/s)`],
    [l.rate, `${recording.kilobitsPerSecond.toFixed(0)} kbit/s`],
    [l.checkpoints, String(recording.checkpoints)],
    [l.end, messages.info.ends[recording.endReason]],
    ...(recording.fingerprint === undefined
      ? []
      : [[l.fingerprint, recording.fingerprint] as [string, string]]),
    ...provenance(metadata),
    [l.damage, recording.damaged === 0 ? messages.info.none : String(recording.damaged)],
    ...recording.tracks.map((track): [string, string] => [
      `${l.track} ${track.kind}`,
      `${track.messages}, ${bytesInWords(track.bytes)}`,
    ]),
    ...recording.attendance.map(({ name, from, to }): [string, string] => [
      l.attendance,
      `${name}, ${durationInWords(from)} – ${durationInWords(to ?? recording.duration)}`,
    ]),
    ...recording.notices.map(({ time, kind, viewer, name, given, text: words }): [string, string] => [
      l.notice,
      [durationInWords(time), kind, name ?? viewer, given, words]
        .filter((part) => part !== undefined)
        .join(', '),
    ]),
    ...recording.markers.map(({ time, number, text: words }): [string, string] => [
      `${l.marker} ${number}`,
      [durationInWords(time), words].filter((part) => part !== '').join(', '),
    ]),
  ];
}

/** What came before this file. */
function provenance({ continues, repaired }: RecordingDescription['metadata']): [string, string][] {
  const { labels: l, continues: part, repaired: lost } = messages.info;
  const lines: [string, string][] = [];
  if (continues !== undefined) {
    const { part: number, reason } = continues;
    lines.push([l.continues, text(part, { part: number, reason })]);
  }
  if (repaired !== undefined) {
    const { lostBytes, lostBlocks } = repaired;
    lines.push([l.repaired, text(lost, { bytes: bytesInWords(lostBytes), blocks: lostBlocks })]);
  }
  return lines;
}
