/** Where a recording that is being written ends. */
import type { IndexEntry } from './directory.js';
import { BlockType } from './format.js';

/** What the next blocks must know of those before. */
export class Tail {
  blocks = 0;
  time = 0;
  /** Checkpoints since the last index segment. */
  entries: IndexEntry[] = [];
  checkpoints = 0;
  /** Offset of the last index segment. */
  previousSegment = 0;
  /** Offset and time of the last seal. */
  seal = 0;
  sealedAt = 0;

  note(type: number, time: number, offset: number): void {
    this.blocks++;
    this.time = time;
    if (type === BlockType.Checkpoint) {
      this.entries.push({ time, offset });
      this.checkpoints++;
    } else if (type === BlockType.Index) {
      this.entries = [];
      this.previousSegment = offset;
    } else if (type === BlockType.Seal) {
      this.seal = offset;
      this.sealedAt = time;
    }
  }

  copy(): Tail {
    return Object.assign(new Tail(), this, { entries: [...this.entries] });
  }
}
