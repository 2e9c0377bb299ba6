/** A small seeded session as its viewer hears it: whole pictures, changes, moves, overlays, state. */
import { createHash } from 'node:crypto';
import {
  ColourConverter,
  ColourLevel,
  type FrameEncoder,
  fillDamage,
  type Move,
  type Picture,
} from '../../codecs/index.js';
import { loadKernelModule } from '../../engine/artifacts.js';
import {
  encodeChat,
  encodeControl,
  encodeInput,
  encodeOverlay,
  SLICE_HEADER_BYTES,
  writeSliceHeader,
} from '../../engine/protocol/index.js';
import { encodeBodies, jobsOf, makeEncoder } from '../support/coder.js';
import { CONTENTS, drawContent, generator } from '../support/pictures.js';

export const kernelModule = await loadKernelModule();
const converter = new ColourConverter(kernelModule);

export interface TimedMessage {
  readonly at: number;
  readonly message: Uint8Array;
}

/** What the viewer shows when a frame is whole. */
export interface Truth {
  readonly at: number;
  readonly frame: number;
  readonly hash: string;
}

export function hashOf(picture: Picture): string {
  const hash = createHash('sha256');
  for (let row = 0; row < picture.height; row++) {
    hash.update(picture.pixels.subarray(row * picture.stride, row * picture.stride + picture.width * 4));
  }
  return hash.digest('hex');
}

/** A host and the relay in one: it makes the messages that a viewer would receive. */
export class Scenario {
  readonly messages: TimedMessage[] = [];
  readonly truths: Truth[] = [];
  #encoder: FrameEncoder;
  #level: ColourLevel = ColourLevel.High;
  #frame = 0;
  #whole = true;
  #sequence = 0;

  constructor(
    width: number,
    height: number,
    public now = 5_000_000,
  ) {
    this.#encoder = makeEncoder(kernelModule, width, height);
  }

  get picture(): Picture {
    return this.#encoder.picture;
  }

  get frame(): number {
    return this.#frame;
  }

  /** The next frame covers the whole picture. */
  refresh(): void {
    this.#whole = true;
  }

  level(level: ColourLevel): void {
    this.#level = level;
    this.#whole = true;
  }

  resize(width: number, height: number): void {
    this.#encoder = makeEncoder(kernelModule, width, height);
    this.#whole = true;
  }

  /** Sends what has been drawn as the next frame; answers its messages. */
  send(): Uint8Array[] {
    const { width, height } = this.#encoder.picture;
    const change = this.#encoder.commit();
    const boxes = this.#whole ? new Uint32Array(change.residual.length) : change.residual;
    if (this.#whole) fillDamage(boxes, { width, height });
    const moves: readonly Move[] = this.#whole ? [] : change.moves;
    const base = this.#whole ? 0 : this.#frame;
    this.#frame++;
    const bodies = encodeBodies(this.#encoder, this.#level, moves, jobsOf(boxes));
    const messages = bodies.map((body, slice) => {
      const message = new Uint8Array(SLICE_HEADER_BYTES + body.length);
      message.set(body, SLICE_HEADER_BYTES);
      writeSliceHeader(message, {
        level: this.#level,
        first: slice === 0,
        last: slice === bodies.length - 1,
        approximate: false,
        refinement: false,
        frame: this.#frame,
        base,
        viewer: this.#whole ? 7 : 0,
        width,
        height,
        drawnAt: this.now,
        slice,
      });
      return message;
    });
    this.#whole = false;
    for (const message of messages) this.say(message);
    const shown = converter.expandTo(this.#encoder.reference, this.#level);
    this.truths.push({ at: this.now, frame: this.#frame, hash: hashOf(shown) });
    return messages;
  }

  say(message: Uint8Array): void {
    this.messages.push({ at: this.now, message });
  }

  stroke(viewer: number, stroke: number): void {
    const points = [
      { x: 3, y: 4 },
      { x: 9, y: 8 },
    ];
    this.say(
      encodeOverlay({ kind: 'stroke', ...this.#head(viewer), stroke, begin: true, end: true, points }),
    );
  }

  erase(viewer: number, scope: 'all' | 'mine'): void {
    this.say(encodeOverlay({ kind: 'erase', ...this.#head(viewer), scope }));
  }

  laser(viewer: number, visible: boolean): void {
    this.say(encodeOverlay({ kind: 'laser', ...this.#head(viewer), visible, x: 20, y: 30 }));
  }

  chat(viewer: number, text: string): void {
    const who = { earlier: false, name: `viewer ${viewer}`, sentAt: this.now };
    this.say(encodeChat({ ...this.#head(viewer), ...who, text }));
  }

  text(viewer: number, text: string): void {
    this.say(encodeInput({ kind: 'text', ...this.#head(viewer), text }));
  }

  pointer(viewer: number, x: number, y: number): void {
    this.say(encodeInput({ kind: 'pointer', ...this.#head(viewer), x, y, buttons: 1 }));
  }

  participants(...names: string[]): void {
    const list = names.map((name, index) => ({
      viewer: index + 1,
      name,
      quality: 'high' as const,
      tool: 'none' as const,
      recording: index === 0,
    }));
    this.say(encodeControl({ type: 'participants', controller: 1, list }));
  }

  #head(viewer: number) {
    return { viewer, sequence: ++this.#sequence, createdAt: this.now };
  }
}

/** Some seconds of everything, the same for the same seed. */
export function busySession(seed: number, frames: number, width = 150, height = 100): Scenario {
  const session = new Scenario(width, height);
  const random = generator(seed);
  session.participants('Ada', 'Blaise');
  for (let count = 0; count < frames; count++) {
    const { picture } = session;
    const roll = random() % 20;
    if (count > 0 && roll === 0) session.refresh();
    if (count > 0 && roll === 1) session.level((random() % 4) as ColourLevel);
    const x = random() % picture.width;
    const y = random() % picture.height;
    const area = {
      x,
      y,
      width: 1 + (random() % (picture.width - x)),
      height: 1 + (random() % (picture.height - y)),
    };
    drawContent(picture, CONTENTS[random() % CONTENTS.length]!, random(), area);
    session.send();
    session.now += 20_000 + (random() % 400_000);
    if (roll === 2) session.stroke(2, count);
    if (roll === 3) session.erase(2, 'mine');
    if (roll === 4) session.laser(3, random() % 2 === 0);
    if (roll === 5) session.pointer(0, x, y);
    if (roll === 6) session.text(0, 'secret');
  }
  return session;
}
