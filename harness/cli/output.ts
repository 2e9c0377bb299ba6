/**
 * Where results, progress and errors go, and how a command ends: no other file writes to standard output or error, so
 * that no control character of others reaches a terminal.
 */
import { SightlineError } from '../../codecs/errors.js';
import { escapeControls, escapeLines } from '../../engine/plain-text.js';
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

/** Results go to standard output, a line at a time. Names of others may be in it: nothing in them reaches a terminal. */
export function print(line: string): void {
  process.stdout.write(`${escapeControls(line)}\n`);
}

/** What a person watches while it runs goes to standard error, so that results can be piped. */
export function say(line: string): void {
  process.stderr.write(`${escapeControls(line)}\n`);
}

/** Lines of help and of commander's, which end with a line feed: as `print`. */
export function printLines(lines: string): void {
  process.stdout.write(escapeLines(lines));
}

/** Lines of a complaint, which end with a line feed: as `say`. */
export function sayLines(lines: string): void {
  process.stderr.write(escapeLines(lines));
}

/** Where a person watches progress that is drawn over and over (`progress.ts`); undefined where it is kept or piped. */
export function watchedTerminal(): NodeJS.WritableStream | undefined {
  return process.stderr.isTTY ? process.stderr : undefined;
}

/** Says a line, unless it is the one that was said last: for what is tried again and again. */
export function sayChanges(): (line: string) => void {
  let last: string | undefined;
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
}

/** Why results could not be written; undefined while they can, and when nobody reads them any more. */
let outputFault: Error | undefined;

/**
 * Resolves when standard output takes no more: what runs until it is told to stop, stops. That nobody reads it
 * (`| head`) is no fault; a full disk is one, which is said and is the command's failure. Progress that cannot be
 * written is left aside.
 */
const outputClosed = new Promise<void>((resolve) => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && outputFault === undefined) {
      outputFault = error;
      process.exitCode = ExitCode.Failure;
      say(text(messages.errors.output, { reason: error.message }));
    }
    resolve();
  });
  process.stderr.on('error', () => {});
});

export function printJson(value: unknown): void {
  printLines(`${JSON.stringify(value, undefined, 2)}\n`);
}

const LONG_MS = 3_600_000;

/**
 * Runs a command: a typed error, or one of the system's, becomes one line and exit code 1, or 2 when it is of an option's
 * value; any other keeps its stack.
 */
export async function runCommand(run: () => Promise<number | undefined>): Promise<void> {
  // The engine's timers do not keep a process alive; a command that waits for one does.
  const alive = setInterval(() => {}, LONG_MS);
  try {
    process.exitCode = (await run()) ?? ExitCode.Success;
  } catch (error) {
    process.exitCode = isOfOption(error) ? ExitCode.Usage : ExitCode.Failure;
    if (!(error instanceof SightlineError || isSystemError(error))) throw error;
    say(text(messages.errors.prefix, { message: error.message }));
  } finally {
    clearInterval(alive);
    if (outputFault !== undefined && process.exitCode === ExitCode.Success)
      process.exitCode = ExitCode.Failure;
  }
}

/** Whether the error names an option, whose value could only be looked at while the command ran. */
function isOfOption(error: unknown): boolean {
  return error instanceof SightlineError && error.field?.startsWith('--') === true;
}

/** Whether the operating system refused something: a file that may not be written, a disk that is full. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

/** Two signals closer than this are one key. */
const SAME_PRESS_MS = 500;

/**
 * Resolves at the first Ctrl-C or termination, or when nobody reads the results any more; a second Ctrl-C ends the
 * process at once.
 */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      resolve();
      // npm passes on a Ctrl-C that the terminal has told everybody already: that is no second one.
      setTimeout(() => {
        process.off('SIGINT', stop);
        process.off('SIGTERM', stop);
      }, SAME_PRESS_MS).unref();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    void outputClosed.then(stop);
  });
}
