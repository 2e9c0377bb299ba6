/**
 * What brings viewers up to date, while it is on its way: coded at once, from one picture, and sent slice by slice as
 * the line takes it. Frames of the streams go between the slices, and several answers take turns, so that nobody waits
 * for what another needs. A viewer counts as given when the last slice has gone.
 */
import type { StreamLevel } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { encodeControl, FIRST_GROUP } from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import { Uplink } from './uplink.js';

/** Answers under way: each is kept coded. */
const MOST_ANSWERS = 4;

export interface Answer {
  readonly level: StreamLevel;
  readonly frame: number;
  /** 0: the whole picture. */
  readonly base: number;
  /** Who waits for it. One who leaves, or needs another, is taken out. */
  readonly viewers: Set<number>;
  /** What the slices are addressed to. */
  readonly address: number;
  /** Nobody else of the level is up to date: its stream waits for the end. */
  readonly isAlone: boolean;
  /** There is nobody whose frames it could hold up: it goes at once. */
  readonly isUrgent: boolean;
  /** Slices that are still to be sent; none before it is coded. */
  readonly slices: Uint8Array[];
  next: number;
  isCoded: boolean;
}

export interface AnswersPort<T extends Answer> {
  link(): Link | undefined;
  /** A slice has gone. */
  sent(answer: T, bytes: number): void;
  /** An answer has gone whole. */
  done(answer: T): void;
  /** An answer could not be sent to its end: these viewers still need one. */
  failed(answer: T): void;
  /** Another slice may be sent. */
  wake(): void;
}

export class Answers<T extends Answer> {
  readonly #port: AnswersPort<T>;
  readonly #uplink: Uplink;
  /** The next to take its turn is first. */
  #answers: T[] = [];

  constructor(clock: Clock, port: AnswersPort<T>) {
    this.#port = port;
    this.#uplink = new Uplink(clock, () => port.wake());
  }

  get size(): number {
    return this.#answers.length;
  }

  /** Whether there is room for another, which should be coded as late as can be. */
  get mayBegin(): boolean {
    return this.#answers.length < MOST_ANSWERS && this.#uplink.isOpen();
  }

  /** Whether a whole picture is under way: the next waits for its end, and whoever asks until then shares it. */
  get hasWhole(): boolean {
    return this.#answers.some(({ base }) => base === 0);
  }

  /** Bytes that are coded and wait. */
  get bytes(): number {
    let bytes = this.#uplink.bytesInFlight;
    for (const { slices, next } of this.#answers) {
      for (let slice = next; slice < slices.length; slice++) bytes += slices[slice]!.byteLength;
    }
    return bytes;
  }

  /** Whether the level's stream has to wait. */
  holds(level: StreamLevel): boolean {
    return this.#answers.some((answer) => answer.isAlone && answer.level === level);
  }

  /** Whether an answer to this viewer is under way. */
  isFor(viewer: number): boolean {
    return this.#answers.some(({ viewers }) => viewers.has(viewer));
  }

  /** An answer under way of which that is true. */
  find(is: (answer: T) => boolean): T | undefined {
    return this.#answers.find(is);
  }

  /** Whether anything is under way to viewers of a level. */
  has(level: StreamLevel): boolean {
    return this.#answers.some((answer) => answer.level === level);
  }

  /** Bytes that a slice should have. @param rate As far as the streams' windows know it, bytes per second. */
  sliceBytes(rate: number): number {
    return this.#uplink.sliceBytes(rate);
  }

  begin(answer: T): void {
    this.#answers.push(answer);
  }

  /** It is coded, and goes as the line takes it. */
  coded(answer: T): void {
    answer.isCoded = true;
    if (!this.#answers.includes(answer)) return;
    if (!answer.isUrgent) return;
    while (this.#answers.includes(answer)) this.#sendSlice(answer);
  }

  /** Sends one slice, if the line takes one. Throws what sending threw; the answer has failed then. */
  sendNext(): boolean {
    const answer = this.#answers.find(({ isCoded }) => isCoded);
    if (answer === undefined || !this.#uplink.isOpen()) return false;
    this.#sendSlice(answer);
    return true;
  }

  /** The relay has so many addressed slices of this link. */
  received(slices: number): void {
    this.#uplink.received(slices);
  }

  /** A viewer needs none, or another one: what is under way to nobody is not sent to its end. */
  leave(viewer: number): void {
    for (const answer of this.#answers) answer.viewers.delete(viewer);
    this.#answers = this.#answers.filter(({ viewers }) => viewers.size > 0);
  }

  /** It is not sent to its end. */
  drop(answer: T): void {
    this.#answers = this.#answers.filter((one) => one !== answer);
  }

  /** It could not be coded. */
  abandon(answer: T): void {
    this.drop(answer);
    this.#port.failed(answer);
  }

  /** What was coded is of no use any more: all who wait need another. */
  abandonAll(): void {
    for (const answer of [...this.#answers]) this.abandon(answer);
  }

  /** The link is lost. */
  reset(): void {
    this.#answers = [];
    this.#uplink.reset();
  }

  #sendSlice(answer: T): void {
    const link = this.#port.link();
    const slice = answer.slices[answer.next];
    try {
      if (slice !== undefined && link !== undefined) {
        if (answer.next === 0 && answer.address >= FIRST_GROUP) link.send(announcement(answer));
        link.send(slice);
        // The link may have closed over it: then nothing is under way any more.
        if (!this.#answers.includes(answer)) return;
        this.#uplink.sent(slice.byteLength, !answer.isUrgent);
        this.#port.sent(answer, slice.byteLength);
      }
    } catch (error) {
      this.abandon(answer);
      throw error;
    }
    answer.next++;
    this.drop(answer);
    if (answer.next < answer.slices.length) this.#answers.push(answer);
    else this.#port.done(answer);
  }
}

function announcement({ address, viewers }: Answer): Uint8Array {
  return encodeControl({ type: 'answer', group: address, viewers: [...viewers] });
}
