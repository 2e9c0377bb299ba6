/** Where results, progress and errors go, and how a command ends. */
import { SightlineError } from '../../codecs/index.js';
import { messages } from './messages.js';
import { text } from './text.js';

/** Exit codes of every command. */
export const ExitCode = {
  Success: 0,
  /** The command failed, or found what it looks for: damage, a mismatch. */
  Failure: 1,
  /** The command line is wrong. */
  Usage: 2,
} as const;

/** Results go to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What a person watches while it runs goes to standard error, so that results can be piped. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

const LONG_MS = 3_600_000;

/** Runs a command: a typed error becomes one line and exit code 1, anything else keeps its stack. */
export async function runCommand(run: () => Promise<number | undefined>): Promise<void> {
  // The engine's timers do not keep a process alive; a command that waits for one does.
  const alive = setInterval(() => {}, LONG_MS);
  try {
    process.exitCode = (await run()) ?? ExitCode.Success;
  } catch (error) {
    process.exitCode = ExitCode.Failure;
    if (!(error instanceof SightlineError)) throw error;
    say(text(messages.errors.prefix, { message: error.message }));
  } finally {
    clearInterval(alive);
  }
}

/** Resolves at the first Ctrl-C or termination; a second Ctrl-C ends the process at once. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
