/** Puts compressed forms (`.br`, `.gz`) beside the files of a page, for browsers that take them. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Source maps are for those who read sources, on this machine as a rule. */
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.wasm', '.json', '.webmanifest', '.txt']);
/** A smaller file leaves in one packet, compressed or not. */
const LEAST_BYTES = 1024;

/** Forms that are newer than their file are left alone. */
export async function compressFiles(folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => join(folder, name)),
  );
  await Promise.all(files.filter(isWorthwhile).flatMap((file) => [brotli(file), gzipped(file)]));
}

function isWorthwhile(file) {
  const { size } = statSync(file);
  return COMPRESSIBLE.has(extname(file)) && size >= LEAST_BYTES;
}

async function brotli(file) {
  await write(file, '.br', (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  );
}

async function gzipped(file) {
  await write(file, '.gz', (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
}

async function write(file, ending, compress) {
  const target = file + ending;
  if (existsSync(target) && statSync(target).mtimeMs > statSync(file).mtimeMs) return;
  writeFileSync(target, await compress(readFileSync(file)));
}
