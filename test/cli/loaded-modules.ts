/** Which modules a run of the built `sightline` command loads. */
import { spawnSync } from 'node:child_process';
import { builtFile } from '../../engine/artifacts.js';

/** Writes every address that is loaded to the fourth descriptor, from the thread of hooks. */
const HOOK = `
import { writeSync } from 'node:fs';
export async function load(url, context, next) {
  writeSync(3, url + '\\n');
  return next(url, context);
}`;
const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(addressOf(HOOK))});`;

export interface LoadedRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Names of packages, such as `@napi-rs/canvas`. */
  readonly packages: ReadonlySet<string>;
  /** Our own modules, relative to `dist/`: `harness/cli/main.js`. */
  readonly own: readonly string[];
}

export function runAndListModules(...args: readonly string[]): LoadedRun {
  const { status, output } = spawnSync(
    process.execPath,
    ['--import', addressOf(REGISTER), builtFile('harness', 'cli', 'main.js'), ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const urls = output[3]!.split('\n');
  const found = (pattern: RegExp) => urls.flatMap((url) => pattern.exec(url)?.[1] ?? []);
  return {
    code: status,
    out: output[1]!,
    err: output[2]!,
    packages: new Set(found(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//)),
    own: found(/^file:(?!.*\/node_modules\/).*\/dist\/(.*)$/),
  };
}

function addressOf(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
