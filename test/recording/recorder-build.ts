/** Builds the recorder that runs in a process of its own, and what it is to record. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../../engine/artifacts.js';
import type { Scenario } from './scenario.js';

/** Answers the paths of the script and of its messages, in `folder`. */
export async function buildRecorderProcess(
  folder: string,
  scenario: Scenario,
): Promise<{ script: string; messages: string }> {
  const script = join(folder, 'recorder.cjs');
  await build({
    absWorkingDir: projectRoot(),
    entryPoints: ['test/recording/recorder-process.ts'],
    outfile: script,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
  });
  const messages = join(folder, 'messages.json');
  const encoded = scenario.messages.map(({ message }) => Buffer.from(message).toString('base64'));
  await writeFile(messages, JSON.stringify(encoded));
  return { script, messages };
}
