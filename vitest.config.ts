import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LeftOutReporter } from './test/support/left-out-reporter.js';
import { filesLeftOut } from './test/support/programs.js';

const leftOut = filesLeftOut(fileURLToPath(new URL('.', import.meta.url)));

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/corpus/**', 'test/smoke/**', 'node_modules/**', ...leftOut.map(({ what }) => what)],
    reporters: ['default', new LeftOutReporter(leftOut)],
    // Messages are in English whatever the machine speaks; a test of another language says so itself.
    env: { LC_ALL: 'C', LANGUAGE: '' },
    globalSetup: './test/support/font-setup.ts',
    setupFiles: './test/support/seed.ts',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 3,
  },
});
