import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../engine/artifacts.js';
import { programsOf } from './programs.js';

describe('the programs that a test needs', () => {
  // The names are not quoted one by one: this file would seem to run them.
  it.each([
    ['test/cli/cli.test.ts', 'ffmpeg '],
    ['test/containers/players.test.ts', 'ffmpeg ffprobe mkvinfo mkvmerge mpv vlc'],
    ['test/console/page-actions.test.ts', 'chromium '],
    ['test/console/recordings-page.test.ts', 'chromium ffprobe'],
    ['test/relay/server.test.ts', ''],
  ])('%s: %s', (file, programs) => {
    expect([...programsOf(projectRoot(), file)].sort().join(' ')).toBe(programs.trim());
  });
});
