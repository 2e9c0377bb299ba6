/** The viewers of a session: who is here, who watches which level, who controls. */
import { STREAM_NAMES, type StreamLevel } from '../../codecs/index.js';
import { AUTHOR_COLOURS, authorColour, type Control, NO_VIEWER, WISHES_SINCE } from '../protocol/index.js';
import type { RoomViewer } from './viewer.js';

export class Roster {
  readonly #viewers = new Map<number, RoomViewer>();
  /** By stream: a slice goes to one of these lists. Replaced, never changed: sending may remove a viewer. */
  readonly #audiences: (readonly RoomViewer[])[] = STREAM_NAMES.map(() => []);
  #lastId: number = NO_VIEWER;
  #controller: number = NO_VIEWER;
  /** Who waits for the control, in the order in which they asked. */
  #waiting: readonly number[] = [];

  get size(): number {
    return this.#viewers.size;
  }

  /** Who controls the host; `NO_VIEWER` when nobody does. */
  get controller(): number {
    return this.#controller;
  }

  /** Who waits for the control, the next one first. */
  get waiting(): readonly number[] {
    return this.#waiting;
  }

  /**
   * Numbers are never used again within a session: an old one in a late message finds nobody. Those whose colour
   * somebody who is there has are passed over, as long as there are others.
   */
  nextId(): number {
    const taken = new Set(this.all().map(({ id }) => authorColour(id)));
    let id = this.#lastId + 1;
    while (taken.has(authorColour(id)) && id - this.#lastId <= AUTHOR_COLOURS) id++;
    this.#lastId = taken.size < AUTHOR_COLOURS ? id : this.#lastId + 1;
    return this.#lastId;
  }

  get(id: number): RoomViewer | undefined {
    return this.#viewers.get(id);
  }

  /** Whether it has not left: one that is told something may turn out to be gone. */
  has(viewer: RoomViewer): boolean {
    return this.#viewers.get(viewer.id) === viewer;
  }

  /** A list of its own: viewers may leave while it is walked. */
  all(): RoomViewer[] {
    return [...this.#viewers.values()];
  }

  /** Who watches `level`. */
  audience(level: StreamLevel): readonly RoomViewer[] {
    return this.#audiences[level]!;
  }

  add(viewer: RoomViewer): void {
    this.#viewers.set(viewer.id, viewer);
  }

  /** False when it had left already. */
  remove(viewer: RoomViewer): boolean {
    if (!this.#viewers.delete(viewer.id)) return false;
    this.#rise(viewer);
    this.changeControl(viewer, false);
    return true;
  }

  moveTo(viewer: RoomViewer, level: StreamLevel, announce: () => void): void {
    this.#rise(viewer);
    viewer.feed.changeLevel(level, announce);
    if (viewer.isShown) this.#sit(viewer);
  }

  /** A viewer that is shown nothing is in no audience, nor is one that has left. */
  show(viewer: RoomViewer, isShown: boolean): void {
    this.#rise(viewer);
    viewer.isShown = isShown;
    if (isShown) this.#sit(viewer);
  }

  /** Whether the viewer has the control, or waits for it. */
  wantsControl({ id }: RoomViewer): boolean {
    return this.#controller === id || this.#waiting.includes(id);
  }

  /**
   * First come, first served; who comes later waits. A viewer gives up what it has, or its place; what it gives up
   * goes to `to`, if that viewer is here, and else to the one who has waited longest.
   */
  changeControl(viewer: RoomViewer, wanted: boolean, to: number = NO_VIEWER): void {
    const { id } = viewer;
    if (wanted) {
      if (!this.has(viewer)) return;
      if (this.#controller === NO_VIEWER) this.#give(id);
      else if (this.#controller !== id && !this.#waiting.includes(id)) this.#waiting = [...this.#waiting, id];
      return;
    }
    this.#waiting = this.#waiting.filter((other) => other !== id);
    if (this.#controller !== id) return;
    const next = to !== id && this.#mayBeGiven(to) ? to : (this.#waiting[0] ?? NO_VIEWER);
    this.#waiting = this.#waiting.filter((other) => other !== next);
    this.#give(next);
  }

  #give(controller: number): void {
    this.#controller = controller;
    for (const viewer of this.#viewers.values()) viewer.controls = viewer.id === controller;
  }

  participants(): Control<'participants'> {
    const list = this.all().map((viewer) => {
      const place = this.#waiting.indexOf(viewer.id) + 1;
      return { ...viewer.toParticipant(), ...(place === 0 ? {} : { waiting: place }) };
    });
    return { type: 'participants', controller: this.#controller, list };
  }

  /** An older viewer does not take what it has not asked for. */
  #mayBeGiven(id: number): boolean {
    const viewer = this.#viewers.get(id);
    return (
      viewer?.capabilities.has('control') === true &&
      (viewer.version >= WISHES_SINCE || this.#waiting.includes(id))
    );
  }

  #sit(viewer: RoomViewer): void {
    if (!this.has(viewer)) return;
    const { level } = viewer.feed;
    this.#audiences[level] = [...this.#audiences[level]!, viewer];
  }

  #rise(viewer: RoomViewer): void {
    const { level } = viewer.feed;
    this.#audiences[level] = this.#audiences[level]!.filter((other) => other !== viewer);
  }
}
