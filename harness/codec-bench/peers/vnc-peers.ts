/**
 * LibVNCServer's encoders, through a small program in C that is compiled when it is first needed. The compiled program
 * is kept beside the built files, under a name that changes with its source.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SightlineError } from '../../../codecs/index.js';
import { builtFile, projectRoot } from '../../../engine/artifacts.js';
import type { PeerFigures } from '../report.js';
import type { Peer } from './peer.js';
import type { RawFrames } from './raw-frames.js';
import { runTool } from './tool.js';

/** Compression level 2 is what TigerVNC's viewer asks for, and JPEG quality 8 with it. */
const LEVEL = 2;
const ENCODINGS = [
  { name: 'tight', encoding: 'tight', quality: -1 },
  { name: 'zrle', encoding: 'zrle', quality: -1 },
  { name: 'tight-jpeg', encoding: 'tight', quality: 8 },
] as const;
const PEAK = 255;

export const VNC_PEERS: readonly Peer[] = ENCODINGS.map(({ name, encoding, quality }) => ({
  name,
  async measure(frames, signal) {
    const program = await compiledProgram(join(projectRoot(), 'dist', 'peers'), signal);
    const size = [frames.width, frames.height, frames.frames].map(String);
    const parameters = [encoding, String(quality), String(LEVEL), ...size, frames.path];
    const { out } = await runTool(program, parameters, { signal });
    return figuresOf(out, frames);
  },
}));

function figuresOf(answer: string, { width, height, frames }: RawFrames): PeerFigures {
  const { bytes, encodeMs, decodeMs, squaredError } = JSON.parse(answer) as Record<string, number>;
  const samples = width * height * 3 * frames;
  return {
    bytesPerFrame: bytes! / frames,
    encodeCpuMsPerFrame: encodeMs! / frames,
    decodeCpuMsPerFrame: decodeMs! / frames,
    psnr: squaredError === 0 ? null : 10 * Math.log10((PEAK * PEAK * samples) / squaredError!),
  };
}

/** Path of the program in `folder`, compiled if it is not there yet. Throws `missing-tool` with what to install. */
export async function compiledProgram(folder: string, signal?: AbortSignal): Promise<string> {
  const source = builtFile('harness', 'codec-bench', 'peers', 'vnc-peer.c');
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const program = join(folder, `vnc-peer-${hash}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  // Two runs at a time must not see half of each other's program.
  const made = `${program}.${process.pid}`;
  try {
    await runTool('gcc', ['-O2', '-o', made, source, '-lvncserver', '-lvncclient'], { signal });
    renameSync(made, program);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new SightlineError(
      'missing-tool',
      'it needs gcc and LibVNCServer ("apt-get install gcc libc6-dev libvncserver-dev" on Debian)',
      { field: 'gcc', cause },
    );
  } finally {
    rmSync(made, { force: true });
  }
  return program;
}
