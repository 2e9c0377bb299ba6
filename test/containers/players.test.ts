/** VLC and mpv play every kind of file to its end. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AviWriter, bitmapInfo, MkvWriter } from '../../codecs/containers/index.js';
import { MrleEncoder, MsvcEncoder, type VideoEncoder, ZmbvEncoder } from '../../codecs/video/index.js';
import { Vp8Encoder } from '../../codecs/vp8/index.js';
import { loadRecordingModule, loadVp8Module } from '../../engine/artifacts.js';
import { movingPictures } from '../support/moving-pictures.js';
import { MemoryFile } from '../support/sparse-file.js';
import { decodeRaw, withFile } from '../support/video-file.js';

const module = await loadRecordingModule();
const vp8Module = await loadVp8Module();
const SIZE = { width: 132, height: 76 };
const RATE = { frames: 20, seconds: 1 };
const STEP_US = 50_000;
const PICTURES = 16;
const END_US = (PICTURES + 4) * STEP_US;
/** Whom a player runs as when we are root, whom VLC refuses. */
const NOBODY = 65_534;
const DEADLINE_MS = 120_000;

const FILES: readonly { name: string; encoder: () => VideoEncoder }[] = [
  { name: 'zmbv.mkv', encoder: () => new ZmbvEncoder(module, SIZE) },
  { name: 'zmbv.avi', encoder: () => new ZmbvEncoder(module, SIZE) },
  { name: 'zmbv16.mkv', encoder: () => new ZmbvEncoder(module, SIZE, { bits: 16 }) },
  { name: 'zmbv8.avi', encoder: () => new ZmbvEncoder(module, SIZE, { bits: 8 }) },
  { name: 'msvc.avi', encoder: () => new MsvcEncoder(module, SIZE) },
  { name: 'msvc8.avi', encoder: () => new MsvcEncoder(module, SIZE, { bits: 8 }) },
  { name: 'vp8.webm', encoder: () => new Vp8Encoder(vp8Module, SIZE) },
  { name: 'mrle.avi', encoder: () => new MrleEncoder(module, SIZE) },
];

async function film(name: string, encoder: VideoEncoder): Promise<Uint8Array> {
  const file = new MemoryFile();
  const { addFrame, finish } = name.endsWith('.avi') ? avi(file, encoder) : mkv(file, encoder);
  const frames = movingPictures(SIZE.width, SIZE.height, 31, PICTURES);
  for (const [index, frame] of frames.entries()) {
    const { bytes, keyframe } = encoder.encode(frame.picture, frame, index % 10 === 0);
    if (bytes.length > 0) await addFrame(index * STEP_US, bytes, keyframe);
  }
  await finish();
  return file.bytes();
}

type AddFrame = (time: number, bytes: Uint8Array, keyframe: boolean) => Promise<void>;

function avi(file: MemoryFile, encoder: VideoEncoder): { addFrame: AddFrame; finish: () => Promise<void> } {
  const { size, fourcc, compression = fourcc, bitsPerPixel, extraData } = encoder;
  const picture = { size, compression, handler: fourcc, bitsPerPixel, extraData };
  const writer = new AviWriter(file, { ...picture, rate: RATE, application: 'test' });
  return {
    addFrame: (...frame) => writer.addFrame(...frame),
    finish: () => writer.finish(END_US),
  };
}

function mkv(file: MemoryFile, encoder: VideoEncoder): { addFrame: AddFrame; finish: () => Promise<void> } {
  const { size, fourcc, codecId, compression = fourcc, bitsPerPixel, extraData, colour } = encoder;
  const isVp8 = encoder.codec === 'vp8';
  const codecPrivate = bitmapInfo({ size, compression, bitsPerPixel, extraData });
  const more = isVp8 ? { colour: colour! } : { codecPrivate };
  const tracks = [{ type: 'video' as const, codecId, size, ...more }];
  const writer = new MkvWriter(file, { docType: isVp8 ? 'webm' : 'matroska', application: 'test', tracks });
  return {
    addFrame: (...frame) => writer.addFrame(1, ...frame),
    finish: () => writer.finish(END_US),
  };
}

/** Runs a player, not as root, which VLC refuses. */
function play(program: string, words: readonly string[], home: string) {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const env = { ...process.env, HOME: home };
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    env,
    timeout: DEADLINE_MS,
    ...user,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Calls `use` with the path of each kind of file, and a folder beside it that anyone may write to. */
async function eachFile(use: (path: string, folder: string) => void): Promise<void> {
  for (const { name, encoder } of FILES) {
    withFile(name, await film(name, encoder()), (path) => {
      const folder = join(dirname(path), 'shown');
      mkdirSync(folder);
      chmodSync(dirname(path), 0o755);
      chmodSync(folder, 0o777);
      use(path, folder);
    });
  }
}

function isYuv(path: string): boolean {
  return path.endsWith('.webm');
}

describe('players', () => {
  it('VLC plays every kind of file to its end', { timeout: DEADLINE_MS }, async () => {
    await eachFile((path, folder) => {
      // A display of the chroma that screens have, where VLC cannot show the file's own.
      const quiet = [
        '--intf=dummy',
        '--no-dbus',
        '--no-audio',
        '--no-spu',
        '--no-osd',
        '--no-video-title-show',
        '--vout=dummy',
        ...(isYuv(path) ? [] : ['--dummy-chroma=RV32']),
      ];
      const played = play('vlc', [...quiet, '--verbose=2', '--play-and-exit', path], folder);
      expect(played.status, path).toBe(0);
      expect(played.output).toMatch(/using video decoder module "avcodec"/);
      expect(played.output).toMatch(/EOF reached/);
      // Of the interface and the sound there are errors where there is no desktop.
      const bad = /.*((demux|stream|decoder|filter|scale|blend|video output|vout display) error|corrupt).*/g;
      expect(played.output.match(bad)).toBeNull();
    });
  });

  it('mpv shows the pictures that ffmpeg finds', { timeout: DEADLINE_MS }, async () => {
    await eachFile((path, folder) => {
      const quiet = ['--no-config', '--ao=null', '--untimed', '--msg-level=all=warn'];
      // As ffmpeg does here. Of colours at half the width and height each makes its own: luma alone is compared.
      const scaler = ['--sws-allow-zimg=no', '--sws-scaler=point'];
      const images = ['--vo=image', '--vo-image-format=png', `--vo-image-outdir=${folder}`];
      const format = isYuv(path) ? 'gray' : 'rgb24';
      expect(play('mpv', [...quiet, ...scaler, ...images, `--vf=format=${format}`, path], folder)).toEqual({
        status: 0,
        output: '',
      });
      const shown = decodeRaw(join(folder, '%08d.png'), format);
      const expected = decodeRaw(path, format);
      expect(shown.length).toBe(expected.length);
      expect(shown.equals(expected), path).toBe(true);
    });
  });
});
