/** Threads that help to decode, which the test itself plays. */

import { decodeDesk } from '../../codecs/decode-desk.js';
import { type DecodeHelp, type HelpTask, instantiateKernels } from '../../codecs/index.js';
import { SliceBoard } from '../../codecs/slice-board.js';

export class PlayedHelp implements DecodeHelp {
  readonly threads = 1;
  readonly patience = 1;
  /** Threads that were started, ended, and slices decoded by them. */
  started = 0;
  ended = 0;
  slices = 0;
  /** The newest thread dies. */
  die = () => {};
  #task: HelpTask | undefined;

  start(task: HelpTask, onLost: () => void) {
    this.started++;
    this.#task = task;
    this.die = onLost;
    this.#board().join();
    return {
      end: () => {
        this.ended++;
      },
    };
  }

  /** Begins a slice that waits, if there is one; the answer finishes it. */
  begin(): (() => void) | undefined {
    const board = this.#board();
    const desk = board.take();
    if (desk === -1) return undefined;
    const { module, memory, layout } = this.#task!;
    return () => {
      this.slices++;
      board.finish(desk, decodeDesk(instantiateKernels(module, memory), layout, desk, board.task(desk)));
    };
  }

  #board(): SliceBoard {
    return new SliceBoard(this.#task!.memory, this.#task!.layout);
  }
}
