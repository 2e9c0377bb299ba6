/** sightline verify FILE */
import { Command } from 'commander';
import { FrameDecoder } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import { verifyRecording } from '../../engine/recording/file.js';
import type { ChainVerdict, Verification } from '../../engine/recording/index.js';
import { messages } from './messages.js';
import { fingerprint } from './options.js';
import { ExitCode, print, printJson, runCommand } from './output.js';
import { examples, text } from './text.js';
import { bytesInWords, durationInWords, exactSeconds } from './words.js';

interface VerifyFlags {
  readonly decode?: boolean;
  readonly fingerprint?: string;
  readonly json?: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description(messages.verify.summary)
    .argument('<file>', messages.info.file)
    .option('--decode', messages.options.decode)
    .option('--fingerprint <hex>', messages.options.fingerprint, fingerprint)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline verify talk.rcrec',
        'sightline verify talk.rcrec --decode --json',
        'sightline verify talk.rcrec --fingerprint "$(cat talk.fingerprint)"',
      ]),
    )
    .action((file: string, flags: VerifyFlags) =>
      runCommand(async () => {
        const result = await verifyRecording(file, {
          ...(flags.decode ? { decoder: await newDecoders() } : {}),
          ...(flags.fingerprint === undefined ? {} : { fingerprint: flags.fingerprint }),
        });
        if (flags.json) printJson(result);
        else report(file, result);
        return result.ok ? ExitCode.Success : ExitCode.Failure;
      }),
    );
}

async function newDecoders(): Promise<() => FrameDecoder> {
  const module = await loadKernelModule();
  return () => new FrameDecoder(module);
}

function report(file: string, result: Verification): void {
  const v = messages.verify;
  if (result.ok) {
    const { blocks, frames } = result;
    print(text(v.sound, { file, blocks, frames, duration: durationInWords(result.duration) }));
    reportChain(file, result.chain);
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
  if (result.faultCount > 0) {
    print(
      text(v.lost, {
        bytes: bytesInWords(result.lostBytes),
        blocks: result.lostBlocks,
        slices: result.lostSlices,
        faults: result.faultCount,
      }),
    );
  }
  reportChain(file, result.chain);
}

function reportChain(file: string, chain: ChainVerdict | undefined): void {
  if (chain === undefined) return;
  const v = messages.verify;
  const { seals, broken, firstBroken, unsealedBytes, fingerprint, matches } = chain;
  if (firstBroken !== undefined) {
    const { from, to } = firstBroken;
    const [fromTime, toTime] = [firstBroken.fromTime, firstBroken.toTime].map(exactSeconds);
    print(
      text(v.broken, {
        broken,
        seals,
        from: String(from),
        to: String(to),
        fromTime: fromTime!,
        toTime: toTime!,
      }),
    );
  }
  if (unsealedBytes > 0) print(text(v.unsealed, { bytes: bytesInWords(unsealedBytes) }));
  print(text(v.fingerprint, { fingerprint }));
  if (matches === false) print(text(v.differs, { file }));
  if (matches === true) print(v.matches);
}
