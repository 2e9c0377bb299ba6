/**
 * Where the built parts lie: the same from `dist/` and from sources run by a test runner. Node only.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SightlineError } from '../codecs/errors.js';

/** The folder that holds Sightline's package.json. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new SightlineError('not-found', 'Sightline was moved out of its package folder.');
    folder = parent;
  }
  return folder;
}

/** Path of a built file, `dist/` being left out of `parts`; refuses with the way out when it was not built. */
export function builtFile(...parts: string[]): string {
  const path = join(projectRoot(), 'dist', ...parts);
  if (!existsSync(path)) {
    throw new SightlineError('not-found', `${path} is missing: run "npm run build" first.`, {
      field: parts.join('/'),
    });
  }
  return path;
}

let kernels: Promise<WebAssembly.Module> | undefined;

/** The compiled kernels, read once per process. */
export function loadKernelModule(): Promise<WebAssembly.Module> {
  kernels ??= WebAssembly.compile(readFileSync(builtFile('wasm', 'kernels.wasm')));
  return kernels;
}

let recordingKernels: Promise<WebAssembly.Module> | undefined;

/** The compiled kernels for converting recordings, read once per process. */
export function loadRecordingModule(): Promise<WebAssembly.Module> {
  recordingKernels ??= WebAssembly.compile(readFileSync(builtFile('wasm', 'recording.wasm')));
  return recordingKernels;
}

let vp8: Promise<WebAssembly.Module> | undefined;

/** The compiled VP8 encoder, read once per process. */
export function loadVp8Module(): Promise<WebAssembly.Module> {
  vp8 ??= WebAssembly.compile(readFileSync(builtFile('wasm', 'vp8.wasm')));
  return vp8;
}
