/** What VP8 tests share: the module, a coded scene, and ffmpeg as witness. */
import { spawnSync } from 'node:child_process';
import type { Size } from '../../codecs/index.js';
import { Vp8Encoder, type Vp8Options } from '../../codecs/vp8/index.js';
import { loadVp8Module } from '../../engine/artifacts.js';
import { ivf } from './ivf.js';
import { drawScene, movesOf, type Scene } from './screen-scenes.js';

export const vp8Module = await loadVp8Module();

/** The frames that are not as the one before. */
export interface Coded {
  readonly width: number;
  readonly height: number;
  readonly frames: Uint8Array[];
  readonly keyframes: boolean[];
  /** I420 of every frame as the encoder believes that decoders see it. */
  readonly pictures: Buffer[];
  readonly psnr: number[];
}

export interface SceneOptions extends Vp8Options, Size {
  readonly scene: Scene;
  readonly seed: number;
  readonly count: number;
  /** Whether the encoder is told of moves. */
  readonly moves?: boolean;
  /** Key frames are asked for so often; without it, never. */
  readonly keyframeEvery?: number;
}

export function encodedPicture(encoder: Vp8Encoder): Buffer {
  return Buffer.concat(encoder.decoded().map(({ samples }) => samples));
}

export function codeScene(options: SceneOptions): Coded {
  const { width, height, scene, seed, count, moves = true, keyframeEvery = count } = options;
  const encoder = new Vp8Encoder(vp8Module, { width, height }, options);
  const coded: Coded = { width, height, frames: [], keyframes: [], pictures: [], psnr: [] };
  for (let time = 0; time < count; time++) {
    const picture = drawScene(scene, seed, time, width, height);
    const change = { damage: undefined, moves: moves ? movesOf(scene, time, width, height) : undefined };
    const frame = encoder.encode(picture, change, time % keyframeEvery === 0);
    if (frame.bytes.length === 0) continue;
    coded.frames.push(frame.bytes.slice());
    coded.keyframes.push(frame.keyframe);
    coded.pictures.push(encodedPicture(encoder));
    coded.psnr.push(encoder.psnr());
  }
  return coded;
}

/** I420 of every frame, one behind the other, and what the decoder complained of. */
export function decodeByFfmpeg(coded: Pick<Coded, 'width' | 'height' | 'frames'>): {
  pictures: Buffer;
  complaints: string;
} {
  const input = ivf(coded.width, coded.height, coded.frames);
  const result = spawnSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-f',
      'ivf',
      '-c:v',
      'vp8',
      '-i',
      'pipe:0',
      '-f',
      'rawvideo',
      '-fps_mode',
      'passthrough',
      '-pix_fmt',
      'yuv420p',
      'pipe:1',
    ],
    { input, maxBuffer: 1 << 28 },
  );
  return { pictures: result.stdout, complaints: result.stderr.toString() };
}

/** The first place where two runs of bytes differ, in words; undefined when nowhere. */
export function firstDifference(actual: Uint8Array, expected: Uint8Array, coded: Coded): string | undefined {
  if (Buffer.compare(actual, expected) === 0) return undefined;
  const at = expected.findIndex((byte, index) => actual[index] !== byte);
  const frameBytes = coded.pictures[0]!.length;
  const inside = at % frameBytes;
  return `frame ${Math.floor(at / frameBytes)}, byte ${inside} (luma x ${inside % coded.width}, y ${Math.floor(inside / coded.width)}): ${actual[at]} for ${expected[at]}, ${actual.length} bytes for ${expected.length}`;
}
