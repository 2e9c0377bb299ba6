/**
 * Prints what the built simulated desktop draws, as JSON: hashes of the pixels of each scene at some moments, of the
 * customer's view, and of a recording. `fonts.test.ts` runs it in processes whose surroundings differ.
 */
import { createHash } from 'node:crypto';
// First, as the product loads it.
import '../../dist/engine/canvas.js';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { ColourLevel } from '../../dist/codecs/index.js';
import { loadKernelModule } from '../../dist/engine/index.js';
import { VirtualClock } from '../../dist/engine/virtual/index.js';
import { SCENE_NAMES, SimulatedDesktop } from '../../dist/harness/hosts/index.js';
import { recordFilm, SceneReader } from '../../dist/harness/record/index.js';

const SIZE = { width: 640, height: 400 };
const SECOND = 1e6;
/** From one look to the next. */
const STEPS = [0, 0.7 * SECOND, 3.3 * SECOND];
/** Characters that the fonts have, and some that no font of theirs has: what stands for those is theirs too. */
const TYPED = 'Où œuvre l’âme « naïve » ? Привет ΑΩ │─┐ → 漢字 😀 \u{ea71}';

const begin = (scene) => {
  const clock = new VirtualClock();
  const desktop = new SimulatedDesktop({ ...SIZE, clock, scenes: [scene], language: 'fr' });
  desktop.start({ changed: () => {}, ended: () => {} });
  return { clock, desktop };
};

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

const frames = {};
for (const scene of SCENE_NAMES) {
  const { clock, desktop } = begin(scene);
  const pixels = new Uint8Array(SIZE.width * SIZE.height * 4);
  frames[scene] = STEPS.map((step) => {
    clock.advanceNow(step);
    desktop.capture({ ...SIZE, stride: SIZE.width * 4, pixels });
    return hash(pixels);
  });
  desktop.stop();
}

const { desktop } = begin('form');
desktop.input({ kind: 'text', text: TYPED, viewer: 1, sequence: 1, createdAt: 0 });
desktop.chat({ name: 'Zoë', text: TYPED });
desktop.notice({ kind: 'recording', viewer: 1, name: TYPED, active: true });
const view = createCanvas(SIZE.width, SIZE.height).getContext('2d');
view.drawImage(await loadImage(desktop.renderCustomerView()), 0, 0);
frames['customer view'] = [hash(view.getImageData(0, 0, SIZE.width, SIZE.height).data)];
desktop.stop();

const parts = [];
const reader = new SceneReader({ ...SIZE, scenes: ['terminal', 'form'] });
await recordFilm({
  reader,
  sink: { write: async (part) => parts.push(part.slice()), close: async () => {} },
  module: await loadKernelModule(),
  level: ColourLevel.Medium,
  metadata: { session: 'desk', host: 'test', program: 'test', startedAt: 0 },
  until: 2 * SECOND,
  threads: 0,
});
await reader.close();
frames.recording = [hash(Buffer.concat(parts))];

console.log(JSON.stringify(frames));
