/**
 * What technicians hold down on the host, and that nobody who may no longer hold it does: when a viewer loses or gives
 * up the control, takes a tool, or is gone, the host itself lets go of that viewer's keys and buttons. It does so
 * whatever the relay or a page forgot to say, and before it acts on anything that came later.
 */
import { type Control, Held, type InputAction, type InputEvent } from '../protocol/index.js';

/** One viewer controls at a time. A relay that lets more of them press keys makes the first ones let go. */
const MAX_VIEWERS = 8;

export class HeldInput {
  readonly #viewers = new Map<number, Held>();
  readonly #tell: (event: InputEvent) => void;

  /** @param tell Gives the source a release. */
  constructor(tell: (event: InputEvent) => void) {
    this.#tell = tell;
  }

  /** The source was told of an event. */
  acted(event: InputEvent): void {
    if (event.kind !== 'key' && event.kind !== 'pointer') return;
    const { viewer } = event;
    let held = this.#viewers.get(viewer);
    if (held === undefined) {
      held = new Held();
      this.#viewers.set(viewer, held);
      if (this.#viewers.size > MAX_VIEWERS) this.release([...this.#viewers.keys()][0]!);
    }
    const tooMany = held.take(event);
    if (tooMany !== undefined) this.#say(viewer, tooMany);
    if (held.isEmpty) this.#viewers.delete(viewer);
  }

  /** Lets go of what is held by those who may not hold it any more. */
  update({ controller, list }: Pick<Control<'participants'>, 'controller' | 'list'>): void {
    for (const viewer of [...this.#viewers.keys()]) {
      const one = list.find((other) => other.viewer === viewer);
      if (viewer !== controller || one === undefined || one.tool !== 'none') this.release(viewer);
    }
  }

  /** Lets go of what one viewer holds. */
  release(viewer: number): void {
    const held = this.#viewers.get(viewer);
    this.#viewers.delete(viewer);
    for (const action of held?.letGo() ?? []) this.#say(viewer, action);
  }

  /** Nobody is known to be there any more. */
  releaseAll(): void {
    for (const viewer of [...this.#viewers.keys()]) this.release(viewer);
  }

  /** Number 0 and time 0: no technician made it. */
  #say(viewer: number, action: InputAction): void {
    this.#tell({ viewer, sequence: 0, createdAt: 0, ...action });
  }
}
