/**
 * The console's files, read once at start: a request is answered from memory, and no path reaches the disk. The build
 * puts compressed forms beside the larger ones (scripts/compress.mjs).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Encoding } from './encodings.js';

export interface PageFile {
  readonly type: string;
  /** Its Cache-Control. */
  readonly caching: string;
  /** What may be sent, as it is and compressed. */
  readonly forms: ReadonlyMap<Encoding, PageForm>;
}

export interface PageForm {
  readonly body: Uint8Array;
  /** Each form has one of its own. */
  readonly etag: string;
}

const COMPRESSED: readonly (readonly [Encoding, string, (bytes: Uint8Array) => Uint8Array])[] = [
  ['br', '.br', brotliDecompressSync],
  ['gzip', '.gz', gunzipSync],
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Names with a hash of what is in them, as the build gives them: what such a name stands for never changes, and a year
 * is as long as any cache keeps it. Of other names a browser asks each time, and mostly hears "not modified".
 */
const HASHED_NAME = /-[A-Z0-9]{8}(\.[a-z0-9]+)+$/;
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASKED_EACH_TIME = 'no-cache';

/** Files of `folder` by URL path; `/` is its index.html. Empty when there is no such folder. */
export function readPage(folder: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  if (existsSync(folder)) {
    for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!name.isFile() || /\.(br|gz)$/.test(name.name)) continue;
      const path = join(name.parentPath, name.name);
      const url = `/${path
        .slice(folder.length + 1)
        .split(/[\\/]/)
        .map(encodeURIComponent)
        .join('/')}`;
      files.set(url, readPageFile(path));
    }
    const index = files.get('/index.html');
    if (index !== undefined) files.set('/', index);
  }
  return files;
}

function readPageFile(path: string): PageFile {
  const body = new Uint8Array(readFileSync(path));
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  const forms = new Map<Encoding, PageForm>([['identity', { body, etag: `"${digest}"` }]]);
  for (const [encoding, ending, decompress] of COMPRESSED) {
    if (!existsSync(path + ending)) continue;
    const compressed = new Uint8Array(readFileSync(path + ending));
    if (isFormOf(body, compressed, decompress)) {
      forms.set(encoding, { body: compressed, etag: `"${digest}-${encoding}"` });
    }
  }
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    caching: HASHED_NAME.test(basename(path)) ? FOR_EVER : ASKED_EACH_TIME,
    forms,
  };
}

/** Whether it is this file's, and not left over from an older build. */
function isFormOf(
  body: Uint8Array,
  compressed: Uint8Array,
  decompress: (bytes: Uint8Array) => Uint8Array,
): boolean {
  try {
    return Buffer.compare(decompress(compressed), body) === 0;
  } catch {
    return false;
  }
}
