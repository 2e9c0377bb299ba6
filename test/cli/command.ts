/** Runs the built `sightline` command as a user's shell does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFile } from '../../engine/index.js';

/** What commands keep between runs does not belong to who runs the tests. */
const STATE = join(tmpdir(), `sightline-test-state-${process.pid}`);

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Command {
  readonly child: ChildProcess;
  out = '';
  err = '';
  readonly #seen = new Set<() => void>();

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [builtFile('harness', 'cli', 'main.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', XDG_STATE_HOME: STATE, ...environment },
    });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.out += chunk;
      for (const look of this.#seen) look();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.err += chunk;
      for (const look of this.#seen) look();
    });
  }

  /** Resolves when standard output holds one whole JSON value; rejects when the command ends before. */
  json<T>(): Promise<T> {
    return this.#until('JSON', () => {
      try {
        return { value: JSON.parse(this.out) as T };
      } catch {
        // Not all of it is here yet.
        return undefined;
      }
    });
  }

  /** Resolves when standard output holds that many lines. */
  async lines(count: number): Promise<void> {
    await this.#until('the lines', () => (this.out.split('\n').length > count ? { value: true } : undefined));
  }

  /** Resolves when standard error holds `words`. */
  async complaint(words: string): Promise<void> {
    await this.#until(words, () => (this.err.includes(words) ? { value: true } : undefined));
  }

  #until<T>(what: string, find: () => { readonly value: T } | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        this.#seen.delete(look);
        resolve(found.value);
      };
      this.#seen.add(look);
      this.child.once('close', () => reject(new Error(`ended without ${what}: ${this.err}`)));
      look();
    });
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  async finished(): Promise<Finished> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return { code: this.child.exitCode, out: this.out, err: this.err };
  }
}

export function sightline(
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Finished> {
  return new Command(args, environment).finished();
}
