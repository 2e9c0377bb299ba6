#!/usr/bin/env node
/**
 * The tests drive a browser and compare with outside decoders and players. Where these programs are missing and this
 * is a Debian machine on which we are root, they are installed; else their names and the command are said, and the
 * tests that need them are left out. Packages are only ever added: --no-remove, because some Debian packages would
 * remove Node.
 */
import './check-node.mjs';
import { spawnSync } from 'node:child_process';
import { isThere, missingTools } from './test-tools.mjs';

const packagesOf = (tools) => [...new Set(tools.flatMap(({ packages }) => packages))];
const command = (packages) => [
  'apt-get',
  'install',
  '-y',
  '--no-remove',
  '--no-install-recommends',
  ...packages,
];

const missing = missingTools();
if (missing.length > 0 && process.getuid?.() === 0 && isThere('apt-get')) {
  const packages = packagesOf(missing);
  console.log(`Installing for the tests: ${packages.join(', ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env: environment });
  const [program, ...words] = command(packages);
  spawnSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
}

const left = missingTools();
if (left.length > 0) {
  const programs = left.map(({ program }) => program).join(', ');
  console.error(`Not here: ${programs}. Tests that need them are left out, and named at the end.`);
  console.error(`To run them too, install as root: ${command(packagesOf(left)).join(' ')}`);
}
