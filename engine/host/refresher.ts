/**
 * Brings viewers up to date who came, changed their level, or were cut. Who watches one level and wants the same is
 * given it together; a viewer whose answer could not be coded or sent goes on wanting it, and is tried again.
 */
import { AUTO_STREAM, type StreamLevel } from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';
import type { CodedPacket, DisplayPipeline, Packet } from '../display/index.js';
import { FIRST_GROUP } from '../protocol/index.js';
import type { Link } from '../transport/link.js';
import { type Answer, Answers } from './answers.js';
import type { Audience, Viewer } from './audience.js';

/** Wait after an answer that failed; doubles each time up to the longest. */
const FIRST_RETRY: Micros = 250_000;
const LONGEST_RETRY: Micros = 8_000_000;
/**
 * Viewers who were behind after so many answers in a row get the next in one piece, with no frame between its slices:
 * on a screen that never rests they would be behind for ever. It is as large as a frame or two of that screen.
 */
const MOST_BEHIND = 2;
/** A whole picture of which no more than this was sent is begun anew for those who come, once. */
const JUST_BEGUN = 1 / 8;
/** A slice of what goes at once: 16 seconds of a modem, in which something should be heard. */
const URGENT_SLICE_BYTES = 65_536;
/** So many answers that could not be coded, one after the other, and the pipeline is not relied on any more. */
const MOST_FAULTS = 2;

export interface RefresherPort {
  link(): Link | undefined;
  /** There may be something to do. */
  wake(): void;
  /** An answer is coded: it is about to be sent. */
  coded(packet: Packet, coded: CodedPacket, viewers: Iterable<number>): void;
  /** It has gone whole. */
  sent(packet: Packet, coded: CodedPacket, encodeAt: Micros, viewers: Iterable<number>): void;
  /** The pipeline is no longer to be relied on. */
  broken(): void;
}

/** An answer, and what it was asked by. */
interface Asked extends Answer {
  readonly group: readonly Viewer[];
  readonly askedBase: number;
  readonly askedAt: Micros;
  readonly packet: Packet;
  readonly encodeAt: Micros;
  /** Whether it was begun anew for somebody who came. */
  readonly isSecond: boolean;
  result: CodedPacket | undefined;
}

export class Refresher {
  readonly #clock: Clock;
  readonly #audience: Audience;
  readonly #port: RefresherPort;
  readonly #answers: Answers<Asked>;
  readonly counts = { refreshes: 0, wholePictures: 0, sharedPictures: 0, failedRefreshes: 0 };
  #groups = 0;
  #failures = 0;
  #faults = 0;
  #isSecond = false;
  #cancelRetry: (() => void) | undefined;

  constructor(clock: Clock, audience: Audience, port: RefresherPort) {
    this.#clock = clock;
    this.#audience = audience;
    this.#port = port;
    this.#answers = new Answers(clock, {
      link: () => port.link(),
      wake: () => port.wake(),
      sent: (answer, bytes) => {
        // Nobody else acknowledges frames of this level.
        if (answer.isAlone) audience.level(answer.level)?.window.sent(answer.frame, bytes, clock.now());
      },
      done: (answer) => {
        this.#failures = 0;
        const isBehind = (audience.level(answer.level)?.stream.last ?? 0) > answer.frame;
        for (const viewer of answer.group) viewer.behind = isBehind ? viewer.behind + 1 : 0;
        port.sent(answer.packet, answer.result!, answer.encodeAt, answer.viewers);
      },
      failed: (answer) => this.#failed(answer),
    });
  }

  /** Answers under way. */
  get size(): number {
    return this.#answers.size;
  }

  /** Bytes that are coded and wait to be sent, or are on their way to the relay. */
  get bytes(): number {
    return this.#answers.bytes;
  }

  /** Whether somebody waits who may be given the newest picture now. */
  get mayBegin(): boolean {
    return this.#cancelRetry === undefined && this.#answers.mayBegin && this.#nextGroup() !== undefined;
  }

  /** Whether the level's stream has to wait for what brings its only viewers up to date. */
  holds(level: StreamLevel): boolean {
    return this.#answers.holds(level);
  }

  /** Whether viewers of the level are being brought up to date: what would only sharpen its picture waits. */
  isAnswering(level: StreamLevel): boolean {
    return this.#answers.has(level);
  }

  /** A viewer asks. @param again It has asked before, and may be being answered. */
  wants(viewer: Viewer, base: number, again: boolean): void {
    if (again && (viewer.wants !== undefined || this.#answers.isFor(viewer.id))) return;
    this.#answers.leave(viewer.id);
    this.#audience.wantsRefresh(viewer, base, this.#clock.now());
    if (base === 0) this.#shareWithLate(viewer);
  }

  /** A viewer is gone, or watches something else. */
  leave(viewer: number): void {
    this.#answers.leave(viewer);
  }

  /** The relay has so many addressed slices of this link. */
  received(slices: number): void {
    this.#answers.received(slices);
  }

  /** Sends one slice of what is under way, or codes what is asked. False: there is nothing to do now. */
  step(pipeline: DisplayPipeline): boolean | Promise<unknown> {
    if (this.#answers.sendNext()) return true;
    if (!this.mayBegin) return false;
    return this.#begin(pipeline, this.#nextGroup()!);
  }

  /** The pictures that were coded are of no use any more. */
  startOver(): void {
    this.#answers.abandonAll();
    this.#failures = 0;
    this.#faults = 0;
    this.#stopWaiting();
  }

  /** The link is lost, and everybody with it. */
  reset(): void {
    this.#answers.reset();
    this.#failures = 0;
    this.#stopWaiting();
  }

  /** Who comes when a whole picture has just been begun gets the same, if that is begun anew. */
  #shareWithLate({ id, level }: Viewer): void {
    const begun = this.#answers.find(
      (answer) =>
        answer.level === level &&
        answer.base === 0 &&
        answer.isCoded &&
        !answer.isSecond &&
        !answer.viewers.has(id),
    );
    if (begun === undefined || begun.next > begun.slices.length * JUST_BEGUN) return;
    this.#answers.drop(begun);
    this.#takeBack(begun);
    this.#isSecond = true;
  }

  #nextGroup(): readonly [Viewer, ...Viewer[]] | undefined {
    return this.#audience.nextGroup(!this.#answers.hasWhole);
  }

  #begin(pipeline: DisplayPipeline, group: readonly [Viewer, ...Viewer[]]): boolean | Promise<unknown> {
    const [first] = group;
    const { level } = first;
    const { base, askedAt } = first.wants!;
    const audience = this.#audience;
    const isAlone = !audience.hasOthersInStream(first);
    const isNobodyElse = this.#answers.size === 0 && !audience.isAnyoneInStream;
    const isUrgent = isNobodyElse || first.behind >= MOST_BEHIND;
    const address = group.length === 1 ? first.id : FIRST_GROUP + (this.#groups++ % FIRST_GROUP);
    const auto = level === AUTO_STREAM ? audience.auto : undefined;
    const packet =
      auto?.refresh(pipeline, address, first.id, base, askedAt, !isAlone) ??
      pipeline.refresh(level, address, base, askedAt);
    const answer: Asked = {
      level,
      frame: packet.frame,
      base: packet.base,
      viewers: new Set(group.map(({ id }) => id)),
      address,
      isAlone,
      isUrgent,
      slices: [],
      next: 0,
      isCoded: false,
      group,
      askedBase: base,
      askedAt,
      packet,
      encodeAt: this.#clock.now(),
      isSecond: packet.base === 0 && this.#isSecond,
      result: undefined,
    };
    if (packet.base === 0) this.#isSecond = false;
    this.counts.refreshes++;
    if (packet.base === 0) this.counts.wholePictures++;
    if (group.length > 1) this.counts.sharedPictures++;
    audience.isGiven(group, packet.frame, isAlone);
    this.#answers.begin(answer);
    const sliceBytes = isUrgent ? URGENT_SLICE_BYTES : this.#answers.sliceBytes(audience.bestRate);
    const limited = { ...packet, sliceBytes };
    const coded = (result: CodedPacket) => {
      this.#faults = 0;
      answer.result = result;
      this.#port.coded(packet, result, answer.viewers);
      this.#answers.coded(answer);
    };
    const failed = (error: unknown) => {
      if (!answer.isCoded) {
        this.#answers.abandon(answer);
        if (++this.#faults >= MOST_FAULTS) this.#port.broken();
      }
      throw error;
    };
    try {
      const result = pipeline.encode(limited, (message) => answer.slices.push(message));
      if (result instanceof Promise) return result.then(coded).catch(failed);
      coded(result);
      return true;
    } catch (error) {
      return failed(error);
    }
  }

  #failed(answer: Asked): void {
    this.counts.failedRefreshes++;
    this.#takeBack(answer);
    this.#stopWaiting();
    const delay = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(this.#failures++, 20));
    this.#cancelRetry = this.#clock.after(delay, () => {
      this.#cancelRetry = undefined;
      this.#port.wake();
    });
  }

  /** Its viewers want an answer still. */
  #takeBack({ group, viewers, askedBase, askedAt, next }: Asked): void {
    // Who has a part of it has lost what it held.
    const base = next > 0 ? 0 : askedBase;
    this.#audience.isNotGiven(
      group.filter(({ id }) => viewers.has(id)),
      base,
      askedAt,
    );
  }

  #stopWaiting(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }
}
