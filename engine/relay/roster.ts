/** The viewers of a session: who is here, who watches which level, who controls. */
import { STREAM_NAMES, type StreamLevel } from '../../codecs/index.js';
import { AUTHOR_COLOURS, authorColour, type Control, NO_VIEWER } from '../protocol/index.js';
import type { RelayViewer } from './relay-viewer.js';

export class Roster {
  readonly #viewers = new Map<number, RelayViewer>();
  /** By stream: a slice goes to one of these lists. Replaced, never changed: sending may remove a viewer. */
  readonly #audiences: (readonly RelayViewer[])[] = STREAM_NAMES.map(() => []);
  #lastId: number = NO_VIEWER;
  #controller: number = NO_VIEWER;

  get size(): number {
    return this.#viewers.size;
  }

  /** Who controls the host; `NO_VIEWER` when nobody does. */
  get controller(): number {
    return this.#controller;
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

  get(id: number): RelayViewer | undefined {
    return this.#viewers.get(id);
  }

  /** A list of its own: viewers may leave while it is walked. */
  all(): RelayViewer[] {
    return [...this.#viewers.values()];
  }

  /** Who watches `level`. */
  audience(level: StreamLevel): readonly RelayViewer[] {
    return this.#audiences[level]!;
  }

  add(viewer: RelayViewer): void {
    this.#viewers.set(viewer.id, viewer);
    this.#sit(viewer);
  }

  /** False when it had left already. */
  remove(viewer: RelayViewer): boolean {
    if (!this.#viewers.delete(viewer.id)) return false;
    this.#rise(viewer);
    this.changeControl(viewer, false);
    return true;
  }

  moveTo(viewer: RelayViewer, level: StreamLevel, announce: () => void): void {
    this.#rise(viewer);
    viewer.feed.changeLevel(level, announce);
    this.#sit(viewer);
  }

  /** First come, first served; a viewer gives up only what it has. */
  changeControl(viewer: RelayViewer, wanted: boolean): void {
    if (wanted && this.#controller === NO_VIEWER) this.#controller = viewer.id;
    else if (!wanted && this.#controller === viewer.id) this.#controller = NO_VIEWER;
  }

  participants(): Control<'participants'> {
    const list = this.all().map((viewer) => viewer.toParticipant());
    return { type: 'participants', controller: this.#controller, list };
  }

  #sit(viewer: RelayViewer): void {
    const { level } = viewer.feed;
    this.#audiences[level] = [...this.#audiences[level]!, viewer];
  }

  #rise(viewer: RelayViewer): void {
    const { level } = viewer.feed;
    this.#audiences[level] = this.#audiences[level]!.filter((other) => other !== viewer);
  }
}
