/** sightline frames FILE: the pictures of a recording, as hashes or as a PNG. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { ColourConverter, type Picture, SightlineError, type Size } from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import {
  firstPictureAt,
  MKV_SCALE,
  type ShowOptions,
  showRecording,
  sizeOf,
  surveyRecording,
  Timeline,
} from '../../engine/convert/index.js';
import { pictureToPng } from '../../engine/png.js';
import { openRecordingFile, type RecordingFile } from '../../engine/recording/file.js';
import { productVersion } from '../product-version.js';
import { moment } from './media-options.js';
import { messages } from './messages.js';
import { oneOf, wholeNumber } from './options.js';
import { ExitCode, print, runCommand, say, untilInterrupted } from './output.js';
import { examples, text } from './text.js';

const MODES = ['burn', 'none'] as const;

interface FramesFlags {
  readonly at?: number;
  readonly png?: string;
  readonly md5?: boolean;
  readonly overlays: (typeof MODES)[number];
  readonly screen?: number;
  readonly force?: boolean;
}

export function framesCommand(): Command {
  const m = messages.frames;
  return new Command('frames')
    .description(m.summary)
    .argument('<file>', messages.info.file)
    .option('--at <time>', m.at, moment('--at'))
    .option('--png <file>', m.png)
    .option('--md5', m.md5)
    .option('--overlays <mode>', m.overlays, oneOf('--overlays', MODES), 'burn' as const)
    .option('--screen <number>', messages.options.screen, wholeNumber('--screen', 1, 255))
    .option('--force', messages.options.force)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline frames talk.rcrec --at 1:30 --png moment.png',
        'sightline frames talk.rcrec --md5 > ours.txt',
        'ffmpeg -i talk.mkv -fps_mode passthrough -enc_time_base -1 -f framemd5 -pix_fmt rgb24 theirs.txt',
        'diff <(cut -d, -f3,6 ours.txt) <(cut -d, -f3,6 theirs.txt)',
      ]),
    )
    .action((file: string, flags: FramesFlags) => runCommand(() => frames(file, flags)));
}

async function frames(file: string, flags: FramesFlags): Promise<number> {
  const cancelled = new AbortController();
  void untilInterrupted().then(() => cancelled.abort());
  const { recording, close } = await openOrHint(file);
  try {
    const which = flags.screen === undefined ? {} : { screen: flags.screen };
    const isOne = flags.at !== undefined || flags.png !== undefined;
    const start = isOne ? ((await firstPictureAt(recording, which)) ?? 0) : 0;
    const from = Math.min(Math.max(flags.at ?? 0, start), recording.duration);
    const to = isOne ? from : recording.duration;
    const survey = await surveyRecording(recording, from, to, { ...which, signal: cancelled.signal });
    const module = await loadKernelModule();
    const hashes = flags.md5 || flags.png === undefined ? new HashLines(module) : undefined;
    hashes?.begin(sizeOf(survey.largest));
    let shown: Picture | undefined;
    const options: ShowOptions = {
      module,
      makeCanvas: (await import('../convert/index.js')).overlayCanvas,
      overlays: flags.overlays,
      signal: cancelled.signal,
    };
    const timeline = new Timeline(from, to, 1, undefined);
    const { skipped } = await showRecording(recording, survey, timeline, options, {
      picture: async (at, views) => {
        shown = views[0]!.picture;
        hashes?.frame(at, shown);
      },
    });
    hashes?.end(timeline.at(to));
    if (shown === undefined) throw new SightlineError('bad-recording', messages.frames.nothing);
    if (flags.png !== undefined) {
      await writeFile(flags.png, await pictureToPng(shown), { flag: flags.force ? 'w' : 'wx' });
    }
    const screens = recording.displays.length;
    if (screens > 1 && flags.screen === undefined) say(text(messages.options.screens, { screens }));
    if (skipped > 0) say(text(messages.convert.skipped, { slices: skipped }));
    return ExitCode.Success;
  } catch (error) {
    if (cancelled.signal.aborted) return ExitCode.Failure;
    throw error;
  } finally {
    await close();
  }
}

async function openOrHint(file: string): Promise<RecordingFile> {
  try {
    return await openRecordingFile(file);
  } catch (error) {
    if (!(error instanceof SightlineError) || error.field !== 'magic') throw error;
    throw new SightlineError('bad-recording', text(messages.frames.notRecording, { file }), { cause: error });
  }
}

interface Line {
  /** In units of the MKV's time. */
  readonly time: number;
  readonly size: number;
  readonly hash: string;
}

/** As ffmpeg's framemd5 has the MKV that `sightline convert` makes; ffmpeg only guesses how long each is shown. */
class HashLines {
  readonly #converter: ColourConverter;
  /** Written when it is known how long it is shown. */
  #last: Line | undefined;

  constructor(module: WebAssembly.Module) {
    this.#converter = new ColourConverter(module);
  }

  begin({ width, height }: Size): void {
    for (const line of [
      'format: frame checksums',
      'version: 2',
      'hash: MD5',
      `software: sightline ${productVersion()}`,
      `tb 0: 1/${1e9 / MKV_SCALE}`,
      'media_type 0: video',
      'codec_id 0: rawvideo',
      `dimensions 0: ${width}x${height}`,
      'sar 0: 1/1',
      'stream#, dts,        pts, duration,     size, hash',
    ]) {
      print(`#${line}`);
    }
  }

  /** A picture like the last one is no frame of its own: a video shows the last one longer. */
  frame(at: number, picture: Picture): void {
    const rgb = this.#converter.toRgb24(picture);
    const hash = createHash('md5').update(rgb).digest('hex');
    if (hash === this.#last?.hash) return;
    const time = Math.max((this.#last?.time ?? -1) + 1, units(at));
    this.#write(time);
    this.#last = { time, size: rgb.length, hash };
  }

  end(at: number): void {
    this.#write(units(at));
  }

  #write(end: number): void {
    if (this.#last === undefined) return;
    const { time, size, hash } = this.#last;
    const duration = Math.max(1, end - time);
    const [shown, long, bytes] = [pad(time, 10), pad(duration, 8), pad(size, 8)];
    print(`0, ${shown}, ${shown}, ${long}, ${bytes}, ${hash}`);
  }
}

function units(micros: number): number {
  return Math.round((micros * 1000) / MKV_SCALE);
}

function pad(number: number, width: number): string {
  return String(number).padStart(width);
}
