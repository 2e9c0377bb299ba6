#!/usr/bin/env node
/**
 * Builds everything into dist/: the kernels (asc), the TypeScript (tsc), the page (esbuild). A part whose inputs
 * are older than its stamp is left alone. Arguments: the parts to build (default all), --quiet, --force.
 */
import './check-node.mjs';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compressFiles } from './compress.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const words = process.argv.slice(2);
const quiet = words.includes('--quiet');
const force = words.includes('--force');
const wanted = words.filter((word) => !word.startsWith('--'));

const modules = ['dist/wasm/kernels.wasm', 'dist/wasm/recording.wasm', 'dist/wasm/vp8.wasm'];
const kernels = modules.map((path) => join(root, path));
const COMMON = ['package.json', 'package-lock.json', 'scripts/build.mjs'];
const parts = {
  wasm: {
    inputs: [...COMMON, 'wasm', 'asconfig.json', 'asconfig.vp8.json', 'scripts/inline-transform.mjs'],
    outputs: modules,
    run: buildKernels,
  },
  ts: {
    inputs: [...COMMON, 'codecs', 'engine', 'harness', 'bench', 'tsconfig.json', 'tsconfig.base.json'],
    outputs: ['dist/engine/index.js'],
    run: buildTypeScript,
  },
  page: {
    inputs: [...COMMON, 'scripts/build-page.mjs', 'codecs', 'engine', 'harness', ...modules],
    outputs: ['dist/page/index.html'],
    run: buildConsole,
  },
  compressed: {
    inputs: [...COMMON, 'scripts/compress.mjs', 'dist/page'],
    outputs: [],
    run: () => compressFiles([join(root, 'dist/page')]),
  },
  report: {
    inputs: [...COMMON, 'harness/report-page', 'harness/reports', 'harness/messages'],
    outputs: ['dist/report-page/main.js', 'dist/report-page/main.css'],
    run: buildReportPage,
  },
};

for (const name of wanted) {
  if (!Object.hasOwn(parts, name)) fail(`Unknown part "${name}": expected ${Object.keys(parts).join(', ')}.`);
}
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const stamp = join(root, 'dist', `.${name}.stamp`);
  if (!force && isFresh(stamp, part)) continue;
  const started = performance.now();
  await part.run();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
  if (!quiet) console.log(`built ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function isFresh(stamp, part) {
  if (!existsSync(stamp) || part.outputs.some((output) => !existsSync(join(root, output)))) return false;
  const built = statSync(stamp).mtimeMs;
  return part.inputs.every((input) => newest(join(root, input)) < built);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

function buildKernels() {
  mkdirSync(join(root, 'dist/wasm'), { recursive: true });
  const compiler = join(dirname(require.resolve('assemblyscript/package.json')), 'bin/asc.js');
  const transform = join(root, 'scripts/inline-transform.mjs');
  // A page that shows a session needs the first only: what recordings are converted with are modules of their own.
  for (const [entry, config, target] of [
    ['wasm/index.ts', 'asconfig.json', 'release'],
    ['wasm/recording/index.ts', 'asconfig.json', 'recording'],
    ['wasm/vp8/index.ts', 'asconfig.vp8.json', 'release'],
  ]) {
    run(compiler, [entry, '--config', config, '--target', target, '--transform', transform]);
  }
}

function buildTypeScript() {
  run(join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'), ['-p', 'tsconfig.json']);
  // A program in C that is compiled where it is first needed.
  const peer = 'harness/codec-bench/peers/vnc-peer.c';
  cpSync(join(root, peer), join(root, 'dist', peer));
}

async function buildConsole() {
  const { buildPage } = await import('./build-page.mjs');
  const out = join(root, 'dist/page');
  await buildPage({ root, out, version: require('../package.json').version, kernels });
}

/** The page of reports: a script and a style that each report takes in. */
async function buildReportPage() {
  const { build } = await import('esbuild');
  const out = join(root, 'dist/report-page');
  rmSync(out, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['harness/report-page/main.tsx'],
    outdir: out,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // Every report carries these libraries with it, and their licences ask to be named.
    banner: {
      js: '/*! With uPlot (MIT, (c) Leon Sorokin) and Preact (MIT, (c) 2015-present Jason Miller). */',
    },
    logLevel: 'warning',
  });
}

function run(script, args) {
  const result = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
