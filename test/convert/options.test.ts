import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColourLevel, type Picture } from '../../codecs/index.js';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { type ConvertOptions, surveyRecording } from '../../engine/convert/index.js';
import { encodeChat, encodeControl } from '../../engine/protocol/index.js';
import { feed, makeRecorder, record } from '../recording/harness.js';
import { busySession, Scenario } from '../recording/scenario.js';
import { checkMkv } from '../support/ebml-check.js';
import { CONTENTS, drawContent } from '../support/pictures.js';
import { checkAvi } from '../support/riff-check.js';
import { MemoryFile } from '../support/sparse-file.js';
import { complaints, withFile } from '../support/video-file.js';
import { convert, recordingOf, show } from './support.js';

/** Frames at those times, in milliseconds, each another picture. */
function framesAt(times: readonly number[], width = 150, height = 100): Scenario {
  const session = new Scenario(width, height);
  const start = session.now;
  times.forEach((time, index) => {
    session.now = start + time * 1000;
    drawContent(session.picture, CONTENTS[index % CONTENTS.length]!, index);
    session.send();
  });
  session.now += 200_000;
  return session;
}

describe('part of a recording', () => {
  it('begins with what is shown then and ends before what comes later', async () => {
    const recording = await recordingOf(busySession(11, 40));
    const all = await show(recording);
    const from = Math.floor(recording.duration * 0.3);
    const to = Math.floor(recording.duration * 0.6);
    const part = await show(recording, { from, to });
    const expected = all.filter(({ at }) => at > from && at <= to);
    const first = all.findLast(({ at }) => at <= from)!;
    expect(part.map(({ md5 }) => md5)).toEqual([first.md5, ...expected.map(({ md5 }) => md5)]);
    expect(part.map(({ at }) => at)).toEqual([0, ...expected.map(({ at }) => at - from)]);
    const { summary } = await convert(recording, { from, to });
    expect(summary).toMatchObject({ frames: part.length, duration: to - from });
  });
});

describe('speed and rate', () => {
  it('stretches time when it is slow', async () => {
    const recording = await recordingOf(framesAt([0, 130, 310, 500]));
    const { file } = await convert(recording, { speed: 0.5 });
    expect(checkMkv(file).blocks.map(({ time }) => time)).toEqual([0, 2600, 6200, 10_000]);
  });

  it('shows no more than 60 pictures a second when it is quick', async () => {
    const times = Array.from({ length: 100 }, (_, index) => index * 20);
    const recording = await recordingOf(framesAt(times));
    const { file, summary } = await convert(recording, { speed: 10 });
    const blocks = checkMkv(file).blocks;
    expect(blocks.length).toBeLessThanOrEqual(13);
    expect(blocks.length).toBeGreaterThan(10);
    expect(summary.fps).toBe(60);
  });

  it('never shows a picture of an AVI half a frame early or late, unless a newer one took its place', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 2, max: 40 }),
        async (steps, fps) => {
          let time = 0;
          const times = [0, ...steps.map((step) => (time += step))];
          const recording = await recordingOf(framesAt(times, 20, 20));
          const exact = await show(recording, { overlays: 'none' });
          const slotted = await show(recording, { overlays: 'none', fps });
          const half = 0.5e6 / fps;
          for (const { at, md5 } of slotted) {
            const known = exact.filter((picture) => picture.md5 === md5);
            // It waits for the next slot only when its own has shown something.
            expect(
              known.some((picture) => at > picture.at - half - 1 && at < picture.at + 3 * half + 1),
            ).toBe(true);
          }
          for (const [index, { at, md5 }] of exact.entries()) {
            const next = exact[index + 1]?.at ?? Number.POSITIVE_INFINITY;
            if (next - at <= 4 * half) continue;
            expect(slotted.some((picture) => picture.md5 === md5)).toBe(true);
          }
          expect(slotted.at(-1)!.md5).toBe(exact.at(-1)!.md5);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('gives an AVI the rate of the recording, and empty chunks while nothing changes', async () => {
    const steady = await recordingOf(framesAt([0, 40, 80, 120, 160, 1000, 1040]));
    const { file, summary } = await convert(steady, { container: 'avi', codec: 'zmbv' });
    expect(summary.fps).toBe(25);
    const { frames, rate } = checkAvi(file);
    expect(rate).toBe(25);
    expect(frames.map(({ size }) => (size > 0 ? 1 : 0)).join('')).toBe(`${'1'.repeat(5)}${'0'.repeat(20)}11`);
  });

  it.each([
    [[0, 20, 40, 60], 50],
    [[0, 16.683, 33.367, 50.05, 66.7], 60],
    [[0, 33.4, 66.7, 100, 133.5, 900], 30],
    [[0], 1],
  ])('finds the rate of frames at %j', async (times, rate) => {
    const recording = await recordingOf(framesAt(times));
    expect((await surveyRecording(recording, 0, recording.duration)).rate).toBe(rate);
  });
});

describe('size', () => {
  it('scales by the mean of the pixels that one stands for', async () => {
    const recording = await recordingOf(framesAt([0, 100, 200]));
    const whole = await show(recording);
    const half = await show(recording, { scale: 0.5 });
    expect(half).toHaveLength(whole.length);
    whole.forEach(({ picture }, index) => {
      const found = half[index]!.picture;
      expect(found).toMatchObject({ width: 75, height: 50 });
      expect(largestError(found, halved(picture))).toBeLessThanOrEqual(1);
    });
  });

  it('scales only where something has changed, with the same result', async () => {
    const recording = await recordingOf(busySession(21, 30));
    for (const scale of [0.37, 1.6, { width: 64, height: 200 }]) {
      const step = await show(recording, { scale });
      const last = step.at(-1)!;
      const at = recording.duration;
      const alone = await show(recording, { scale, from: at, to: at });
      expect(alone.at(-1)!.md5).toBe(last.md5);
    }
  });

  it('holds pictures of several sizes in one, unscaled, in the middle', async () => {
    const session = framesAt([0, 100]);
    session.resize(60, 180);
    drawContent(session.picture, 'many', 3);
    session.send();
    session.now += 100_000;
    const small = { ...session.picture, pixels: session.picture.pixels.slice() };
    const shown = await show(await recordingOf(session));
    for (const { picture } of shown) expect(picture).toMatchObject({ width: 150, height: 180 });
    const last = shown.at(-1)!.picture;
    for (let y = 0; y < 180; y++) {
      for (let x = 0; x < 150; x++) {
        const at = y * last.stride + x * 4;
        const inside = x >= 45 && x < 105;
        const from = y * small.stride + (x - 45) * 4;
        const expected = inside ? [...small.pixels.subarray(from, from + 3)] : [0, 0, 0];
        expect([...last.pixels.subarray(at, at + 3)]).toEqual(expected);
      }
    }
  });
});

describe('what is said beside the pictures', () => {
  it('makes subtitles of what is said, whatever it holds', async () => {
    const session = framesAt([0]);
    const say = (name: string, text: string, earlier = false) => {
      session.now += 1_000_000;
      const head = { viewer: 2, sequence: 1, createdAt: session.now, sentAt: session.now };
      session.say(encodeChat({ ...head, earlier, name, text }));
    };
    say('Ada', 'before all', true);
    say('Ada', 'Click <b>OK</b>, {\\an8}please\n\n\nand wait');
    say('Zoë', 'x'.repeat(4000));
    // The recording viewer's own, on its way out, as the relay passes it on, and again after a lost connection.
    const own = { viewer: 7, sequence: 9, createdAt: session.now, earlier: false, text: 'My own words' };
    session.say(encodeChat({ ...own, sentAt: 0, name: '' }));
    for (let times = 0; times < 2; times++) {
      session.now += 1_000_000;
      session.say(encodeChat({ ...own, sentAt: own.createdAt + 5, name: 'Ben' }));
    }
    const { file, summary } = await convert(await recordingOf(session));
    expect(summary).toMatchObject({ captions: 3, chapters: 1 });
    const texts = withFile('film.mkv', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      return execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s:0', '-f', 'srt', '-'])
        .toString()
        .replaceAll('\r', '');
    });
    expect(texts.replaceAll('\u2060', '')).toContain('Ada: Click <b>OK</b>, {\\an8}please\nand wait\n');
    expect(texts).toContain(`Zoë: ${'x'.repeat(300)}\n`);
    expect(texts.split('My own words')).toHaveLength(2);
    expect(texts).toContain('Ben: My own words');
  });

  it('tells what was said while nobody recorded at its own time, once, though the relay repeats it', async () => {
    const session = framesAt([0, 6000]);
    const start = session.messages[0]!.at;
    // The relay's clock has nothing to do with the recorder's, and its messages take a tenth of a second.
    const sentAt = (second: number) => start + second * 1e6 + 77_000_000;
    const say = (at: number, second: number, text: string, earlier: boolean) => {
      session.now = start + at * 1e6;
      const head = { viewer: 2, sequence: second + 10, createdAt: 5, sentAt: sentAt(second) };
      session.say(encodeChat({ ...head, earlier, name: 'Ada', text }));
    };
    say(7.1, 7, 'seven', false);
    // The connection is lost, and comes back with another picture; each lane repeats all of it.
    session.now = start + 40_000_000;
    drawContent(session.picture, 'few', 9);
    session.send();
    for (let lane = 0; lane < 2; lane++) {
      for (const [second, text] of [
        [-9, 'before all'],
        [7, 'seven'],
        [19, 'nineteen'],
        [28, 'twenty-eight'],
      ] as const) {
        say(40.2, second, text, true);
      }
    }
    say(41.1, 41, 'forty-one', false);
    const recording = await recordingOf(session);
    const timesOf = async (options: Partial<ConvertOptions>) => {
      const { file } = await convert(recording, options);
      const read = (path: string) => {
        expect(complaints(path)).toBe('');
        return execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s:0', '-f', 'srt', '-']);
      };
      const lines = withFile('film.mkv', file.bytes(), read).toString().split(/\r?\n/);
      return lines.flatMap((line, index) => {
        const said = /^Ada: (.*)$/.exec(line);
        return said === null ? [] : [`${lines[index - 1]!.slice(0, 12)} ${said[1]}`];
      });
    };
    expect(await timesOf({})).toEqual([
      '00:00:07,100 seven',
      '00:00:19,100 nineteen',
      '00:00:28,100 twenty-eight',
      '00:00:41,100 forty-one',
    ]);
    expect(await timesOf({ from: 20_000_000 })).toEqual([
      '00:00:08,100 twenty-eight',
      '00:00:21,100 forty-one',
    ]);
  });

  it('says what people were told and agreed to', async () => {
    const session = framesAt([0, 4000, 8000, 12_000, 16_000]);
    const { clock, sink, recorder } = makeRecorder();
    const notices = [
      { kind: 'told', viewer: 1 },
      { kind: 'consent', name: 'Reception', given: true, text: 'to see the screen' },
      { kind: 'consent', name: 'Reception', given: false, text: 'to control it' },
      { kind: 'later', text: 'Something that a later version notices' },
    ];
    for (const [index, notice] of notices.entries()) {
      const until = session.messages.findIndex(({ at }) => at >= 5_000_000 + (index + 1) * 4_000_000);
      await feed(recorder, clock, session.messages.splice(0, until));
      recorder.notice(notice, clock.now());
    }
    await feed(recorder, clock, session.messages);
    await recorder.stop();
    const { file, summary } = await convert(await openRecording(bytesSource(sink.toBytes())));
    const { chapters } = checkMkv(file);
    expect(chapters.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'Start',
      'Reception agrees: to see the screen',
      'Reception does not agree: to control it',
      'Something that a later version notices',
    ]);
    expect(summary.captions).toBe(4);
    withFile('film.mkv', file.bytes(), (path) => {
      const texts = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s:0', '-f', 'srt', '-']);
      expect(texts.toString()).toContain('Everyone has been told that 1 is recording');
    });
  });

  it('makes chapters of markers, each where it was set, also beside another chapter and of a part', async () => {
    const session = framesAt([0, 4000, 8000, 12_000]);
    const start = session.messages[0]!.at;
    const { clock, sink, recorder } = makeRecorder();
    await feed(recorder, clock, session.messages);
    recorder.marker('Fault <b>0x8024</b>', start + 4_500_000);
    recorder.marker('', start + 4_900_000);
    recorder.marker('', clock.now());
    await recorder.stop();
    const recording = await openRecording(bytesSource(sink.toBytes()));
    const { file } = await convert(recording);
    withFile('film.mkv', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      const probe = execFileSync('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', path]);
      const { chapters } = JSON.parse(probe.toString()) as {
        chapters: { start_time: string; tags: { title: string } }[];
      };
      const found = chapters.map(({ start_time, tags }) => [
        Number(start_time),
        tags.title.replace(/\u2060/g, ''),
      ]);
      expect(found).toEqual([
        [0, 'Start'],
        [4.5, 'Fault <b>0x8024</b>'],
        [4.9, 'Marker 2'],
        [12, 'Marker 3'],
      ]);
    });
    const part = checkMkv((await convert(recording, { from: 4_600_000 })).file);
    expect(part.chapters.map((line) => line.replace(/^\d+ /, ''))).toEqual(['Start', 'Marker 2', 'Marker 3']);
  });

  it('makes chapters and subtitles of who comes, who controls, sizes and levels', async () => {
    const session = framesAt([0]);
    const step = (act: () => void) => {
      session.now += 2_000_000;
      act();
    };
    step(() => session.participants('Ada'));
    step(() => session.participants('Ada', 'Blaise'));
    step(() => session.participants('Ada'));
    step(() => {
      session.level(ColourLevel.Low);
      session.send();
    });
    step(() => {
      session.resize(80, 60);
      session.send();
    });
    const host = { type: 'host-state', name: 'PC', width: 80, height: 60 } as const;
    step(() => session.say(encodeControl({ ...host, state: 'present' })));
    step(() => session.say(encodeControl({ ...host, state: 'away' })));
    const { file, summary } = await convert(await recordingOf(session));
    const { chapters, blocks, tags } = checkMkv(file);
    const expected = [
      'Blaise has joined',
      'Blaise has left',
      'Colours: 256 colours',
      'Picture of 80x60',
      'The connection to the customer is lost',
    ];
    expect(chapters.map((line) => line.replace(/^\d+ /, ''))).toEqual(['Start', ...expected]);
    expect(summary).toMatchObject({ chapters: 6, captions: 5 });
    expect(tags).toMatchObject({ TITLE: 'Printer trouble', ARTIST: 'Reception' });
    const lines = blocks.filter(({ track }) => track === 2);
    expect(lines.map(({ time, duration }) => [time, duration! >= 25_000])).toEqual(
      [42_000, 62_000, 82_000, 102_000, 142_000].map((time) => [time, true]),
    );
    withFile('film.mkv', file.bytes(), (path) => {
      expect(complaints(path)).toBe('');
      const texts = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s:0', '-f', 'srt', '-']);
      expect(
        texts
          .toString()
          .split('\n')
          .filter((line) => /^[A-Z]/.test(line)),
      ).toEqual(expected);
    });
  });
});

describe('what does not go', () => {
  it.each<[Partial<ConvertOptions>, string]>([
    [{ container: 'avi', codec: 'vp8' }, 'VP8 does not go into .avi: use .mkv or .webm'],
    [{ container: 'webm', codec: 'zmbv' }, 'ZMBV does not go into .webm: use .avi or .mkv'],
    [{ container: 'avi', overlays: 'track' }, 'use .mkv'],
    [{ codec: 'zmbv', quality: 50 }, 'use msvc or vp8'],
    [{ quality: 0, codec: 'msvc' }, 'A quality is from 1 to 100'],
    [{ from: 5e6, to: 5e6 }, 'ends later'],
    [{ from: -1 }, 'begins at 0'],
    [{ from: Number.NaN }, 'begins at 0'],
    [{ speed: 0 }, 'A speed'],
    [{ scale: Number.NaN }, 'A scale'],
    [{ fps: 0 }, 'A rate'],
    [{ scale: 8, codec: 'msvc' }, 'out of bounds'],
  ])('refuses %j and says what to do', async (options, message) => {
    const recording = await recordingOf(framesAt([0, 100], 1500, 1000));
    await expect(convert(recording, options)).rejects.toThrow(message);
    await expect(convert(recording, options)).rejects.toHaveProperty('name', 'SightlineError');
  });

  it('refuses a recording without a picture in that part', async () => {
    const { bytes } = await record(framesAt([0]));
    const recording = await openRecording(bytesSource(bytes));
    const damaged = bytes.slice();
    // The one display block's header; what is left has no picture.
    for (let at = recording.start; at < damaged.length; at++) damaged[at] = 0;
    await expect(convert(await openRecording(bytesSource(damaged)))).rejects.toMatchObject({
      code: 'bad-recording',
    });
  });
});

describe('on the way', () => {
  it('ends when it is cancelled, and what was written plays', async () => {
    const recording = await recordingOf(busySession(31, 60));
    const cancelled = new AbortController();
    const file = new MemoryFile();
    const conversion = convert(recording, {
      sink: file,
      signal: cancelled.signal,
      onProgress: ({ frames }) => {
        if (frames === 20) cancelled.abort();
      },
    });
    await expect(conversion).rejects.toMatchObject({ code: 'closed' });
    const { truncated, blocks, segmentSizeKnown } = checkMkv(file);
    expect(truncated).toBe(false);
    expect(segmentSizeKnown).toBe(false);
    expect(blocks.length).toBeGreaterThan(5);
    expect(blocks.length).toBeLessThanOrEqual(20);
  });

  it('waits for its sink: no two writes at a time, and pictures only as fast as it takes them', async () => {
    const recording = await recordingOf(busySession(32, 40));
    const file = new MemoryFile();
    let writing = 0;
    let frames = 0;
    const sink = {
      seekable: true,
      write: async (bytes: Uint8Array, at?: number) => {
        expect(++writing).toBe(1);
        const before = frames;
        const copy = bytes.slice();
        await new Promise((resolve) => setImmediate(resolve));
        expect(frames).toBe(before);
        // What is given stays as it is until it is taken.
        expect(bytes).toEqual(copy);
        file.write(bytes, at);
        writing--;
      },
    };
    await convert(recording, {
      sink,
      onProgress: (progress) => {
        frames = progress.frames;
      },
    });
    const whole = await convert(recording);
    expect(file.bytes()).toEqual(whole.file.bytes());
  });

  it('tells how far it is', async () => {
    const recording = await recordingOf(busySession(33, 30));
    const done: number[] = [];
    const bytes: number[] = [];
    const { summary } = await convert(recording, {
      onProgress: (progress) => {
        expect(progress.total).toBe(recording.duration);
        done.push(progress.done);
        bytes.push(progress.bytes);
      },
    });
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    // The file grows while it is made.
    expect(bytes[Math.floor(bytes.length / 2)]!).toBeGreaterThan(0);
    expect(summary.frames).toBeLessThanOrEqual(done.length);
  });

  it('leaves out what is damaged, and says how much', async () => {
    const { bytes } = await record(busySession(34, 60));
    const damaged = bytes.slice();
    for (let at = damaged.length >> 1; at < (damaged.length >> 1) + 400; at++) damaged[at]! ^= 0x55;
    const recording = await openRecording(bytesSource(damaged));
    const { file, summary } = await convert(recording);
    expect(summary.skipped).toBeGreaterThan(0);
    withFile('film.mkv', file.bytes(), (path) => expect(complaints(path)).toBe(''));
  });
});

/** Half as wide and high: means of four. */
function halved({ width, height, stride, pixels }: Picture): Picture {
  const small = { width: width / 2, height: height / 2, stride: width * 2 };
  const out = new Uint8Array(small.stride * small.height);
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const at = 2 * y * stride + 8 * x + channel;
        const sum = pixels[at]! + pixels[at + 4]! + pixels[at + stride]! + pixels[at + stride + 4]!;
        out[y * small.stride + x * 4 + channel] = Math.round(sum / 4);
      }
    }
  }
  return { ...small, pixels: out };
}

function largestError(a: Picture, b: Picture): number {
  let largest = 0;
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const at = x * 4 + channel;
        largest = Math.max(largest, Math.abs(a.pixels[y * a.stride + at]! - b.pixels[y * b.stride + at]!));
      }
    }
  }
  return largest;
}
