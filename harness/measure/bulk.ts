/**
 * A file that goes from the technician to the host beside the session, over a connection of its own on the same lines.
 * At most so many bytes of it are on their way: what is sent waits for what has arrived. With a wide window it is a
 * plain copy, which fills every buffer on the way; with a narrow one it leaves room for the others.
 */
import type { AccessLine, Flow, Micros } from '../../engine/index.js';

export const CHUNK_BYTES = 4_096;
/** What tells the sender that a chunk has arrived. */
export const ACK_BYTES = 30;

/** How much of a file may be on its way: the same rule in virtual and in real time. */
export class BulkWindow {
  readonly #bytes: number;
  readonly #sendChunk: () => void;
  #inFlight = 0;
  #isOpen = false;

  constructor(windowBytes: number, sendChunk: () => void) {
    this.#bytes = Math.max(CHUNK_BYTES, windowBytes);
    this.#sendChunk = sendChunk;
  }

  open(): void {
    this.#isOpen = true;
    this.#fill();
  }

  close(): void {
    this.#isOpen = false;
  }

  acknowledged(chunks: number): void {
    this.#inFlight -= chunks * CHUNK_BYTES;
    this.#fill();
  }

  #fill(): void {
    while (this.#isOpen && this.#inFlight + CHUNK_BYTES <= this.#bytes) {
      this.#inFlight += CHUNK_BYTES;
      this.#sendChunk();
    }
  }
}

/** A file over the link model's lines. */
export class VirtualBulk {
  /** Bytes that have arrived. */
  arrived = 0;
  readonly #window: BulkWindow;
  readonly #flows: readonly Flow[];

  constructor(technician: AccessLine, host: AccessLine, windowBytes: number) {
    const there = [technician.up.open(), host.down.open()] as const;
    const back = [host.up.open(), technician.down.open()] as const;
    this.#flows = [...there, ...back];
    this.#window = new BulkWindow(windowBytes, () => {
      over(there, CHUNK_BYTES, () => {
        this.arrived += CHUNK_BYTES;
        over(back, ACK_BYTES, () => this.#window.acknowledged(1));
      });
    });
  }

  start(): void {
    this.#window.open();
  }

  stop(): void {
    this.#window.close();
    for (const flow of this.#flows) flow.close();
  }
}

/** Over one line to the relay's end of both, and over the other from it. */
function over([first, second]: readonly [Flow, Flow], bytes: number, arrived: () => void): void {
  first.send(bytes, () => second.send(bytes, arrived));
}

export function bytesPerSecond(bytes: number, time: Micros): number {
  return Math.round((bytes * 1e6) / Math.max(1, time));
}
