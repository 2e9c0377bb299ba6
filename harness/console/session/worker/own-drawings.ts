/** One's own drawings: what of them is there now, and those of a page before this one, drawn anew once one has joined. */
import type { StrokePen } from '../../../../engine/overlay/index.js';
import { NO_VIEWER } from '../../../../engine/protocol/index.js';
import type { ViewerSession } from '../../../../engine/viewer/index.js';
import type { Drawing } from '../worker-api.js';

export class OwnDrawings {
  readonly #session: ViewerSession;
  readonly #tell: (drawings: readonly Drawing[]) => void;
  #before: readonly Drawing[];
  #count = 0;

  /**
   * @param tell Told of all that are there whenever they have changed.
   * @param before Those of the page before.
   */
  constructor(
    session: ViewerSession,
    tell: (drawings: readonly Drawing[]) => void,
    before: readonly Drawing[],
  ) {
    this.#session = session;
    this.#tell = tell;
    this.#before = before;
  }

  /** A stroke has ended, or some may have been put away. */
  changed(): void {
    const { overlay, state } = this.#session;
    const own = [...overlay.strokes].filter(({ viewer }) => viewer === state.viewer);
    if (own.length === 0 && this.#count === 0) return;
    this.#count = own.length;
    this.#tell(own.map(({ points }) => points));
  }

  /** Draws those of the page before by `pen`, once. */
  drawBefore(pen: StrokePen): void {
    if (this.#before.length === 0 || this.#session.state.viewer === NO_VIEWER) return;
    const drawings = this.#before;
    this.#before = [];
    this.#session.setTool('whiteboard');
    for (const points of drawings) {
      pen.down(points[0]!, points[1]!);
      for (let at = 2; at + 1 < points.length; at += 2) pen.move(points[at]!, points[at + 1]!);
      pen.up();
    }
    this.changed();
  }
}
