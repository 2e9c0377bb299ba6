/** What a recording tells of people: who was there and when, what they were told, agreed to and marked. */
import { SightlineError } from '../../codecs/index.js';
import { type Block, decodeNotice, type RecordingNotice, Track } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { decodeControl } from '../protocol/index.js';

/** Most entries of each list. */
const MAX_LISTED = 1000;

export interface Attendance {
  readonly viewer: number;
  readonly name: string;
  /** Microseconds since the start of the recording; 0: was there already. */
  readonly from: Micros;
  /** Absent: stayed to the end. */
  readonly to?: Micros;
}

export interface TimedNotice extends RecordingNotice {
  readonly time: Micros;
}

export interface Marker {
  /** When it was set, microseconds since the start of the recording. */
  readonly time: Micros;
  readonly number: number;
  /** Empty where it was not named. */
  readonly text: string;
}

export class History {
  readonly attendance: Attendance[] = [];
  readonly notices: TimedNotice[] = [];
  readonly markers: Marker[] = [];
  /** Index in `attendance` of those that are there. */
  readonly #present = new Map<number, number>();

  /** Takes one message block; those of other tracks, and malformed ones, are passed over. */
  take(block: Block): void {
    try {
      if (block.track === Track.Notice) this.#notice(block.time, decodeNotice(block.payload));
      if (block.track !== Track.State) return;
      const control = decodeControl(block.payload);
      if (control.type === 'participants') this.#attend(control.list, block.time);
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
    }
  }

  #notice(time: Micros, notice: RecordingNotice): void {
    const { kind, number, text = '', at = time } = notice;
    if (kind === 'marker' && number !== undefined) {
      if (this.markers.length < MAX_LISTED) this.markers.push({ time: Math.min(time, at), number, text });
    } else if (this.notices.length < MAX_LISTED) this.notices.push({ time, ...notice });
  }

  #attend(list: readonly { readonly viewer: number; readonly name: string }[], time: Micros): void {
    const here = new Set(list.map(({ viewer }) => viewer));
    for (const [viewer, index] of this.#present) {
      if (here.has(viewer)) continue;
      this.attendance[index] = { ...this.attendance[index]!, to: time };
      this.#present.delete(viewer);
    }
    for (const { viewer, name } of list) {
      if (this.#present.has(viewer) || this.attendance.length === MAX_LISTED) continue;
      this.#present.set(viewer, this.attendance.push({ viewer, name, from: time }) - 1);
    }
  }
}
