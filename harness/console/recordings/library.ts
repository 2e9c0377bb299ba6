/** The list of recordings: those that the browser keeps, and those that were opened in this page. */

import type { KeptFile } from '../kept-recordings.js';
import * as browserKept from '../kept-recordings.js';
import type { FromPlayer, ReadFault, RecordingSummary, ToPlayer } from './playback/api.js';

export interface Entry {
  readonly id: number;
  readonly name: string;
  readonly file: File;
  /** The browser keeps it; absent: it was opened in this page only. */
  readonly kept?: KeptFile;
  /** Undefined while it is being read. */
  readonly summary?: RecordingSummary;
  readonly fault?: ReadFault;
}

/** Somebody records into it now, perhaps in another tab: at first there is nothing in it yet that could be read. */
export function isGrowing({ summary, fault }: Entry): boolean {
  return summary?.busy === true || fault?.code === 'busy';
}

export interface LibraryState {
  readonly entries: readonly Entry[];
  /** Bytes; undefined where the browser does not say. */
  readonly storage: { readonly used: number; readonly quota: number } | undefined;
  /** Why what the browser keeps cannot be listed. */
  readonly denied: string | undefined;
}

/** What keeps recordings: the browser's private file system. */
export type Keeper = Pick<typeof browserKept, 'listKept' | 'removeKept' | 'renameKept'>;

/** The part of a Worker that describing needs. */
export interface DescribePort {
  postMessage(message: ToPlayer): void;
}

export class Library {
  readonly #keeper: Keeper;
  readonly #port: DescribePort;
  readonly #onChange: () => void;
  #state: LibraryState = { entries: [], storage: undefined, denied: undefined };
  #nextId = 1;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(port: DescribePort, onChange: () => void, keeper: Keeper = browserKept) {
    this.#port = port;
    this.#onChange = onChange;
    this.#keeper = keeper;
  }

  get state(): LibraryState {
    return this.#state;
  }

  find(id: number): Entry | undefined {
    return this.#state.entries.find((entry) => entry.id === id);
  }

  /** Looks anew at what the browser keeps; one look at a time. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.then(() => this.#look());
    return this.#refreshing;
  }

  /** Adds files that a person has opened; answers their ids. */
  add(files: readonly File[]): number[] {
    const added = files.map((file): Entry => {
      const name = file.name.replace(/\.rcrec$/i, '') || file.name;
      return { id: this.#nextId++, name, file };
    });
    const known = this.#state.entries;
    this.#set({ entries: [...known.filter(isKept), ...added, ...known.filter((entry) => !isKept(entry))] });
    for (const entry of added) this.#describe(entry);
    return added.map(({ id }) => id);
  }

  /** Deletes what the browser keeps, and forgets what was opened. Rejects with why it could not. */
  async remove(id: number): Promise<void> {
    const entry = this.find(id);
    if (entry?.kept !== undefined) await this.#keeper.removeKept(entry.kept.name);
    this.#set({ entries: this.#state.entries.filter((one) => one.id !== id) });
    await this.refresh();
  }

  /** Rejects with why it could not. */
  async rename(id: number, wished: string): Promise<void> {
    const entry = this.find(id);
    if (entry?.kept === undefined) return;
    await this.#keeper.renameKept(entry.kept, wished);
    await this.refresh();
  }

  /** The worker has described one. */
  hear({ id, result }: Extract<FromPlayer, { kind: 'described' }>): void {
    this.#set({
      entries: this.#state.entries.map((entry) => (entry.id === id ? { ...entry, ...result } : entry)),
    });
  }

  async #look(): Promise<void> {
    try {
      const kept = await this.#keeper.listKept();
      const before = new Map(this.#state.entries.filter(isKept).map((entry) => [entry.name, entry]));
      const entries = kept.map((one): Entry => {
        const known = before.get(one.name);
        const same = known !== undefined && isSameFile(known.file, one.file) && !isGrowing(known);
        // The browser's handle of a file is good for one state of it: the newest is used, whatever is known.
        if (same) return { ...known, file: one.file, kept: one };
        return { id: known?.id ?? this.#nextId++, name: one.name, file: one.file, kept: one };
      });
      this.#set({
        entries: [...entries, ...this.#state.entries.filter((entry) => !isKept(entry))],
        denied: undefined,
      });
      for (const entry of entries) if (entry.summary === undefined) this.#describe(entry);
    } catch (error) {
      this.#set({ denied: error instanceof Error ? error.message : String(error) });
    }
    const { usage, quota } = await storageEstimate();
    const storage = usage === undefined || quota === undefined ? undefined : { used: usage, quota };
    this.#set({ storage });
  }

  #describe({ id, file, kept }: Entry): void {
    this.#port.postMessage({
      kind: 'describe',
      id,
      file,
      ...(kept === undefined ? {} : { handle: kept.handle }),
    });
  }

  #set(change: Partial<LibraryState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }
}

const isKept = (entry: Entry) => entry.kept !== undefined;

function isSameFile(a: File, b: File): boolean {
  return a.size === b.size && a.lastModified === b.lastModified;
}

async function storageEstimate(): Promise<StorageEstimate> {
  try {
    return await navigator.storage.estimate();
  } catch {
    return {};
  }
}
