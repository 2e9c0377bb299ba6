/** What lies over the desktop on the customer's own screen: whiteboard, laser, chat and notices. */

import type { Rect } from '../../../codecs/index.js';
import { type Canvas, createCanvas, type SKRSContext2D } from '../../../engine/canvas.js';
import type { ChatMessage, Clock, HostNotice, OverlayEvent } from '../../../engine/index.js';
import { drawOverlay, OVERLAY_COLOURS, OverlayModel } from '../../../engine/overlay/index.js';
import { authorColour } from '../../../engine/protocol/index.js';
import type { Locale } from '../../messages/index.js';
import { ink } from './ink.js';
import type { Layer } from './layer.js';
import { type HostMessages, hostMessages } from './messages.js';
import { rect } from './rects.js';
import type { TextPainter } from './text.js';

/** As the desktop's canvases have it: blue and red exchanged. */
const INKS = OVERLAY_COLOURS.map((css) => ink(Number.parseInt(css.slice(1), 16)));
const inkOf = (viewer: number) => INKS[authorColour(viewer)]!;
const BANNER_HEIGHT = 34;
const BANNER_TEXT = { size: 14, colour: 0xffffff } as const;
/** Notices at a time: as many technicians as a session is made for. */
const MAX_NOTICES = 8;
/** The newest of what technicians write, one line each, of at most so many characters. */
const MAX_CHAT_LINES = 3;
const CHAT_LINE_CHARACTERS = 60;
const CHAT_LINE_HEIGHT = 22;
const CHAT_TEXT = { size: 14, colour: 0x1b2230 } as const;

export class CustomerView {
  readonly #clock: Clock;
  readonly #text: TextPainter;
  readonly #messages: HostMessages;
  readonly #model = new OverlayModel();
  readonly #screen: Rect;
  /** Notices that stand, by what they say. */
  readonly #notices = new Map<string, HostNotice>();
  readonly #chat: string[] = [];
  #canvas: Canvas | undefined;

  constructor(clock: Clock, text: TextPainter, width: number, height: number, locale: Locale) {
    this.#clock = clock;
    this.#text = text;
    this.#messages = hostMessages(locale);
    this.#screen = rect(0, 0, width, height);
  }

  /** Draws a technician's stroke or dot at once. */
  overlay(event: OverlayEvent): void {
    this.#model.apply(event, this.#clock.now());
    const dirty = this.#model.takeDirty();
    if (dirty === undefined || dirty.width === 0) return;
    const context = this.#overlayContext();
    this.#redraw(context, dirty);
    // A canvas only notes what it is told to draw; reading a pixel makes it do so.
    context.getImageData(0, 0, 1, 1);
  }

  chat({ name, text }: ChatMessage): void {
    const line = [...`${name}: ${text.replaceAll('\n', ' ')}`];
    const isLong = line.length > CHAT_LINE_CHARACTERS;
    this.#chat.push(isLong ? `${line.slice(0, CHAT_LINE_CHARACTERS - 1).join('')}…` : line.join(''));
    if (this.#chat.length > MAX_CHAT_LINES) this.#chat.shift();
  }

  notice(notice: HostNotice): void {
    const key = `${notice.kind}:${notice.viewer}`;
    this.#notices.delete(key);
    if (notice.active) this.#notices.set(key, notice);
    for (const oldest of this.#notices.keys()) {
      if (this.#notices.size <= MAX_NOTICES) break;
      this.#notices.delete(oldest);
    }
  }

  /** PNG of the desktop with everything that lies over it. */
  render(desktop: Layer): Buffer {
    const { width, height } = this.#screen;
    const canvas = createCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false });
    const image = context.createImageData(width, height);
    const words = new Uint32Array(image.data.buffer, image.data.byteOffset, width * height);
    words.set(desktop.pixels);
    context.putImageData(image, 0, 0);
    if (!this.#model.isEmpty) {
      this.#redraw(this.#overlayContext(), this.#screen);
      context.drawImage(this.#overlayContext().canvas, 0, 0);
    }
    this.#drawNotices(context);
    this.#drawChat(context);
    return toPng(canvas, context);
  }

  #overlayContext(): SKRSContext2D {
    this.#canvas ??= createCanvas(this.#screen.width, this.#screen.height);
    return this.#canvas.getContext('2d');
  }

  #redraw(context: SKRSContext2D, area: Rect): void {
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.width, area.height);
    context.clip();
    context.clearRect(area.x, area.y, area.width, area.height);
    drawOverlay(context, this.#model, this.#clock.now(), 1, inkOf);
    context.restore();
  }

  #drawNotices(context: SKRSContext2D): void {
    let y = 12;
    for (const { kind, name } of this.#notices.values()) {
      const words =
        kind === 'recording' ? this.#messages.recordingStarted(name) : this.#messages.controlTaken(name);
      const width = this.#text.width(words, BANNER_TEXT) + 52;
      const x = Math.round((this.#screen.width - width) / 2);
      context.fillStyle = ink(0x222a35, 0.92);
      context.beginPath();
      context.roundRect(x, y, width, BANNER_HEIGHT, BANNER_HEIGHT / 2);
      context.fill();
      context.fillStyle = ink(kind === 'recording' ? 0xff4d4f : 0x4da3ff);
      context.beginPath();
      context.arc(x + 20, y + BANNER_HEIGHT / 2, 6, 0, Math.PI * 2);
      context.fill();
      this.#text.draw(context, words, x + 36, y + 22, BANNER_TEXT);
      y += BANNER_HEIGHT + 8;
    }
  }

  #drawChat(context: SKRSContext2D): void {
    if (this.#chat.length === 0) return;
    const width = Math.max(...this.#chat.map((line) => this.#text.width(line, CHAT_TEXT))) + 28;
    const height = this.#chat.length * CHAT_LINE_HEIGHT + 16;
    const x = this.#screen.width - width - 16;
    const top = this.#screen.height - height - 56;
    context.fillStyle = ink(0xffffff, 0.95);
    context.beginPath();
    context.roundRect(x, top, width, height, 10);
    context.fill();
    this.#chat.forEach((line, index) => {
      this.#text.draw(context, line, x + 14, top + 24 + index * CHAT_LINE_HEIGHT, CHAT_TEXT);
    });
  }
}

/** Exchanges blue and red back, since a PNG is in red, green, blue, and compresses. */
function toPng(canvas: Canvas, context: SKRSContext2D): Buffer {
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer, image.data.byteOffset, canvas.width * canvas.height);
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    words[index] = (word & 0xff00ff00) | ((word & 0xff) << 16) | ((word >>> 16) & 0xff);
  }
  context.putImageData(image, 0, 0);
  return canvas.toBuffer('image/png');
}
