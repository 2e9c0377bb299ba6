#!/usr/bin/env node
/**
 * The tests drive a browser and compare with outside decoders. Where these programs are missing and this is a
 * Debian machine on which we are root, they are installed; else their names and the command are printed and the
 * run fails. Packages are only ever added: --no-remove, because some Debian packages would remove Node.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NEEDED = [
  { program: 'chromium', package: 'chromium' },
  { program: 'ffmpeg', package: 'ffmpeg' },
  { program: 'ffprobe', package: 'ffmpeg' },
  { program: 'mkvmerge', package: 'mkvtoolnix' },
];

const missing = NEEDED.filter(({ program }) => !isOnPath(program));
if (missing.length > 0) {
  const packages = [...new Set(missing.map((tool) => tool.package))];
  const command = ['apt-get', 'install', '-y', '--no-remove', '--no-install-recommends', ...packages];
  const mayInstall = process.getuid?.() === 0 && isOnPath('apt-get');
  if (!mayInstall) refuse(packages, command);
  console.log(`Installing for the tests: ${packages.join(', ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env: environment });
  const installed = spawnSync(command[0], command.slice(1), {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  });
  if (installed.status !== 0 || missing.some(({ program }) => !isOnPath(program))) refuse(packages, command);
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function refuse(packages, command) {
  console.error(`The tests need these Debian packages, which are not here: ${packages.join(', ')}.`);
  console.error(`Install them as root and run the tests again:\n  ${command.join(' ')}`);
  process.exit(1);
}
