/**
 * What happens in a session, from the messages of a recording's state, chat and notice tracks: who comes, goes,
 * controls and records, what the host does, what is said, told and marked. Chapters and subtitles are made of it. Memory is
 * bounded whatever the recording holds.
 */
import { SightlineError } from '../../codecs/index.js';
import { decodeNotice, type RecordingNotice, Track } from '../../codecs/recording/index.js';
import type { Micros } from '../clock.js';
import { type Control, decodeChat, decodeControl, type Participant } from '../protocol/index.js';

export type SessionEvent =
  | { readonly kind: 'joined' | 'left' | 'control'; readonly name: string }
  | { readonly kind: 'records'; readonly name: string }
  /** Nobody controls the host any more. */
  | { readonly kind: 'released' }
  | { readonly kind: 'host'; readonly state: Control<'host-state'>['state'] }
  | SaidEvent
  | MarkerEvent
  /** `name` is that of `notice.viewer`, where it is known. */
  | { readonly kind: 'notice'; readonly notice: RecordingNotice; readonly name: string };

export interface SaidEvent {
  readonly kind: 'chat';
  /** Empty where the recording does not tell it. */
  readonly name: string;
  readonly text: string;
  /** When it was said, in the recording; less than 0: before that began. */
  readonly at: Micros;
  /** It is told only now: to who came later, or whose connection was lost. */
  readonly late: boolean;
}

/** Somebody set a marker. */
export interface MarkerEvent {
  readonly kind: 'marker';
  /** From 1. */
  readonly number: number;
  /** Empty where it was not named. */
  readonly text: string;
  /** When it was set, in the recording. */
  readonly at: Micros;
  /** It is told only now that it has its text. */
  readonly late: boolean;
}

/** What is kept to know what was said already. */
const MAX_CHAT_CHARACTERS = 2_000_000;

export class SessionEvents {
  #people: ReadonlyMap<number, Participant> | undefined;
  #controller = 0;
  #host: Control<'host-state'>['state'] | undefined;
  /** What was said already, by author, number and time: after a lost connection it is told again. */
  readonly #said = new Set<string>();
  #characters = 0;
  /** The recording's time less the relay's. */
  #ahead: Micros;
  #hasHeard = false;

  /** `startedAt`: when the recording did, milliseconds since 1970; it counts until a message tells the relay's time. */
  constructor(startedAt: number) {
    this.#ahead = -startedAt * 1000;
  }

  /**
   * What a message of any track, recorded at `time`, says has happened; nothing for a malformed one: the others tell the
   * rest.
   */
  of(track: number, message: Uint8Array, time: Micros): SessionEvent[] {
    try {
      if (track === Track.State) return this.#state(message);
      if (track === Track.Notice) return this.#notice(message, time);
      return track === Track.Chat ? this.#chat(message, time) : [];
    } catch (error) {
      if (error instanceof SightlineError) return [];
      throw error;
    }
  }

  #state(message: Uint8Array): SessionEvent[] {
    const control = decodeControl(message);
    if (control.type === 'participants') return this.#participants(control);
    return control.type === 'host-state' ? this.#hostState(control.state) : [];
  }

  /** Who was there at the start is no event. */
  #participants({ list, controller }: Control<'participants'>): SessionEvent[] {
    const before = this.#people;
    const now = new Map(list.map((person) => [person.viewer, person]));
    const hasControl = controller !== this.#controller;
    this.#people = now;
    this.#controller = controller;
    if (before === undefined) return [];
    const events: SessionEvent[] = [];
    for (const { viewer, name, recording } of now.values()) {
      const old = before.get(viewer);
      if (old === undefined) events.push({ kind: 'joined', name });
      if (recording && old?.recording !== true) events.push({ kind: 'records', name });
    }
    for (const { viewer, name } of before.values()) if (!now.has(viewer)) events.push({ kind: 'left', name });
    if (!hasControl) return events;
    const person = now.get(controller);
    if (person !== undefined) events.push({ kind: 'control', name: person.name });
    else if (controller === 0) events.push({ kind: 'released' });
    return events;
  }

  /** That the host was there at the start is no event. */
  #hostState(state: Control<'host-state'>['state']): SessionEvent[] {
    const before = this.#host ?? 'present';
    this.#host = state;
    return state === before ? [] : [{ kind: 'host', state }];
  }

  #chat(message: Uint8Array, time: Micros): SessionEvent[] {
    const { viewer, sequence, sentAt, name, text, earlier } = decodeChat(message);
    // What the relay has not passed on yet comes again when it has.
    if (sentAt === 0) return [];
    if (!earlier) this.#heard(time - sentAt);
    const key = `${viewer} ${sequence} ${sentAt}`;
    this.#characters += text.length;
    if (this.#said.has(key) || this.#characters > MAX_CHAT_CHARACTERS) return [];
    this.#said.add(key);
    // The clocks of relay and recorder are not the same: nothing is heard before it is said.
    const at = earlier ? Math.min(time, Math.round(sentAt + this.#ahead)) : time;
    return [{ kind: 'chat', name, text, at, late: earlier }];
  }

  /** A message that came at once tells what the relay's clock says; the quickest one tells it best. */
  #heard(ahead: Micros): void {
    this.#ahead = this.#hasHeard ? Math.min(this.#ahead, ahead) : ahead;
    this.#hasHeard = true;
  }

  #notice(message: Uint8Array, time: Micros): SessionEvent[] {
    const notice = decodeNotice(message);
    const { kind, number, text = '' } = notice;
    if (kind === 'marker' && number !== undefined) {
      const at = Math.min(time, notice.at ?? time);
      return [{ kind, number, text, at, late: at < time }];
    }
    const { viewer = 0, name = this.#people?.get(viewer)?.name ?? '' } = notice;
    return [{ kind: 'notice', notice, name }];
  }
}
