/** What is said beside the pictures: chapters and subtitles, from the session's states, notices and chat. */
import { STREAM_NAMES, type StreamLevel } from '../../codecs/index.js';
import type { RecordingNotice } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { type Played, type SessionEvent, SessionEvents } from '../recording/index.js';
import type { LateEvent } from './survey.js';
import type { ConversionWords } from './types.js';

export interface Caption {
  /** When, in the recording. */
  readonly at: Micros;
  readonly text: string;
  /** How long it is to be read. */
  readonly duration: Micros;
  /** Something begins here that a viewer may want to jump to; a marker even where another chapter is near. */
  readonly chapter: 'none' | 'event' | 'marker';
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
  readonly #events: SessionEvents;
  /** What is told late and not yet said here. */
  readonly #late: LateEvent[];
  #level: StreamLevel | undefined;
  #size = '';

  /** `startedAt` is the recording's; `late`, in order, is what it tells too late. */
  constructor(words: ConversionWords, startedAt: number, late: readonly LateEvent[]) {
    this.#words = words;
    this.#events = new SessionEvents(startedAt);
    this.#late = [...late];
  }

  /** What is to be said of what has just been played. Of what is past nothing is said, but it is known then. */
  of(played: Played): Caption[] {
    const { time } = played;
    const captions = this.#until(time);
    if (played.kind === 'frame') {
      for (const text of this.#frame(played)) captions.push(caption(text, time, 'event'));
      return captions;
    }
    const happened = this.#events.of(played.track, played.message, time);
    if (played.past) return [];
    for (const event of happened) {
      // What is told late has had its own time, or was before all of this.
      if ('late' in event && event.late) continue;
      for (const text of this.#lines(event)) captions.push(caption(text, time, chapterOf(event)));
    }
    return captions;
  }

  /** What is told late up to a moment, each at its own. */
  #until(time: Micros): Caption[] {
    const later = this.#late.findIndex(({ at }) => at > time);
    const told = this.#late.splice(0, later === -1 ? this.#late.length : later);
    return told.flatMap((event) =>
      this.#lines(event).map((text) => caption(text, event.at, chapterOf(event))),
    );
  }

  #lines(event: SessionEvent): string[] {
    const words = this.#words;
    switch (event.kind) {
      case 'joined':
        return [words.joined(event.name)];
      case 'left':
        return [words.left(event.name)];
      case 'records':
        return [words.records(event.name)];
      case 'control':
        return [words.controls(event.name)];
      case 'released':
        return [words.nobodyControls];
      case 'host':
        return [{ present: words.hostBack, away: words.hostAway, ended: words.hostEnded }[event.state]];
      case 'chat':
        return [words.says(event.name, event.text.slice(0, LONGEST_TEXT))];
      case 'marker':
        return [event.text || words.marker(event.number)];
      case 'notice':
        return this.#notice(event.notice, event.name);
    }
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

  /** Of kinds that later versions write, their text. */
  #notice({ kind, viewer = 0, given, text = '' }: RecordingNotice, name: string): string[] {
    const words = this.#words;
    if (kind === 'told') return [words.told(name === '' ? String(viewer) : name)];
    if (kind === 'consent') return [given === true ? words.consents(name, text) : words.refuses(name, text)];
    if (kind === 'ended') return [words.recordingEnded(text)];
    return text === '' ? [] : [text];
  }
}

function chapterOf({ kind }: SessionEvent): Caption['chapter'] {
  return kind === 'chat' ? 'none' : kind === 'marker' ? 'marker' : 'event';
}

/** Players take `<` and `{` of SubRip for marks of style, and an empty line for the end: they are made harmless. */
function caption(line: string, at: Micros, chapter: Caption['chapter']): Caption {
  const text = line.replace(/\n\s*\n/g, '\n').replace(/[<{]/g, `$&${WORD_JOINER}`);
  const duration = Math.max(SHORTEST, Math.min(LONGEST, NOTICE_TIME + text.length * CHARACTER_TIME));
  return { at, text, duration, chapter };
}
