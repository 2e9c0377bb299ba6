/** What the customer must be told: who records, and who controls. From the relay's lists of participants. */
import type { HostNotice } from '../display/index.js';
import type { Control } from '../protocol/index.js';

export class Notices {
  readonly #recording = new Map<number, string>();
  #controller: { readonly viewer: number; readonly name: string } | undefined;

  constructor(private readonly tell: (notice: HostNotice) => void) {}

  update(participants: Pick<Control<'participants'>, 'controller' | 'list'>): void {
    const recording = new Map<number, string>();
    for (const { viewer, name, recording: active } of participants.list) {
      if (active) recording.set(viewer, name);
    }
    for (const [viewer, name] of [...this.#recording]) {
      if (recording.has(viewer)) continue;
      this.#recording.delete(viewer);
      this.tell({ kind: 'recording', active: false, viewer, name });
    }
    for (const [viewer, name] of recording) {
      if (this.#recording.has(viewer)) continue;
      this.#recording.set(viewer, name);
      this.tell({ kind: 'recording', active: true, viewer, name });
    }
    const { controller } = participants;
    const before = this.#controller;
    if (before?.viewer === controller || (before === undefined && controller === 0)) return;
    this.#controller = undefined;
    if (before !== undefined) this.tell({ kind: 'control', active: false, ...before });
    if (controller === 0) return;
    const name = participants.list.find(({ viewer }) => viewer === controller)?.name ?? '';
    this.#controller = { viewer: controller, name };
    this.tell({ kind: 'control', active: true, viewer: controller, name });
  }

  /** Nobody is there any more: nobody records or controls. */
  clear(): void {
    this.update({ controller: 0, list: [] });
  }
}
