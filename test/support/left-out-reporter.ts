/**
 * Names at the end what was left out, and why; where `CI` is set that is a failure: there, everything is to be tried.
 * The last line has the numbers.
 */
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import type { LeftOut } from './programs.js';

export class LeftOutReporter implements Reporter {
  readonly #files: readonly LeftOut[];
  /** Tests were chosen by their names: the others were not left out. */
  #isChosen = false;

  constructor(files: readonly LeftOut[]) {
    this.#files = files;
  }

  onInit({ config }: Vitest): void {
    this.#isChosen = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const leftOut = [...this.#files];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'pending') continue;
        counts[result.state]++;
        if (result.state !== 'skipped' || (this.#isChosen && result.note === undefined)) continue;
        const why = result.note ?? 'skipped';
        leftOut.push({ what: `${module.relativeModuleId} > ${test.fullName}`, why });
      }
    }
    if (leftOut.length > 0) {
      console.log(`\nLeft out here:\n${leftOut.map(({ what, why }) => `  ${what} (${why})`).join('\n')}`);
      if (isSet(process.env.CI)) {
        console.log('In CI nothing may be left out: this run fails.');
        process.exitCode = 1;
      }
    }
    console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
