import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../engine/artifacts.js';

/** The version in package.json. */
export function productVersion(): string {
  const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
