#!/usr/bin/env node
/**
 * The checks on a corpus of screen recordings: npm run test:corpus [DIR]. Every video in the folder is replayed as
 * a host; the viewers must see exactly its pixels. The folder is ../shared/corpus unless it is named.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const named = process.argv[2];
const folder = named === undefined ? resolve(root, '../shared/corpus') : resolve(named);

if (!existsSync(folder) || !readdirSync(folder).some((name) => /\.(mkv|mp4|webm|avi)$/.test(name))) {
  console.error(`No videos in ${folder}. Name a folder of screen recordings: npm run test:corpus DIR`);
  process.exit(2);
}
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const result = spawnSync(process.execPath, [vitest, 'run', '--config', 'vitest.corpus.config.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SIGHTLINE_CORPUS: folder },
});
process.exit(result.status ?? 1);
