/** A small recorded session with something of everything, and what it shows when. */
import { createHash } from 'node:crypto';
import type { Picture } from '../../../codecs/index.js';
import { encodeControl } from '../../../engine/protocol/index.js';
import { record } from '../../recording/harness.js';
import { Scenario } from '../../recording/scenario.js';
import { CONTENTS, drawContent, generator } from '../../support/pictures.js';

export interface Talk {
  readonly bytes: Uint8Array;
  /** When each frame came (microseconds since the start), and the SHA-256 of its RGB24 pixels. */
  readonly frames: readonly { readonly time: number; readonly sha256: string }[];
}

const SECOND = 1_000_000;

/**
 * 40 seconds: a frame every half second to 10 s, a pause to 30 s, frames again. Blaise joins at 2 s, draws at 4 s;
 * the screen is larger from 6 s on; he writes at 7 s; the host is away from 8 s to 9 s.
 */
export async function makeTalk(): Promise<Talk> {
  const session = new Scenario(320, 200);
  const random = generator(7);
  const start = session.now;
  const frames: { time: number; sha256: string }[] = [];
  const at = (seconds: number) => {
    session.now = start + seconds * SECOND;
  };
  const frame = () => {
    const { picture } = session;
    const x = random() % (picture.width - 40);
    const y = random() % (picture.height - 40);
    drawContent(picture, CONTENTS[random() % CONTENTS.length]!, random(), { x, y, width: 40, height: 40 });
    session.send();
    frames.push({ time: session.now - start, sha256: sha256Of(picture) });
  };
  const host = (state: 'present' | 'away') =>
    session.say(encodeControl({ type: 'host-state', state, name: 'Reception', width: 320, height: 200 }));

  session.participants('Ada');
  host('present');
  for (let half = 0; half <= 80; half++) {
    at(half / 2);
    if (half === 4) session.participants('Ada', 'Blaise');
    if (half === 8) session.stroke(2, 1);
    if (half === 12) session.resize(400, 240);
    if (half === 14) session.chat(2, 'Look here: https://example.org/help.');
    if (half === 16) host('away');
    if (half === 18) host('present');
    if (half <= 20 || half >= 60) frame();
  }
  const { bytes } = await record(session);
  return { bytes, frames };
}

/** What the talk shows at a moment. */
export function shownAt(talk: Talk, time: number): string | undefined {
  return talk.frames.findLast((frame) => frame.time <= time)?.sha256;
}

/** SHA-256 (hex) of a picture's pixels as R, G, B. */
export function sha256Of({ pixels, stride, width, height }: Picture): string {
  const hash = createHash('sha256');
  const row = new Uint8Array(width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * stride + x * 4;
      row[x * 3] = pixels[from + 2]!;
      row[x * 3 + 1] = pixels[from + 1]!;
      row[x * 3 + 2] = pixels[from]!;
    }
    hash.update(row);
  }
  return hash.digest('hex');
}
