import { describe, expect, it } from 'vitest';
import { bytesSource, openRecording } from '../../codecs/recording/index.js';
import { hashOf } from '../recording/scenario.js';
import { FIRST, SECOND, STEP, twoScreens } from '../recording/two-screens.js';
import { frameMd5s } from '../support/framemd5.js';
import { withFile } from '../support/video-file.js';
import { convert, show } from './support.js';

const { bytes, shown } = await twoScreens();
/** Up to here each screen has its first size. */
const BEFORE_RESIZE = 18 * STEP;

describe('conversion of a recording of two screens', () => {
  it.each([
    ['the first unless told', undefined, FIRST, { width: 120, height: 80 }],
    ['the second', 2, SECOND, { width: 64, height: 100 }],
  ])('shows %s, at its own size', async (_name, screen, track, size) => {
    const recording = await openRecording(bytesSource(bytes));
    const which = { to: BEFORE_RESIZE, ...(screen === undefined ? {} : { screen }) };
    const pictures = await show(recording, which);
    const truths = shown
      .filter((one) => one.track === track && one.at <= BEFORE_RESIZE)
      .filter(({ hash }, index, all) => hash !== all[index - 1]?.hash);
    expect(pictures.map(({ picture }) => hashOf(picture))).toEqual(truths.map(({ hash }) => hash));
    // The first picture is shown from the beginning.
    expect(pictures.map(({ at }) => at)).toEqual([0, ...truths.slice(1).map(({ at }) => at)]);
    const { file, summary } = await convert(recording, which);
    expect(summary).toMatchObject({ size, screens: 2, frames: pictures.length, skipped: 0 });
    const found = withFile('film.mkv', file.bytes(), (path) => frameMd5s(path));
    expect(found).toEqual(pictures.map(({ md5 }) => md5));
  });

  it('begins in the middle with what the screen shows then', async () => {
    const recording = await openRecording(bytesSource(bytes));
    const at = BEFORE_RESIZE - STEP / 2;
    const before = await show(recording, { screen: 2, to: at });
    const [first] = await show(recording, { screen: 2, from: at, to: at });
    expect(first!.md5).toBe(before.at(-1)!.md5);
  });

  it('refuses a screen that is not there', async () => {
    const recording = await openRecording(bytesSource(bytes));
    await expect(convert(recording, { screen: 3 })).rejects.toMatchObject({
      code: 'bad-argument',
      message: 'There is no screen 3: the recording has screens 1 to 2.',
    });
  });
});
