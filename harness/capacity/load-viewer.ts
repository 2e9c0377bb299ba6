/** A viewer that is there to be one of many: it decodes, or only acknowledges, and tells its latencies. */
import { FrameDecoder, type QualityName } from '../../codecs/index.js';
import { type Clock, dialWebSocket, type Micros } from '../../engine/index.js';
import { type PictureDecoder, parseAddress, ViewerSession } from '../../engine/viewer/index.js';

export interface LoadViewerOptions {
  readonly module: WebAssembly.Module;
  readonly clock: Clock;
  readonly address: string;
  readonly level: QualityName;
  readonly decode: boolean;
  /** By the clocks of viewer and host as they are: a frame that showed something new, from drawn to decoded. */
  readonly onLatency: (latency: Micros) => void;
}

export class LoadViewer {
  /** Resolves with the first picture. */
  readonly shown: Promise<void>;
  /** Frames that showed something new. */
  frames = 0;
  hasPicture = false;
  readonly #session: ViewerSession;

  constructor({ module, clock, address, level, decode, onLatency }: LoadViewerOptions) {
    const { socketUrl, token } = parseAddress(address);
    let first = () => {};
    this.shown = new Promise((resolve) => {
      first = resolve;
    });
    const dial = () => dialWebSocket(socketUrl);
    this.#session = new ViewerSession({
      dialMain: dial,
      dialLane: dial,
      clock,
      random: Math.random,
      decoder: decode ? new FrameDecoder(module) : new NoDecoder(),
      token,
      name: 'load',
      quality: level,
      handlers: {
        onFrame: (frame) => {
          frame.presented();
          if (!this.hasPicture) {
            this.hasPicture = true;
            first();
          }
          // A whole picture may show what is old by itself, and what only sharpens shows nothing new.
          if (frame.base === 0 || frame.refinement) return;
          this.frames++;
          onLatency(frame.decodedAt - frame.drawnAt);
        },
      },
    });
    this.#session.start();
  }

  close(): void {
    this.#session.close();
  }
}

/** Takes what it is given for decoded: such viewers cost next to nothing, and the relay can be loaded alone. */
class NoDecoder implements PictureDecoder {
  readonly picture = { width: 1, height: 1, stride: 4, pixels: new Uint8Array(4) };

  resize(): void {}

  decode(): [] {
    return [];
  }
}
