/**
 * Keeps records for a laboratory that watches the page: when each frame was decoded, composed and presented, and what
 * became of each action. A frame counts as presented when its coded marker has been read back from the canvas, in the
 * animation frame that painted it: not because the program says so, but because the pixels are there.
 *
 * The area that is read is 64 by 40 pixels, once for each animation frame that painted something.
 */
import type { Clock } from '../../../../engine/clock.js';
import type { LatencySample, ShownFrame, ViewerSession } from '../../../../engine/viewer/index.js';
import { MARKER_AREA, type Marker, readMarker } from '../../../hosts/marker.js';
import type { LabRecord, PaintTimes, SentRecord } from '../lab-api.js';
import type { FromWorker } from '../worker-api.js';
import type { Painter } from './painter.js';

/** How often records go to the page, milliseconds: seldom enough to disturb nothing. */
const POST_MS = 100;

export class LabWatcher {
  readonly #session: ViewerSession;
  readonly #painter: Painter;
  readonly #clock: Clock;
  #records: LabRecord[] = [];
  /** The newest reading: frames that were painted together share it. */
  #read: { readonly composedAt: number; readonly presentedAt: number; readonly marker: Marker | undefined } =
    {
      composedAt: 0,
      presentedAt: 0,
      marker: undefined,
    };

  constructor(session: ViewerSession, painter: Painter, clock: Clock, post: (news: FromWorker) => void) {
    this.#session = session;
    this.#painter = painter;
    this.#clock = clock;
    setInterval(() => {
      const records = this.#records;
      this.#records = [];
      post({ kind: 'records', records, offset: session.clockOffset() });
    }, POST_MS);
  }

  /** The canvas holds the frame. */
  presented(shown: ShownFrame, times: PaintTimes): void {
    if (this.#read.composedAt !== times.composedAt) {
      const marker = this.#readMarker();
      this.#read = { composedAt: times.composedAt, presentedAt: this.#clock.now(), marker };
    }
    const { presented: _, damage: __, ...frame } = shown;
    const { presentedAt, marker } = this.#read;
    this.#records.push({ kind: 'frame', ...frame, ...times, presentedAt, marker });
  }

  /** An action was asked for that was due at `at`. */
  sent(channel: SentRecord['channel'], sequence: number | undefined, at: number): void {
    const sentAt = this.#clock.now();
    this.#records.push({ kind: 'sent', channel, sequence: sequence ?? 0, at, sentAt });
  }

  sample({ channel, latency, id }: LatencySample): void {
    if (channel === 'display' || channel === 'clickToPicture') return;
    // The sample was made with this very estimate.
    const { offset } = this.#session.clockOffset()!;
    this.#records.push({ kind: 'applied', channel, sequence: id, latency, offset });
  }

  #readMarker(): Marker | undefined {
    const { width, height } = this.#painter.canvas;
    if (width < MARKER_AREA.width || height < MARKER_AREA.height) return undefined;
    const pixels = this.#painter.readArea(MARKER_AREA);
    // Green, the only byte that is looked at, has the same place in RGBA and BGRA.
    const { buffer, byteOffset, byteLength } = pixels;
    return readMarker({
      width: MARKER_AREA.width,
      height: MARKER_AREA.height,
      stride: MARKER_AREA.width * 4,
      pixels: new Uint8Array(buffer, byteOffset, byteLength),
    });
  }
}
