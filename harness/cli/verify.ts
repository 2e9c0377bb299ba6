/** sightline verify FILE */
import { Command } from 'commander';
import { FrameDecoder } from '../../codecs/index.js';
import { loadKernelModule, type Verification, verifyRecording } from '../../engine/index.js';
import { messages } from './messages.js';
import { ExitCode, print, printJson, runCommand } from './output.js';
import { examples, text } from './text.js';
import { bytesInWords, durationInWords } from './words.js';

export function verifyCommand(): Command {
  return new Command('verify')
    .description(messages.verify.summary)
    .argument('<file>', messages.info.file)
    .option('--decode', messages.options.decode)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline verify talk.rcrec',
        'sightline verify talk.rcrec --decode --json',
      ]),
    )
    .action((file: string, flags: { decode?: boolean; json?: boolean }) =>
      runCommand(async () => {
        const result = await verifyRecording(
          file,
          flags.decode ? { decoder: new FrameDecoder(await loadKernelModule()) } : {},
        );
        if (flags.json) printJson(result);
        else report(file, result);
        return result.ok ? ExitCode.Success : ExitCode.Failure;
      }),
    );
}

function report(file: string, result: Verification): void {
  const v = messages.verify;
  if (result.ok) {
    const { blocks, frames } = result;
    print(text(v.sound, { file, blocks, frames, duration: durationInWords(result.duration) }));
    return;
  }
  if (result.error !== undefined) {
    print(text(v.damaged, { file, offset: '0', reason: result.error.message }));
    return;
  }
  const first = result.firstFault;
  if (first?.reason === 'unfinished') print(text(v.unfinished, { file, offset: String(first.offset) }));
  else if (first !== undefined) {
    print(text(v.damaged, { file, offset: String(first.offset), reason: first.message }));
  }
  print(
    text(v.lost, {
      bytes: bytesInWords(result.lostBytes),
      blocks: result.lostBlocks,
      slices: result.lostSlices,
      faults: result.faultCount,
    }),
  );
}
