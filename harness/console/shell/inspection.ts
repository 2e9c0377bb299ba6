/**
 * `window.sightline` and `window.sightlineRecordings`: a look at the page from the browser's developer tools, from tests
 * and from the laboratory. It can do nothing that the page's buttons cannot.
 */

import type { RecordingsController } from '../recordings/controller.js';
import type { Entry } from '../recordings/library.js';
import type { PlayerState } from '../recordings/open-player.js';
import type { Controller } from '../session/controller.js';
import type { LabDoor } from '../session/lab-api.js';
import { type ConsoleState, noticeOf } from '../session/state.js';

export interface Inspection {
  /** What the page shows now. */
  readonly state: ConsoleState;
  /** Which notice covers the picture, if any. */
  readonly notice: string | undefined;
  /** Number of the newest frame on the screen. */
  readonly frame: number;
  /** SHA-256 (hex) of the picture's RGB24 pixels as the canvas holds them, without overlays, and their frame. */
  pictureHash(): Promise<{ sha256: string; frame: number }>;
  /** For `sightline measure --viewer page`: figures, and what a technician's hands do. */
  readonly lab: LabDoor;
}

/** The Recordings tab, from when it is first looked at. */
export interface RecordingsInspection {
  readonly entries: readonly Entry[];
  /** The recording that is open. */
  readonly player: PlayerState | undefined;
  /** As that of the session, of the recording that is open. */
  pictureHash(): Promise<{ sha256: string; frame: number } | undefined>;
}

declare global {
  interface Window {
    readonly sightline: Inspection;
    readonly sightlineRecordings: RecordingsInspection | undefined;
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
    lab: controller.lab,
  };
  Object.defineProperty(window, 'sightline', { value: Object.freeze(inspection), enumerable: true });
}

export function exposeRecordings(controller: RecordingsController): void {
  const inspection: RecordingsInspection = {
    get entries() {
      return controller.state.library.entries;
    },
    get player() {
      return controller.state.player?.state;
    },
    pictureHash: async () => controller.state.player?.pictureHash(),
  };
  Object.defineProperty(window, 'sightlineRecordings', {
    value: Object.freeze(inspection),
    enumerable: true,
  });
}
