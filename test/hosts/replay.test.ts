import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Picture, SightlineError } from '../../codecs/index.js';
import type { Capture } from '../../engine/index.js';
import { MARKER_AREA, type Pace, ReplaySource, readMarker } from '../../harness/hosts/index.js';
import { FakeClock, settle } from '../support/clock.js';
import { blankPicture, changedOutside, tight } from './support.js';

const WIDTH = 100;
const HEIGHT = 60;
const FRAMES = 12;
/** 10 frames a second. */
const FRAME_TIME = 100_000;
const FRAME_BYTES = WIDTH * HEIGHT * 4;
let folder: string;
let film: string;
let expected: Buffer;

function ffmpeg(...parameters: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...parameters], {
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr.toString()}`);
  return stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-replay-'));
  film = join(folder, 'film.mkv');
  // Noise in a moving box; frames 5 and 6 are equal to frame 4.
  const raw = Buffer.alloc(FRAME_BYTES * FRAMES, 40);
  for (let frame = 0; frame < FRAMES; frame++) {
    const shown = frame === 5 || frame === 6 ? 4 : frame;
    for (let y = 10; y < 30; y++) {
      for (let x = shown * 5; x < shown * 5 + 20; x++) {
        raw.writeUInt32LE(
          ((x * 2654435761 + y * 40503 + shown * 977) & 0xffffff) >>> 0,
          frame * FRAME_BYTES + (y * WIDTH + x) * 4,
        );
      }
    }
  }
  writeFileSync(join(folder, 'film.raw'), raw);
  ffmpeg(
    '-f',
    'rawvideo',
    '-pix_fmt',
    'bgr0',
    '-s',
    `${WIDTH}x${HEIGHT}`,
    '-r',
    '10',
    '-i',
    join(folder, 'film.raw'),
    '-c:v',
    'ffv1',
    film,
  );
  expected = ffmpeg('-i', film, '-f', 'rawvideo', '-pix_fmt', 'bgra', 'pipe:1');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A replay with the place to capture into, and what it has said. */
class Player {
  readonly clock = new FakeClock();
  readonly picture: Picture;
  changes = 0;
  ended = 0;
  #wake: () => void = () => undefined;

  private constructor(
    readonly source: ReplaySource,
    clock: FakeClock,
    stride?: number,
  ) {
    this.clock = clock;
    this.picture = blankPicture(source.width, source.height, stride);
    source.start({
      changed: () => {
        this.changes++;
        this.#wake();
      },
      ended: () => {
        this.ended++;
        this.#wake();
      },
    });
  }

  static async open(
    path: string,
    pace: Pace,
    { loop = false, markers = false, stride }: { loop?: boolean; markers?: boolean; stride?: number } = {},
  ): Promise<Player> {
    const clock = new FakeClock();
    return new Player(await ReplaySource.open(path, { clock, pace, loop, markers }), clock, stride);
  }

  /** Waits until the source has said `changed` that often, or has ended. */
  async changed(times: number): Promise<void> {
    while (this.changes < times && this.ended === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  capture(): Promise<Capture | undefined> {
    return this.source.capture(this.picture);
  }
}

function frameOf(bytes: Buffer, index: number): Buffer {
  return bytes.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES);
}

describe('the replay of a video', () => {
  it.each([undefined, 448])(
    'delivers each frame once and exactly at the fastest pace (stride %s)',
    async (stride) => {
      const player = await Player.open(film, 'fastest', stride === undefined ? {} : { stride });
      expect([player.source.width, player.source.height, player.source.name]).toEqual([
        WIDTH,
        HEIGHT,
        'film.mkv',
      ]);
      let before = tight(player.picture);
      const frames: number[] = [];
      for (let index = 0; index < FRAMES; index++) {
        await player.changed(index + 1);
        const capture = await player.capture();
        frames.push(capture!.frame!);
        const after = tight(player.picture);
        expect(after.equals(frameOf(expected, index)), `frame ${index + 1}`).toBe(true);
        expect(changedOutside(before, after, WIDTH, capture!.damage!)).toEqual([]);
        if (index === 5 || index === 6) expect(capture!.damage).toEqual([]);
        before = after;
      }
      await player.changed(FRAMES + 1);
      expect(frames).toEqual(Array.from({ length: FRAMES }, (_, index) => index + 1));
      expect(player.ended).toBe(1);
      expect(player.changes).toBe(FRAMES);
      expect(await player.capture()).toBeUndefined();
      await player.source.close();
    },
  );

  it('does not read on before a frame was captured', async () => {
    const player = await Player.open(film, 'fastest');
    await player.changed(1);
    await player.clock.advance(10_000_000);
    expect(player.changes).toBe(1);
    expect(player.source.frame).toBe(0);
    await player.capture();
    expect(player.source.frame).toBe(1);
    await player.source.close();
  });

  it.each([
    ['realtime', 1],
    [4, 4],
  ] as const)('follows time at pace %s', async (pace, factor) => {
    const player = await Player.open(film, pace);
    await player.changed(1);
    // Time passes without anybody watching: the film waits.
    await player.clock.advance(5_000_000);
    expect((await player.capture())?.frame).toBe(1);
    for (let index = 1; index < 4; index++) {
      // The next frame is found in the file by real work, in no virtual time.
      while (player.clock.pending === 0) await settle();
      await player.clock.advance(FRAME_TIME / factor - 2000);
      expect(player.changes).toBe(index);
      expect(await player.capture()).toBeUndefined();
      await player.clock.advance(2000);
      expect(player.changes).toBe(index + 1);
      expect((await player.capture())?.frame).toBe(index + 1);
      expect(tight(player.picture).equals(frameOf(expected, index))).toBe(true);
    }
    await player.source.close();
  });

  it('shows the newest frame to whoever comes late', async () => {
    const player = await Player.open(film, 'realtime');
    await player.changed(1);
    await player.capture();
    while (player.clock.pending === 0) await settle();
    await player.clock.advance(FRAME_TIME * 8);
    const before = tight(player.picture);
    const capture = await player.capture();
    expect(capture?.frame).toBe(9);
    expect(tight(player.picture).equals(frameOf(expected, 8))).toBe(true);
    expect(changedOutside(before, tight(player.picture), WIDTH, capture!.damage!)).toEqual([]);
    await player.source.close();
  });

  it('says since when it shows what it shows, however late it is captured', async () => {
    const player = await Player.open(film, 'realtime');
    await player.changed(1);
    const begun = player.clock.now();
    expect((await player.capture())?.drawnAt).toBe(begun);
    for (const [late, first] of [
      [30_000, 1],
      [FRAME_TIME * 2.5, 2],
      [0, 5],
    ] as const) {
      while (player.clock.pending === 0) await settle();
      const due = begun + first * FRAME_TIME;
      await player.clock.advance(due + late - player.clock.now());
      expect((await player.capture())?.drawnAt).toBe(due);
    }
    await player.source.close();
  });

  it('paints what was typed over the film, until something else is typed', async () => {
    const player = await Player.open(film, 'realtime', { markers: true });
    const { source, clock, picture } = player;
    await player.changed(1);
    const type = (sequence: number): void =>
      source.input({ kind: 'text', viewer: 3, sequence, createdAt: 0, text: 'x' });
    await source.capture(picture);
    expect(readMarker(picture)).toBeUndefined();
    while (clock.pending === 0) await settle();
    type(7);
    const typedAt = clock.now();
    expect(player.changes).toBe(2);
    await clock.advance(1000);
    expect(await source.capture(picture)).toMatchObject({ drawnAt: typedAt, damage: [MARKER_AREA] });
    expect(readMarker(picture)).toEqual({ viewer: 3, sequence: 7 });
    expect(await source.capture(picture)).toBeUndefined();
    await clock.advance(FRAME_TIME);
    await source.capture(picture);
    expect(readMarker(picture)).toEqual({ viewer: 3, sequence: 7 });
    while (clock.pending === 0) await settle();
    type(8);
    const anew = blankPicture(source.width, source.height);
    await source.capture(anew);
    expect(readMarker(anew)).toEqual({ viewer: 3, sequence: 8 });
    await source.close();
  });

  it('begins again when asked to, and counts on', async () => {
    const player = await Player.open(film, 'fastest', { loop: true });
    for (let index = 0; index < FRAMES * 2 + 3; index++) {
      await player.changed(index + 1);
      expect((await player.capture())?.frame).toBe(index + 1);
      expect(tight(player.picture).equals(frameOf(expected, index % FRAMES))).toBe(true);
    }
    expect(player.ended).toBe(0);
    await player.source.close();
  });

  it('shows the last frame again to a pipeline that begins anew', async () => {
    const player = await Player.open(film, 'realtime');
    await player.changed(1);
    await player.capture();
    const anew = blankPicture(WIDTH, HEIGHT);
    expect((await player.source.capture(anew))?.damage).toBeUndefined();
    expect(tight(anew).equals(frameOf(expected, 0))).toBe(true);
    await player.source.close();
  });

  it('leaves no process behind, whenever it is stopped', async () => {
    const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
    // What the tests before have started may still be ending.
    await expect.poll(children).toBe(0);
    for (const moment of ['opened', 'captured', 'capturing'] as const) {
      const player = await Player.open(film, 'fastest');
      await expect.poll(children).toBe(1);
      if (moment !== 'opened') {
        await player.changed(1);
        const capture = player.capture();
        if (moment === 'captured') await capture;
      }
      await player.source.close();
      // A process that has ended is listed until its handle is closed, a turn later.
      await expect.poll(children).toBe(0);
      expect(await player.capture()).toBeUndefined();
    }
  });

  it('says what is wrong with a file', async () => {
    const words = join(folder, 'words.mkv');
    writeFileSync(words, 'This is no film, whatever its name may be. '.repeat(40));
    const clock = new FakeClock();
    const code = async (path: string, pace: Pace = 'fastest') =>
      ReplaySource.open(path, { clock, pace }).then(
        () => 'no error',
        (error: unknown) => (error instanceof SightlineError ? error.code : String(error)),
      );
    expect(await code(join(folder, 'nothing.mkv'))).toBe('not-found');
    expect(await code(folder)).toBe('bad-argument');
    expect(await code(words)).toBe('bad-recording');
    expect(await code(film, 0)).toBe('bad-argument');
    expect(await code(film, Number.NaN)).toBe('bad-argument');
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      expect(await code(film)).toBe('missing-tool');
    } finally {
      process.env.PATH = path;
    }
  });
});
