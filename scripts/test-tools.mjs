/** The programs that tests drive or compare with, and the Debian packages that bring them. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const TEST_TOOLS = [
  { program: 'chromium', packages: ['chromium'] },
  { program: 'ffmpeg', packages: ['ffmpeg'] },
  { program: 'ffprobe', packages: ['ffmpeg'] },
  { program: 'mkvmerge', packages: ['mkvtoolnix'] },
  { program: 'mkvinfo', packages: ['mkvtoolnix'] },
  { program: 'vlc', packages: ['vlc-bin', 'vlc-plugin-base'] },
  { program: 'mpv', packages: ['mpv'] },
];

/** The tools that are not here. */
export function missingTools() {
  return TEST_TOOLS.filter(({ program }) => !isThere(program));
}

export function isThere(program) {
  // Where a browser is may be said, as the program that is tested lets it be said.
  const { PATH = '', SIGHTLINE_CHROMIUM } = process.env;
  if (program === 'chromium' && SIGHTLINE_CHROMIUM !== undefined) return existsSync(SIGHTLINE_CHROMIUM);
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
