/** A browser for all tests of a file, and for each of them a relay and a host of its own. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { Bench, type BenchOptions } from './bench.js';
import { launchBrowser } from './browser.js';

/** The bench of the test that runs. */
export let bench: Bench;

/** Called once in a file of tests. A test fails too when one of its pages reports an error. */
export function setUpBench(options?: BenchOptions): void {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    bench = await Bench.start(browser, options);
  });
  afterEach(async () => {
    await bench.stop();
    expect(bench.errors).toEqual([]);
  });
}
