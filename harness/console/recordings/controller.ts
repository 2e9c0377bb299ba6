/** The Recordings tab: the list, the recording that is open, and what buttons do to them. */

import { pickLocale } from '../../messages/index.js';
import { SUFFIX } from '../kept-recordings.js';
import type { Say } from '../messages.js';
import { download, stamp } from '../ui/download.js';
import { Telling } from '../ui/watched.js';
import { type Conversion, Conversions } from './conversions.js';
import { Library, type LibraryState } from './library.js';
import { OpenPlayer } from './open-player.js';
import type { ConversionWishes, FromPlayer, ToPlayer } from './playback/api.js';

export interface RecordingsState {
  readonly library: LibraryState;
  readonly player: OpenPlayer | undefined;
  readonly conversions: readonly Conversion[];
}

/** Starts a worker that reads recordings; `hear` gets its news. */
export type StartWorker = (hear: (news: FromPlayer) => void) => {
  postMessage(message: ToPlayer, transfer?: Transferable[]): void;
  terminate(): void;
};

export class RecordingsController extends Telling<RecordingsState> {
  readonly say: Say;
  readonly #startWorker: StartWorker;
  readonly #library: Library;
  readonly #conversions: Conversions;
  #player: OpenPlayer | undefined;

  constructor(say: Say, startWorker: StartWorker) {
    super();
    this.say = say;
    this.#startWorker = startWorker;
    const reader = startWorker((news) => news.kind === 'described' && this.#library.hear(news));
    this.#library = new Library(reader, () => this.changed());
    this.#conversions = new Conversions(startWorker, (changed) => this.#converted(changed));
  }

  get state(): RecordingsState {
    return { library: this.#library.state, player: this.#player, conversions: this.#conversions.list };
  }

  refresh(): void {
    void this.#library.refresh();
  }

  /** Takes files into the list. */
  collect(files: readonly File[]): void {
    this.#library.add(files);
  }

  /** Takes files that were picked or dropped; one alone is opened at once. */
  add(files: readonly File[]): void {
    const ids = this.#library.add(files);
    if (ids.length === 1) this.open(ids[0]!);
    else if (ids.length > 1) this.close();
  }

  open(id: number): void {
    const entry = this.#library.find(id);
    if (entry === undefined) return;
    this.#player?.close();
    const start = () => this.#startWorker((news) => player.hear(news));
    const player: OpenPlayer = new OpenPlayer(entry, start(), start());
    this.#player = player;
    this.changed();
  }

  /** Opens the one that the browser keeps under this name, or that this page alone has. */
  async openNamed(name: string, kept: boolean): Promise<void> {
    if (kept) await this.#library.refresh();
    const entry = this.#library.state.entries.find(
      (one) => one.name === name && (one.kept !== undefined) === kept,
    );
    if (entry !== undefined) this.open(entry.id);
  }

  /** Back to the list. */
  close(): void {
    this.#player?.close();
    this.#player = undefined;
    this.changed();
    this.refresh();
  }

  save(id: number): void {
    const entry = this.#library.find(id);
    if (entry !== undefined) download(entry.file, entry.name + SUFFIX);
  }

  async remove(id: number): Promise<void> {
    const { say } = this;
    const entry = this.#library.find(id);
    if (entry === undefined) return;
    try {
      await this.#library.remove(id);
      this.tell(
        say(entry.kept === undefined ? 'recordings.forgotten' : 'recordings.deleted', { name: entry.name }),
      );
    } catch (error) {
      this.tell(say('recordings.delete.failed', { reason: reasonOf(error) }));
    }
  }

  async rename(id: number, name: string): Promise<void> {
    try {
      await this.#library.rename(id, name);
    } catch (error) {
      this.tell(this.say('recordings.rename.failed', { reason: reasonOf(error) }));
    }
  }

  async screenshot(): Promise<void> {
    const png = await this.#player?.screenshot();
    if (png === undefined) return;
    download(png, `${this.say('file.screenshot')}-${stamp(new Date())}.png`);
    this.tell(this.say('say.screenshot'));
  }

  /** Makes a video of the recording that is open; the person goes on meanwhile. */
  convert(wishes: ConversionWishes): void {
    if (this.#player === undefined) return;
    const locale = pickLocale([document.documentElement.lang]);
    this.#conversions.start(this.#player.entry, wishes, location.href, locale);
  }

  /** Ends a conversion, or takes one that has ended off the list. */
  cancelConversion(id: number): void {
    this.#conversions.cancel(id);
  }

  saveConversion({ file, fileName }: Conversion): void {
    if (file !== undefined) download(file, fileName);
  }

  get isConverting(): boolean {
    return this.#conversions.areRunning;
  }

  #converted(changed: Conversion): void {
    if (changed.phase === 'done') {
      this.saveConversion(changed);
      this.tell(this.say('convert.done', { name: changed.fileName }));
    }
    this.changed();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
