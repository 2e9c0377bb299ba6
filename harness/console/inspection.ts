/** `window.sightline`: a read-only look at the page from the browser's developer tools and from tests. */
import type { Controller } from './app/controller.js';
import { type ConsoleState, noticeOf } from './app/state.js';

export interface Inspection {
  /** What the page shows now. */
  readonly state: ConsoleState;
  /** Which notice covers the picture, if any. */
  readonly notice: string | undefined;
  /** Number of the newest frame on the screen. */
  readonly frame: number;
  /** SHA-256 (hex) of the picture's RGB24 pixels as the canvas holds them, without overlays, and their frame. */
  pictureHash(): Promise<{ sha256: string; frame: number }>;
}

declare global {
  interface Window {
    readonly sightline: Inspection;
  }
}

export function exposeInspection(controller: Controller): void {
  const inspection: Inspection = {
    get state() {
      return controller.state;
    },
    get notice() {
      return noticeOf(controller.state);
    },
    get frame() {
      return controller.frame;
    },
    pictureHash: () => controller.pictureHash(),
  };
  Object.defineProperty(window, 'sightline', { value: Object.freeze(inspection), enumerable: true });
}
