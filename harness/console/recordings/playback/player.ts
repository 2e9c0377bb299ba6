/** One open recording with its canvases: what the page asks for goes in, news come out. */
import { FrameDecoder, type Rect } from '../../../../codecs/index.js';
import { blobSource, openRecording, type Recording } from '../../../../codecs/recording/index.js';
import { systemClock } from '../../../../engine/clock.js';
import { drawOverlay, OverlayModel } from '../../../../engine/overlay/index.js';
import { type PlayedFrame, RecordingPlayer } from '../../../../engine/recording/index.js';
import { OverlayLayer } from '../../session/worker/overlay-layer.js';
import { Painter } from '../../session/worker/painter.js';
import { sha256OfRgb } from '../../session/worker/picture-hash.js';
import type { FromPlayer, OpenOptions, ToPlayer } from './api.js';
import { faultOf, summaryOf } from './describe.js';
import { Playback, type PlaybackScreen } from './playback.js';

type Post = (news: FromPlayer, transfer?: Transferable[]) => void;

/** What is for the worker that plays. */
export type PlayerMessage = Exclude<
  ToPlayer,
  { kind: 'describe' | 'open' | 'survey' | 'convert' | 'cancel' }
>;

export class PagePlayer implements PlaybackScreen {
  readonly #post: Post;
  readonly #decoder: FrameDecoder;
  readonly #painter: Painter;
  readonly #model = new OverlayModel();
  readonly #layer: OverlayLayer;
  readonly #playback: Playback;
  #jumps = 0;

  /** Undefined, with news of why, when the recording cannot be read. */
  static async open(options: OpenOptions, post: Post): Promise<PagePlayer | undefined> {
    try {
      const [module, recording] = await Promise.all([
        WebAssembly.compileStreaming(fetch(options.kernels)),
        openRecording(blobSource(options.file)),
      ]);
      return new PagePlayer(options, recording, module, post);
    } catch (error) {
      post({ kind: 'fault', fault: faultOf(error) });
      return undefined;
    }
  }

  private constructor(options: OpenOptions, recording: Recording, module: WebAssembly.Module, post: Post) {
    this.#post = post;
    post({ kind: 'opened', summary: summaryOf(recording) });
    this.#decoder = new FrameDecoder(module);
    this.#painter = new Painter(options.picture, systemClock);
    const onFault = (error: unknown) => post({ kind: 'fault', fault: faultOf(error) });
    this.#playback = new Playback({
      player: new RecordingPlayer(recording, this.#decoder),
      clock: systemClock,
      screen: this,
      overlay: this.#model,
      onState: (state) => post({ kind: 'state', state, jumps: this.#jumps }),
      onFault,
    });
    // Dots fade in recorded time: faster when it plays faster, and not at all while it stands.
    this.#layer = new OverlayLayer(options.overlay, this.#model, this.#playback.position, (viewer) =>
      this.#playback.nameOf(viewer),
    );
  }

  take(message: PlayerMessage): void {
    const playback = this.#playback;
    switch (message.kind) {
      case 'play':
        playback.play();
        return;
      case 'pause':
        playback.pause();
        return;
      case 'seek':
        this.#jumps = message.count;
        playback.seek(message.time);
        return;
      case 'step':
        playback.step(message.direction);
        return;
      case 'speed':
        playback.setSpeed(message.speed);
        return;
      case 'skip-idle':
        playback.skipIdle = message.skip;
        return;
      case 'view':
        this.#layer.scale = message.scale;
        this.#painter.visible = message.visible;
        return;
      case 'surveyed':
        playback.frames = message.frames;
        playback.idle = message.idle;
        return;
      case 'snapshot':
        playback.snapshots.add(message.snapshot);
        return;
      case 'screenshot':
        void this.#screenshot(message.id, message.overlays);
        return;
      case 'hash':
        void this.#hash(message.id);
        return;
    }
  }

  frame({ frame, width, height }: PlayedFrame, damage: readonly Rect[]): void {
    this.#painter.resize(width, height);
    this.#layer.resize(width, height);
    this.#painter.take(frame, this.#decoder, damage, () => {});
  }

  blank(): void {
    // Of no size that any recording has: the next picture is painted in full.
    this.#painter.resize(1, 1);
    this.#layer.resize(1, 1);
  }

  overlays(): void {
    this.#layer.changed();
  }

  async #screenshot(id: number, overlays: boolean): Promise<void> {
    this.#painter.flush();
    const { canvas } = this.#painter;
    const picture = new OffscreenCanvas(canvas.width, canvas.height);
    const context = picture.getContext('2d', { alpha: false })!;
    context.drawImage(canvas, 0, 0);
    if (overlays) drawOverlay(context, this.#model, this.#playback.position.now());
    this.#post({ kind: 'screenshot', id, png: await picture.convertToBlob({ type: 'image/png' }) });
  }

  async #hash(id: number): Promise<void> {
    const rgba = this.#painter.read();
    const { frame } = this.#painter;
    this.#post({ kind: 'hash', id, frame, sha256: await sha256OfRgb(rgba) });
  }
}
