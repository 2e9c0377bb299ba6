/** Holds the page's state, talks to the worker, and is what every button and shortcut calls. */
import { ColourLevel, type QualityName } from '../../../codecs/index.js';
import type { InputAction, Tool } from '../../../engine/protocol/index.js';
import type { Locale } from '../../messages/index.js';
import { SUFFIX } from '../kept-recordings.js';
import { isAutoReason, type Say } from '../messages.js';
import type { SettingsKeeper } from '../settings/settings.js';
import { MAX_NAME } from '../settings/settings.js';
import { download, stamp } from '../ui/download.js';
import { Telling } from '../ui/watched.js';
import { authorOf, shown } from './chat-lines.js';
import { actionsOf, type ChordName } from './input/chords.js';
import type { LabDoor, LabRecord, LabRun, LabTaken } from './lab-api.js';
import { afterNews, type ConsoleState, hasControl, INITIAL_STATE, type PanelName } from './state.js';
import { clampZoom, limitZoom, nextZoom, type ViewChoice } from './view/mapping.js';
import type { Drawing, FromWorker, OverlayMessage, Recorded, ToWorker } from './worker-api.js';

/** The part of a Worker that the controller needs. */
export interface WorkerPort {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
}

/** What is read out of a message while the chat is closed. */
const TOLD_CHARACTERS = 120;

export class Controller extends Telling<ConsoleState> {
  readonly say: Say;
  readonly #keeper: Pick<SettingsKeeper, 'keep'> | undefined;
  #state: ConsoleState;
  #port: WorkerPort | undefined;
  #answers = new Map<number, (news: FromWorker) => void>();
  #nextAnswer = 1;
  /** A recording of this page is complete. */
  onRecorded: ((recorded: Recorded) => void) | undefined;
  /** What this technician has drawn is something else now. */
  onDrawings: ((drawings: readonly Drawing[]) => void) | undefined;
  /** It is to be played. */
  onPlay: ((recorded: Recorded) => void) | undefined;
  /** The page is to speak another language. */
  onLocale: ((locale: Locale) => void) | undefined;
  /** For a laboratory that watches; empty and unknown without one. */
  #records: LabRecord[] = [];
  #offset: LabTaken['offset'];
  /** The newest presented frame; kept apart from the state, which is drawn anew on every change. */
  frame = 0;

  /** `keeper` keeps what the technician sets beyond this page. */
  constructor(say: Say, initial: Partial<ConsoleState> = {}, keeper?: Pick<SettingsKeeper, 'keep'>) {
    super();
    this.say = say;
    this.#keeper = keeper;
    this.#state = { ...INITIAL_STATE, ...initial };
  }

  get state(): ConsoleState {
    return this.#state;
  }

  connect(port: WorkerPort): void {
    this.#port = port;
  }

  /** News from the worker. */
  hear(news: FromWorker): void {
    const before = this.#state;
    if (news.kind === 'frame') this.frame = news.frame;
    if (news.kind === 'records') {
      this.#records.push(...news.records);
      this.#offset = news.offset;
      return;
    }
    if (news.kind === 'drawings') {
      this.onDrawings?.(news.drawings);
      return;
    }
    this.#set(afterNews(before, news, Date.now()));
    this.#comment(before, news);
    if ('id' in news) {
      this.#answers.get(news.id)?.(news);
      this.#answers.delete(news.id);
    }
    if (news.kind === 'recording-failed') {
      const { reason, isFull } = news;
      this.tell(isFull ? this.say('say.recording.full') : this.say('say.recording.failed', { reason }));
    }
    if (news.kind === 'recorded') {
      const { recorded } = news;
      this.onRecorded?.(recorded);
      // What has failed is said already.
      if (recorded.whole) this.tell(this.say(recorded.kept ? 'say.recording.kept' : 'say.recording.off'));
    }
    if (news.kind === 'failed') this.tell(this.say('say.failed', { reason: news.reason }));
    if (news.kind === 'erased') this.#tellErased(news.by, news.whose);
  }

  // -- what the technician may do ------------------------------------------------------------------------

  setQuality(quality: QualityName): void {
    this.#patch({ quality });
    this.#keeper?.keep({ quality });
    this.#send({ kind: 'quality', quality });
    this.tell(this.say('say.quality', { quality: this.say(`quality.${quality}`) }));
  }

  setView(view: ViewChoice): void {
    this.#patch({ view });
    this.#keeper?.keep({ view });
    this.tell(this.say('say.view', { view: viewName(this.say, view) }));
  }

  setZoom(percent: number): void {
    this.setView({ mode: 'zoom', zoom: clampZoom(percent) });
  }

  /** Follows a hand that zooms: in fractions of percent, and without a word for each. */
  zoomTo(percent: number): void {
    this.#follow({ mode: 'zoom', zoom: limitZoom(percent) });
  }

  /** Fits the picture, without a word, as a hand that has let go of it. */
  fit(): void {
    this.#follow({ ...this.#state.view, mode: 'fit' });
  }

  #follow(view: ViewChoice): void {
    this.#patch({ view });
    this.#keeper?.keep({ view });
  }

  /** Shows or hides the row of keys. */
  setKeys(keys: boolean): void {
    this.#patch({ keys });
    this.#keeper?.keep({ keys });
  }

  /** One step of zoom up or down from what is shown now (`shown`, in percent). */
  stepZoom(direction: 1 | -1, shown: number): void {
    this.setZoom(nextZoom(shown, direction));
  }

  /** Asks for the control, or gives it or the wish for it up. With a tool on it means: go on working, without it. */
  toggleControl(): void {
    const { controller, viewer, controlWanted, participants } = this.#state.viewer;
    const hadTool = this.#state.tool !== 'none';
    this.setTool('none');
    if (hadTool && controlWanted) return;
    const wanted = !controlWanted;
    if (wanted && controller !== 0 && controller !== viewer) {
      const name = participants.find((one) => one.viewer === controller)?.name ?? '';
      const place = participants.filter((one) => one.waiting !== undefined).length + 1;
      this.tell(this.say('say.control.busy', { name, place }));
    }
    this.#send({ kind: 'control', wanted });
  }

  /** Gives the control to another technician. */
  handOver(to: number): void {
    const name = this.#state.viewer.participants.find((one) => one.viewer === to)?.name ?? '';
    this.#send({ kind: 'hand-over', to });
    this.tell(this.say('say.control.handed', { name }));
  }

  setTool(tool: Tool): void {
    const before = this.#state.tool;
    if (before === tool) return;
    this.#patch({ tool });
    this.#send({ kind: 'tool', tool });
    if (tool !== 'none') this.tell(this.say(`say.${tool}.on`));
    else if (before !== 'none') this.tell(this.say(`say.${before}.off`));
  }

  toggleTool(tool: Exclude<Tool, 'none'>): void {
    this.setTool(this.#state.tool === tool ? 'none' : tool);
  }

  /** Erases one's own drawings. */
  erase(): void {
    if (this.#state.tool !== 'whiteboard') return;
    this.#send({ kind: 'erase', scope: 'mine' });
    this.tell(this.say('say.erased'));
  }

  /** Erases everybody's drawings; whose they were is said when it is done. */
  eraseAll(): void {
    if (this.#state.tool === 'whiteboard') this.#send({ kind: 'erase', scope: 'all' });
  }

  /** Takes back what one drew last. */
  undo(): void {
    if (this.#state.tool === 'whiteboard') this.#send({ kind: 'undo' });
  }

  toggleRecording(): void {
    this.nameMarker('');
    this.#send({ kind: 'recording', active: !this.#state.recording.active });
  }

  /** Gives the technician the recording that has ended as a file, under the name that it is kept by. */
  saveRecorded(): void {
    const { recorded } = this.#state;
    if (recorded === undefined) return;
    download(recorded.file, recorded.name + SUFFIX);
    this.dismissRecorded();
  }

  playRecorded(): void {
    const { recorded } = this.#state;
    if (recorded !== undefined) this.onPlay?.(recorded);
  }

  dismissRecorded(): void {
    this.#patch({ recorded: undefined });
  }

  /** Holds this moment of the recording; `nameMarker` sets the marker there. */
  beginMarker(): void {
    if (this.#state.recording.active) this.#patch({ markedAt: this.#state.markedAt ?? now() });
  }

  /** Sets the marker that was begun; undefined: does not. Without a text it has a number. */
  nameMarker(text: string | undefined): void {
    const at = this.#state.markedAt;
    if (at === undefined) return;
    this.#patch({ markedAt: undefined });
    if (text === undefined) return;
    this.#send({ kind: 'marker', text: text.trim(), at });
    this.tell(this.say('say.marker'));
  }

  /** What is seen counts as read. */
  setChat(open: boolean): void {
    // What was just told of it is seen there now.
    if (open && this.#state.chat.unread > 0) this.tell('');
    this.#patch({ chat: shown(this.#state.chat, { open }) });
    this.#keeper?.keep({ chat: open });
  }

  setPanel(panel: PanelName): void {
    this.#patch({ panel });
    // The list of keys is looked at, not worked with.
    if (panel !== 'help') this.#keeper?.keep({ panel: panel ?? 'none' });
  }

  togglePanel(panel: PanelName): void {
    this.setPanel(this.#state.panel === panel ? undefined : panel);
  }

  /** What the others see from now on, in this session and the next ones. */
  setName(text: string): void {
    const name = text.trim().slice(0, MAX_NAME);
    if (name === '') return;
    this.#patch({ name, asksName: false });
    this.#keeper?.keep({ name });
    this.#send({ kind: 'name', name });
    this.tell(this.say('say.name', { name }));
  }

  /** The technician does not want to be asked now. */
  leaveNameOpen(): void {
    this.#patch({ asksName: false });
  }

  setLocale(locale: Locale): void {
    this.#keeper?.keep({ locale });
    this.onLocale?.(locale);
    this.#patch({ locale });
  }

  chat(text: string): void {
    this.#send({ kind: 'chat', text, at: now() });
  }

  /** Says again what was not delivered. */
  chatAgain(entry: number): void {
    this.#send({ kind: 'chat-again', entry });
  }

  /** The line that is simulated at this viewer; `none` is the network as it is. */
  setLine(words: string): void {
    this.#patch({ line: words });
    this.#send({ kind: 'line', words });
    this.tell(this.say(words === 'none' ? 'say.line.off' : 'say.line.on'));
  }

  /** Whether the Lab panel's figures are to come with the others. */
  wantFigures(wanted: boolean): void {
    this.#send({ kind: 'figures', wanted });
  }

  /** What a report says of the last minutes; undefined while no figures are wanted. */
  async labRun(): Promise<LabRun | undefined> {
    const news = await this.#ask((id) => ({ kind: 'lab-run', id }));
    return news.kind === 'lab-run' ? news.run : undefined;
  }

  retry(): void {
    this.#send({ kind: 'retry' });
  }

  /** The page is shown again, or the network is back. */
  look(): void {
    this.#send({ kind: 'look' });
  }

  /** Gives the technician the picture as a file: as it is seen, or without `drawings`. */
  async screenshot(drawings = true): Promise<Blob | undefined> {
    if (!this.#state.seen) return undefined;
    const news = await this.#ask((id) => ({ kind: 'screenshot', id, drawings }));
    if (news.kind !== 'screenshot') return undefined;
    if (news.png === undefined) {
      this.tell(this.say('say.screenshot.failed'));
      return undefined;
    }
    download(news.png, `${this.say('file.screenshot')}-${stamp(new Date())}.png`);
    this.tell(this.say('say.screenshot'));
    return news.png;
  }

  /** SHA-256 of the RGB24 pixels that the picture canvas holds, and the frame that they are of. */
  async pictureHash(): Promise<{ sha256: string; frame: number }> {
    const news = await this.#ask((id) => ({ kind: 'hash', id }));
    return news.kind === 'hash' ? news : { sha256: '', frame: 0 };
  }

  /** What a laboratory sees of the page, and may do. */
  readonly lab: LabDoor = {
    watch: () => this.#send({ kind: 'watch' }),
    take: () => ({
      records: this.#records.splice(0),
      viewer: this.#state.viewer,
      offset: this.#offset,
      frame: this.frame,
    }),
    send: (action) => this.#send(action),
  };

  input(action: InputAction, at: number): void {
    this.#send({ kind: 'input', action, at });
  }

  /** Presses keys together that a browser would keep to itself. */
  sendChord(name: ChordName): void {
    for (const action of actionsOf(name)) this.input(action, now());
  }

  overlay(message: OverlayMessage, at: number): void {
    this.#send({ ...message, at });
  }

  setFullScreen(fullScreen: boolean): void {
    this.#patch({ fullScreen });
  }

  showAt(scale: number, visible: boolean): void {
    this.#send({ kind: 'view', scale, visible });
    if (visible !== this.#state.chat.pageSeen) {
      this.#patch({ chat: shown(this.#state.chat, { pageSeen: visible }) });
    }
  }

  leave(): void {
    // What leaving puts away is there again when the page is loaded anew.
    this.onDrawings = undefined;
    this.#send({ kind: 'leave' });
  }

  #ask(question: (id: number) => ToWorker): Promise<FromWorker> {
    const id = this.#nextAnswer++;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#send(question(id));
    });
  }

  #send(message: ToWorker): void {
    this.#port?.postMessage(message);
  }

  #patch(change: Partial<ConsoleState>): void {
    this.#set({ ...this.#state, ...change });
  }

  #set(state: ConsoleState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.changed();
  }

  #commentControl(before: ConsoleState, after: ConsoleState): void {
    const { say } = this;
    if (after.viewer.controlLapsed && !before.viewer.controlLapsed) {
      this.tell(say('say.control.lapsed'));
      return;
    }
    const has = hasControl(after);
    if (has !== hasControl(before)) {
      const given = has && !before.viewer.controlWanted;
      // Who has handed it over was told so.
      const isOver = !has && after.viewer.controller !== 0 && !after.viewer.controlWanted;
      if (!isOver) this.tell(say(given ? 'say.control.given' : has ? 'say.control.on' : 'say.control.off'));
    }
  }

  /** Somebody has erased everybody's drawings. */
  #tellErased(by: number, whose: readonly number[]): void {
    const { say } = this;
    const { viewer, participants } = this.#state.viewer;
    const nameOf = (id: number) => participants.find((one) => one.viewer === id)?.name ?? '';
    if (by !== viewer) {
      this.tell(say('say.erased.by', { name: nameOf(by) }));
      return;
    }
    const others = whose.filter((id) => id !== viewer);
    const names = others.map(nameOf).join(', ');
    this.tell(others.length === 0 ? say('say.erased.all') : say('say.erased.all.of', { names }));
  }

  /** Says what has changed behind the technician's back. */
  #comment(before: ConsoleState, news: FromWorker): void {
    const { say } = this;
    if (news.kind === 'viewer') {
      const after = this.#state;
      this.#commentControl(before, after);
      const host = after.viewer.host;
      if (host !== before.viewer.host && host !== 'unknown') {
        if (host !== 'present' || before.viewer.host === 'away') this.tell(say(`say.host.${host}`));
      }
      const { kind } = after.viewer.connection;
      const wasJoined = before.viewer.connection.kind === 'joined';
      if (kind === 'joined' && !wasJoined) this.tell(say('say.link.open'));
      if (kind !== 'joined' && wasJoined)
        this.tell(say(kind === 'ended' ? 'say.host.ended' : 'say.link.lost'));
    }
    if (news.kind === 'chat' && this.#state.chat.unread > before.chat.unread) {
      const { text } = news.entry;
      const short = text.length > TOLD_CHARACTERS ? `${text.slice(0, TOLD_CHARACTERS)}…` : text;
      this.tell(say('say.chat', { name: authorOf(say, this.#state.viewer, news.entry), text: short }));
    }
    if (news.kind === 'recording' && news.recording.active && !before.recording.active) {
      this.tell(say('say.recording.on'));
    }
  }
}

/** The clock that page and worker share, in microseconds. */
export function now(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}

export function viewName(say: Say, view: ViewChoice): string {
  return view.mode === 'zoom'
    ? say('view.zoom', { percent: Math.round(view.zoom) })
    : say(`view.${view.mode}`);
}

/** What the quality button says: the wish, and for `auto` what it comes to. */
export function qualityName(say: Say, state: ConsoleState): string {
  const { auto } = state.viewer;
  if (state.quality !== 'auto' || auto === undefined) return say(`quality.${state.quality}`);
  if (auto.text !== ColourLevel.High) return say('quality.auto.now', { now: say('quality.auto.fewer') });
  const isExact = auto.quality === 0;
  const now = isExact ? say('quality.auto.exact') : say('quality.auto.lossy', { quality: auto.quality });
  return say('quality.auto.now', { now });
}

/** Why the auto stream is coded as it is; undefined where this page does not know the reason. */
export function autoReason(say: Say, state: ConsoleState): string | undefined {
  const reason = `auto.${state.viewer.auto?.reason}`;
  return isAutoReason(reason) ? say(reason) : undefined;
}
