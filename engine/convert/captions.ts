/** What is said beside the pictures: chapters and subtitles, from the session's states, notices and chat. */
import { type QualityName, SightlineError, STREAM_NAMES, type StreamLevel } from '../../codecs/index.js';
import { decodeNotice, Track } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { type Control, decodeChat, decodeControl, type Participant } from '../protocol/index.js';
import type { Played } from '../recording/index.js';

/** Sentences in the reader's language. */
export interface ConversionWords {
  readonly start: string;
  joined(name: string): string;
  left(name: string): string;
  controls(name: string): string;
  readonly nobodyControls: string;
  records(name: string): string;
  /** Everyone was told that this person records. */
  told(name: string): string;
  /** Somebody was asked for consent to `text`, and has given it or not. */
  consents(name: string, text: string): string;
  refuses(name: string, text: string): string;
  recordingEnded(reason: string): string;
  readonly hostAway: string;
  readonly hostBack: string;
  readonly hostEnded: string;
  says(name: string, text: string): string;
  level(level: QualityName): string;
  size(width: number, height: number): string;
  /** Names of tracks. */
  readonly screen: string;
  readonly screenWithOverlays: string;
  readonly events: string;
}

export interface Caption {
  readonly text: string;
  /** How long it is to be read. */
  readonly duration: Micros;
  /** Something begins here that a viewer may want to jump to. */
  readonly isChapter: boolean;
}

/** Time to notice a line, and to read each of its characters; within bounds. */
const NOTICE_TIME: Micros = 1_500_000;
const CHARACTER_TIME: Micros = 60_000;
const SHORTEST: Micros = 2_500_000;
const LONGEST: Micros = 8_000_000;
/** Characters of a chat message that a picture has room for. */
const LONGEST_TEXT = 300;
/** It is not seen, and keeps what is on both sides of it apart from any meaning. */
const WORD_JOINER = '\u2060';

export class Captions {
  readonly #words: ConversionWords;
  #participants: ReadonlyMap<number, Participant> | undefined;
  #controller = 0;
  #host: Control<'host-state'>['state'] | undefined;
  #level: StreamLevel | undefined;
  #size = '';

  constructor(words: ConversionWords) {
    this.#words = words;
  }

  /** What is to be said of what has just been played. Of what is past nothing is said, but it is known then. */
  of(played: Played): Caption[] {
    if (played.kind === 'frame') return this.#frame(played).map((text) => caption(text, true));
    const { track, message, past } = played;
    try {
      const lines = this.#lines(track, message);
      return past ? [] : lines.map((text) => caption(text, track !== Track.Chat));
    } catch (error) {
      if (error instanceof SightlineError) return [];
      throw error;
    }
  }

  #lines(track: number, message: Uint8Array): string[] {
    if (track === Track.State) return this.#state(message);
    if (track === Track.Notice) return this.#notice(message);
    return track === Track.Chat ? this.#chat(message) : [];
  }

  #frame({ level, width, height }: Extract<Played, { kind: 'frame' }>): string[] {
    const lines: string[] = [];
    const size = `${width}x${height}`;
    if (this.#level !== undefined && level !== this.#level)
      lines.push(this.#words.level(STREAM_NAMES[level]));
    if (this.#size !== '' && size !== this.#size) lines.push(this.#words.size(width, height));
    this.#level = level;
    this.#size = size;
    return lines;
  }

  /** What was said before the recording began is not said now. */
  #chat(message: Uint8Array): string[] {
    const { name, text, earlier } = decodeChat(message);
    return earlier ? [] : [this.#words.says(name, text.slice(0, LONGEST_TEXT))];
  }

  /** Of kinds that later versions write, their text. */
  #notice(message: Uint8Array): string[] {
    const words = this.#words;
    const { kind, viewer = 0, name = '', given, text = '' } = decodeNotice(message);
    if (kind === 'told') return [words.told(this.#participants?.get(viewer)?.name ?? String(viewer))];
    if (kind === 'consent') return [given === true ? words.consents(name, text) : words.refuses(name, text)];
    if (kind === 'ended') return [words.recordingEnded(text)];
    return text === '' ? [] : [text];
  }

  #state(message: Uint8Array): string[] {
    const control = decodeControl(message);
    if (control.type === 'participants') return this.#people(control);
    return control.type === 'host-state' ? this.#hostState(control) : [];
  }

  #people({ list, controller }: Control<'participants'>): string[] {
    const words = this.#words;
    const before = this.#participants;
    const now = new Map(list.map((person) => [person.viewer, person]));
    this.#participants = now;
    const lastController = this.#controller;
    this.#controller = controller;
    if (before === undefined) return [];
    const lines: string[] = [];
    for (const person of list) {
      const old = before.get(person.viewer);
      if (old === undefined) lines.push(words.joined(person.name));
      if (person.recording && old?.recording !== true) lines.push(words.records(person.name));
    }
    for (const person of before.values()) if (!now.has(person.viewer)) lines.push(words.left(person.name));
    if (controller !== lastController) {
      const person = now.get(controller);
      lines.push(person === undefined ? words.nobodyControls : words.controls(person.name));
    }
    return lines;
  }

  #hostState({ state }: Control<'host-state'>): string[] {
    const before = this.#host;
    this.#host = state;
    if (before === undefined || before === state) return [];
    const words = this.#words;
    return [{ present: words.hostBack, away: words.hostAway, ended: words.hostEnded }[state]];
  }
}

/** Players take `<` and `{` for marks of style, and an empty line for the end: they are made harmless. */
function caption(line: string, isChapter: boolean): Caption {
  const text = line.replace(/\n\s*\n/g, '\n').replace(/[<{]/g, `$&${WORD_JOINER}`);
  const duration = Math.max(SHORTEST, Math.min(LONGEST, NOTICE_TIME + text.length * CHARACTER_TIME));
  return { text, duration, isChapter };
}
