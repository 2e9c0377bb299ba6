/**
 * A file that goes from the technician to the host beside the session, over a connection of its own on the same lines,
 * through the relay. At most so many bytes of it are on their way: what is sent waits for what has arrived. With a wide
 * window it is a plain copy, which fills every buffer on the way; with a narrow one it leaves room for the others.
 */
import type { AccessLine, Flow } from '../../engine/index.js';

const CHUNK_BYTES = 4_096;
/** What tells the sender that a chunk has arrived. */
const ACK_BYTES = 30;

export class BulkTransfer {
  /** Bytes that have arrived. */
  arrived = 0;
  readonly #window: number;
  readonly #there: readonly [Flow, Flow];
  readonly #back: readonly [Flow, Flow];
  #inFlight = 0;
  #isRunning = false;

  constructor(technician: AccessLine, host: AccessLine, windowBytes: number) {
    this.#window = Math.max(CHUNK_BYTES, windowBytes);
    this.#there = [technician.up.open(), host.down.open()];
    this.#back = [host.up.open(), technician.down.open()];
  }

  start(): void {
    this.#isRunning = true;
    this.#pump();
  }

  stop(): void {
    this.#isRunning = false;
    for (const flow of [...this.#there, ...this.#back]) flow.close();
  }

  #pump(): void {
    while (this.#isRunning && this.#inFlight + CHUNK_BYTES <= this.#window) {
      this.#inFlight += CHUNK_BYTES;
      over(this.#there, CHUNK_BYTES, () => {
        this.arrived += CHUNK_BYTES;
        over(this.#back, ACK_BYTES, () => {
          this.#inFlight -= CHUNK_BYTES;
          this.#pump();
        });
      });
    }
  }
}

/** Over one line to the relay, and over the other from it. */
function over([first, second]: readonly [Flow, Flow], bytes: number, arrived: () => void): void {
  first.send(bytes, () => second.send(bytes, arrived));
}
