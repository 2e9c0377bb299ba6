/** How far a recording has come, as people read it. */
import type { Say } from '../messages.js';
import { sizeInWords, timeInWords } from '../ui/units.js';

export interface RecordingFigures {
  readonly bytes: number;
  /** Microseconds. */
  readonly duration: number;
}

/** Its time, and its size. */
export function recordingInWords(say: Say, { bytes, duration }: RecordingFigures): string {
  return say('record.so', { time: timeInWords(duration), size: sizeInWords(say, bytes) });
}
