/** Other programs, started, waited for and ended with the benchmark. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SightlineError } from '../../../codecs/index.js';

/** What a program may say, in characters; the rest is left out. */
const LONGEST_ANSWER = 65_536;
/** Longer than the slowest codec takes for minutes of film: a program that hangs must not hold the run for ever. */
const TIME_LIMIT_MS = 20 * 60_000;

export interface Answer {
  readonly out: string;
  readonly err: string;
}

export interface ToolOptions {
  readonly signal?: AbortSignal | undefined;
  /** Takes standard output as it comes, instead of `out`. */
  readonly read?: ((stream: Readable) => Promise<void>) | undefined;
}

/**
 * Runs a program to its end. Throws `SightlineError`: `missing-tool` when it cannot be started, `refused` when it ends
 * with anything but 0, `timeout`; the signal's reason when that ended it; what `read` throws.
 */
export async function runTool(
  command: string,
  parameters: readonly string[],
  { signal, read }: ToolOptions = {},
): Promise<Answer> {
  signal?.throwIfAborted();
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, TIME_LIMIT_MS);
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const gone = goneOf(child, command);
    const reading = Promise.all([read?.(child.stdout) ?? collect(child.stdout), collect(child.stderr)]);
    reading.catch(kill);
    const code = await gone;
    signal?.throwIfAborted();
    if (isLate) throw new SightlineError('timeout', `${command} took too long.`, { field: command });
    const [out, err] = await reading;
    if (code !== 0) {
      const why = err.trim().split('\n').pop() || `exit code ${code}`;
      throw new SightlineError('refused', `${command}: ${why}`, { field: command });
    }
    return { out: out ?? '', err };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

function goneOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
  command: string,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('close', (code) => resolve(code));
    child.once('error', (cause) => {
      reject(new SightlineError('missing-tool', `${command} cannot be started.`, { field: command, cause }));
    });
  });
}

async function collect(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const part of stream) text = (text + part).slice(-LONGEST_ANSWER);
  return text;
}
