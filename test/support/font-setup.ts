/**
 * Gives every program that the tests start the fonts of the product and no others, so that pages are laid out and
 * drawn the same on every machine, whatever fonts it has.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trueTypeOf } from './woff.js';

const require = createRequire(import.meta.url);

/** Runs before all test files, in the process that starts theirs; what it returns runs after them. */
export default function setUpFonts(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-fonts-'));
  // Some programs are started as another user; all of them write what they have found out about the fonts.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'cache'));
  chmodSync(join(folder, 'cache'), 0o777);
  for (const family of ['sans', 'mono']) {
    for (const weight of [400, 700]) {
      const file = `dejavu-${family}-latin-${weight}-normal`;
      const path = require.resolve(`@fontsource/dejavu-${family}/files/${file}.woff`);
      writeFileSync(join(folder, `${file}.ttf`), trueTypeOf(path));
    }
  }
  process.env.FONTCONFIG_FILE = join(folder, 'fonts.conf');
  writeFileSync(process.env.FONTCONFIG_FILE, configuration(folder));
  return () => rmSync(folder, { recursive: true, force: true });
}

function configuration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <cachedir>${folder}/cache</cachedir>
  <alias binding="same"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <match target="pattern">
    <edit name="family" mode="append_last"><string>DejaVu Sans</string></edit>
  </match>
</fontconfig>
`;
}
