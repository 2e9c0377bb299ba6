import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Picture } from '../../codecs/index.js';
import { ReplaySource, type SkippedPart } from '../../harness/hosts/index.js';
import { takeApart } from '../recording/blocks.js';
import { record } from '../recording/harness.js';
import { busySession, hashOf, type Scenario } from '../recording/scenario.js';
import { FakeClock, settle } from '../support/clock.js';
import { blankPicture } from './support.js';

const FRAMES = 30;
let folder: string;
let file: string;
let session: Scenario;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-replay-'));
  file = join(folder, 'session.rcrec');
  session = busySession(11, FRAMES);
  session.resize(90, 130);
  session.picture.pixels.fill(77);
  session.send();
  session.now += 50_000;
  session.picture.pixels.fill(200, 0, 4000);
  session.send();
  writeFileSync(file, (await record(session)).bytes);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Plays to the end as fast as it goes; answers the hash of each frame's picture. */
async function hashes(source: ReplaySource, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const found: string[] = [];
  let changed = 0;
  let isOver = false;
  let wake: () => void = () => undefined;
  source.start({
    changed: () => {
      changed++;
      wake();
    },
    ended: () => {
      isOver = true;
      wake();
    },
  });
  let picture: Picture = blankPicture(source.width, source.height);
  for (let taken = 0; taken < most; taken++) {
    while (changed <= taken && !isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (isOver) break;
    if (source.width !== picture.width) picture = blankPicture(source.width, source.height);
    expect((await source.capture(picture))?.frame).toBe(taken + 1);
    found.push(hashOf(picture));
  }
  return found;
}

describe('the replay of a recording', () => {
  it('shows every recorded frame, also of another size', async () => {
    const source = await ReplaySource.open(file, { clock: new FakeClock(), pace: 'fastest' });
    expect([source.width, source.height]).toEqual([150, 100]);
    expect(await hashes(source)).toEqual(session.truths.map(({ hash }) => hash));
    expect([source.width, source.height]).toEqual([90, 130]);
    await source.close();
  });

  it('begins again', async () => {
    const source = await ReplaySource.open(file, { clock: new FakeClock(), pace: 'fastest', loop: true });
    const truths = session.truths.map(({ hash }) => hash);
    const length = truths.length + 5;
    expect(await hashes(source, length)).toEqual([...truths, ...truths].slice(0, length));
    await source.close();
  });

  it('says what it passes over because it is damaged, and goes on behind it', async () => {
    const damaged = readFileSync(file);
    const victim = takeApart(damaged).filter(({ track }) => track === 1)[10]!;
    damaged[victim.offset + 40]! ^= 1;
    const path = join(folder, 'damaged.rcrec');
    writeFileSync(path, damaged);
    const skipped: SkippedPart[] = [];
    const onSkipped = (part: SkippedPart) => skipped.push(part);
    const source = await ReplaySource.open(path, { clock: new FakeClock(), pace: 'fastest', onSkipped });
    const shown = await hashes(source);
    expect(shown.slice(0, 10)).toEqual(session.truths.slice(0, 10).map(({ hash }) => hash));
    expect(shown.at(-1)).toBe(session.truths.at(-1)!.hash);
    const after = session.truths[9]!.at - session.truths[0]!.at;
    expect(skipped).toEqual([{ after, bytes: 32 + victim.payload.length, blocks: 1 }]);
    await source.close();
  });

  it('keeps the recorded times', async () => {
    const clock = new FakeClock();
    const source = await ReplaySource.open(file, { clock, pace: 'realtime' });
    let changed = 0;
    source.start({
      changed: () => {
        changed++;
      },
      ended: () => undefined,
    });
    const picture = blankPicture(source.width, source.height);
    while (changed === 0) await settle();
    await source.capture(picture);
    const begun = clock.now();
    const { truths } = session;
    for (let index = 1; index < 8; index++) {
      while (clock.pending === 0) await settle();
      // Times in the file are whole microseconds.
      expect(Math.abs(clock.nextAt! - begun - (truths[index]!.at - truths[0]!.at))).toBeLessThan(2);
      await clock.advance(clock.nextAt! - clock.now());
      expect((await source.capture(picture))?.frame).toBe(index + 1);
      expect(hashOf(picture)).toBe(truths[index]!.hash);
    }
    await source.close();
  });

  it('has the newest picture for whoever comes late, all of it', async () => {
    const clock = new FakeClock();
    const source = await ReplaySource.open(file, { clock, pace: 2 });
    let changed = 0;
    source.start({
      changed: () => {
        changed++;
      },
      ended: () => undefined,
    });
    const picture = blankPicture(source.width, source.height);
    while (changed === 0) await settle();
    await source.capture(picture);
    const { truths } = session;
    const begun = clock.now();
    for (const target of [9, 20]) {
      while (clock.pending === 0) await settle();
      await clock.advance(begun + (truths[target]!.at - truths[0]!.at) / 2 - clock.now() + 1000);
      const capture = await source.capture(picture);
      expect(capture?.frame).toBe(target + 1);
      expect(hashOf(picture)).toBe(truths[target]!.hash);
    }
    await source.close();
  });
});
