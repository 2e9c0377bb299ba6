/**
 * Builds the console's page into a folder: scripts, styles and compiled kernels under names with a hash of what is in
 * them, so that a browser never asks twice; and index.html, which is asked for each time, with their names.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** What starts other files is built after them, and is told their names. */
const STAGES = [
  {
    'decode-helper': 'harness/console/session/worker/decode-helper.ts',
    'recorder-worker': 'harness/console/session/worker/recorder.ts',
  },
  {
    'decode-worker': 'harness/console/session/worker/main.ts',
    'playback-worker': 'harness/console/recordings/playback/main.ts',
  },
  { console: 'harness/console/shell/main.tsx', page: 'harness/console/ui/page.css' },
];
/**
 * What a page needs before it can show a session: fetched while the script that asks for it is still on its way. As
 * prefetch: of a preload that a worker uses browsers complain that the page has not.
 */
const NEEDED_AT_ONCE = ['decode-worker.js', 'kernels.wasm'];
/** esbuild's hashes have as many characters, of the same ones. */
const HASH_LENGTH = 8;

/**
 * @param {{ root: string, out: string, version: string, kernels: readonly string[] }} options `kernels`: paths of
 * compiled modules.
 */
export async function buildPage({ root, out, version, kernels }) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const names = Object.fromEntries(kernels.map((path) => [basename(path), copyHashed(path, out)]));
  for (const entryPoints of STAGES) {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints,
      entryNames: '[name]-[hash]',
      outdir: out,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: ['es2022'],
      minify: true,
      sourcemap: true,
      metafile: true,
      define: { SIGHTLINE_VERSION: JSON.stringify(version), PAGE_FILES: JSON.stringify(names) },
      jsx: 'automatic',
      jsxImportSource: 'preact',
      logLevel: 'warning',
    });
    for (const path of Object.keys(metafile.outputs)) {
      if (!path.endsWith('.map'))
        names[basename(path).replace(/-[A-Z0-9]{8}(\.\w+)$/, '$1')] = basename(path);
    }
  }
  const source = join(root, 'harness/console/static');
  copyFileSync(join(source, 'icon.svg'), join(out, 'icon.svg'));
  writeFileSync(join(out, 'index.html'), withNames(readFileSync(join(source, 'index.html'), 'utf8'), names));
}

/** Copies a file under a name with its hash, which is the answer. */
function copyHashed(path, out) {
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  const name = basename(path).replace(/(\.\w+)$/, `-${digest.slice(0, HASH_LENGTH).toUpperCase()}$1`);
  copyFileSync(path, join(out, name));
  return name;
}

/** The page with the files' real names, and with hints of those that its script will ask for. */
function withNames(html, names) {
  const hints = NEEDED_AT_ONCE.map((name) => `    <link rel="prefetch" href="/${names[name]}" />\n`);
  return html
    .replace(/"\/(console\.js|page\.css)"/g, (_, name) => `"/${names[name]}"`)
    .replace('  </head>', `${hints.join('')}  </head>`);
}
