/** Small films in files: what a simulated desktop shows, as a recording, and a moving pattern, as a video. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ColourLevel, type Size } from '../../codecs/index.js';
import { FileSink, loadKernelModule } from '../../engine/index.js';
import { recordFilm, SceneReader } from '../../harness/record/index.js';

/** The same bytes every time. */
export async function recordScenes(path: string, size: Size, seconds: number): Promise<void> {
  const reader = new SceneReader({ ...size, seed: 1, scenes: ['typing', 'film'] });
  const metadata = { session: 'desk', host: 'test', program: 'test', startedAt: 0 };
  await recordFilm({
    reader,
    sink: await FileSink.create(path),
    module: await loadKernelModule(),
    level: ColourLevel.High,
    metadata,
    until: seconds * 1e6,
    threads: 0,
  });
  await reader.close();
}

/** 25 pictures in a second, of a pattern that ffmpeg makes: one that moves, or a `color` that does not. */
export function writeVideo(
  path: string,
  { width, height }: Size,
  seconds: number,
  pattern: 'testsrc2' | 'color' = 'testsrc2',
): void {
  const source = ['-f', 'lavfi', '-i', `${pattern}=size=${width}x${height}:rate=25`, '-t', String(seconds)];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...source, '-c:v', 'ffv1', path]);
}

/** A folder for the PATH with an ffmpeg that decodes so many pictures of that size, and gives up. */
export function breakingFfmpeg(folder: string, { width, height }: Size, pictures: number): string {
  const tools = mkdtempSync(join(folder, 'tools-'));
  const bytes = pictures * width * height * 4;
  writeFileSync(join(tools, 'ffmpeg'), `#!/bin/sh\nhead -c ${bytes} /dev/zero\nexit 1\n`, { mode: 0o755 });
  return tools;
}
