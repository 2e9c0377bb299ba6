/**
 * How much may be on its way to a viewer.
 *
 * A frame that waits in a queue is a frame that grows old: the newest picture could have been coded instead.
 * So as little as possible is put on its way, but enough that the link never idles while there is something
 * to send. That amount is the link's rate times its delay (the bandwidth-delay product), and both are learnt
 * from what acknowledgements tell, without a timer and without a word from the network:
 *
 * - *Rate.* Links deliver in order, so the time between two acks is at least the time that the later frame
 *   took on the wire: its bytes over that time never exceed the link's rate, and reach it when the frames
 *   followed each other closely. The best sample of the last few round trips is the rate. Gaps shorter than
 *   `SHORTEST_GAP` are counted as that long, for acks of frames that one read or one animation frame handed
 *   over together say nothing about the link.
 * - *Delay.* The quickest round trip of late, less the time that the bytes ahead of it took at that rate.
 *
 * The window is shut while the bytes in flight reach `HEADROOM` times rate times delay, where the delay counts
 * as at least `QUEUE_TARGET`: a queue that short costs less than the end of a display's refresh, and it lets a
 * host on a local network code the next frame while the last one is decoded. A link of 256 kbit/s comes to
 * about a kilobyte, so one frame of a moving picture at a time but several typed characters; a link of
 * 20 Mbit/s with a round trip of 100 ms comes to 300 kB, so a handful of frames.
 *
 * With only one frame in flight at a time the link's rate and its delay cannot be told apart: a slow link and
 * a far one look the same. So every `PROBE_EVERY` one frame more is let through while the window is shut; the
 * gap between its ack and the one before tells the rate. On a slow link that one frame waits for one other.
 *
 * One frame may always go when none is in flight, whatever the estimates say; so the window cannot get stuck
 * on an estimate.
 */
import type { Micros } from '../clock.js';
import { Recent } from './recent.js';

/** Bytes in flight over the bandwidth-delay product: above 1, so that a rising rate is found. */
const HEADROOM = 1.25;
/** Shortest delay that is counted on: two frames of a 60 Hz display. */
const QUEUE_TARGET: Micros = 30_000;
/** Shortest time between acks that says something about the link. */
const SHORTEST_GAP: Micros = 10_000;
/** Shortest time between two frames sent past a shut window to find the rate. */
const PROBE_EVERY: Micros = 2_000_000;
/** ...and in round trips, for slow links. */
const PROBE_ROUND_TRIPS = 8;
/** How long a rate is believed: between one and two of these. */
const RATE_MEMORY: Micros = 1_000_000;
/** ...and at least as many of the quickest round trip. */
const RATE_ROUND_TRIPS = 8;
/** How long a quickest round trip is believed: paths change seldom. */
const DELAY_MEMORY: Micros = 10_000_000;
/** Most frames in flight: a round trip of 130 ms at 60 frames per second. */
const MAX_FRAMES = 8;

export interface AckWindowOptions {
  /** Most frames in flight. */
  readonly maxFrames?: number;
  /** The newest frames that are not counted, 0 unless told. */
  readonly slack?: number;
  /** The shortest delay that is counted on: what may wait in a queue, as time; `QUEUE_TARGET` unless told. */
  readonly queue?: Micros;
}

/**
 * What a relay gives each viewer: wider than what the host keeps to, because the relay sees only a part of the
 * host's round trip, and what the host spread over all of it may reach the relay at once. A frame that the
 * host was allowed to send to its only viewer then finds the relay's window open. It is still narrow where
 * that counts: a quarter of a second of a slow link is less than one frame of a moving picture.
 */
export const RELAY_WINDOW: AckWindowOptions = { slack: 1, queue: 250_000 };

interface Sent {
  readonly frame: number;
  readonly sentAt: Micros;
  /** Its own bytes. */
  bytes: number;
  /** Bytes in flight when it was sent, its own included. */
  ahead: number;
}

/** What an ack told of the link. */
export interface AckedFrame {
  /** The frame's own bytes. */
  readonly bytes: number;
  /** From the first part sent to the ack, the viewer's decoding included. */
  readonly roundTrip: Micros;
  /** From the ack before to this one. */
  readonly sinceLast: Micros;
}

interface RoundTrip {
  readonly time: Micros;
  readonly ahead: number;
}

export class AckWindow {
  readonly #maxFrames: number;
  readonly #slack: number;
  readonly #queue: Micros;
  readonly #sent: Sent[] = [];
  #bytes = 0;
  #lastAckAt: Micros = 0;
  #lastRoundTrip: Micros = 0;
  #lastProbeAt: Micros = Number.NEGATIVE_INFINITY;
  #lastAcked: AckedFrame | undefined;
  /** Bytes per microsecond. */
  readonly #rates = new Recent<number>(RATE_MEMORY, (a, b) => a > b);
  readonly #roundTrips = new Recent<RoundTrip>(DELAY_MEMORY, (a, b) => a.time < b.time);

  constructor(options: AckWindowOptions = {}) {
    this.#maxFrames = options.maxFrames ?? MAX_FRAMES;
    this.#slack = options.slack ?? 0;
    this.#queue = options.queue ?? QUEUE_TARGET;
  }

  /** Frames sent and not acknowledged. */
  get inFlight(): number {
    return this.#sent.length;
  }

  get bytesInFlight(): number {
    return this.#bytes;
  }

  /** The link's rate in bytes per second; 0 before the first ack. */
  get rate(): number {
    return (this.#rates.best ?? 0) * 1e6;
  }

  /** The link's delay, both ways, as far as it can be told from the time that bytes take. */
  get delay(): Micros {
    const quickest = this.#roundTrips.best;
    const rate = this.#rates.best;
    if (quickest === undefined || rate === undefined) return 0;
    return Math.max(0, quickest.time - quickest.ahead / rate);
  }

  /** The newest frame that an ack named; undefined before the first, and when the last ack named none of ours. */
  get lastAcked(): AckedFrame | undefined {
    return this.#lastAcked;
  }

  /** When the oldest frame in flight was sent; undefined when none is. */
  get oldestSentAt(): Micros | undefined {
    return this.#sent[0]?.sentAt;
  }

  /** Bytes that may be in flight before the window shuts. */
  get budget(): number {
    return HEADROOM * (this.#rates.best ?? 0) * Math.max(this.#queue, this.delay);
  }

  /** `bytes` more of `frame` are on their way. Frame numbers grow; a frame may be sent in many parts. */
  sent(frame: number, bytes: number, now: Micros): void {
    const newest = this.#sent[this.#sent.length - 1];
    if (newest !== undefined && frame <= newest.frame) {
      newest.bytes += bytes;
      newest.ahead += bytes;
    } else {
      if (this.#sent.length > 0 && this.#bytes >= this.budget) this.#lastProbeAt = now;
      this.#sent.push({ frame, sentAt: now, bytes, ahead: this.#bytes + bytes });
    }
    this.#bytes += bytes;
  }

  /** The viewer has `frame`, and so needs none before it any more. Late and repeated acks are nothing new. */
  acked(frame: number, now: Micros): void {
    let last: Sent | undefined;
    this.#lastAcked = undefined;
    while (this.#sent.length > 0 && this.#sent[0]!.frame <= frame) {
      last = this.#sent.shift()!;
      this.#bytes -= last.bytes;
    }
    if (last === undefined) return;
    // The number of another frame says when something arrived, but not what.
    if (last.frame === frame) {
      this.#lastRoundTrip = now - last.sentAt;
      const gap = Math.max(SHORTEST_GAP, now - Math.max(this.#lastAckAt, last.sentAt));
      this.#lastAcked = {
        bytes: last.bytes,
        roundTrip: this.#lastRoundTrip,
        sinceLast: now - this.#lastAckAt,
      };
      this.#roundTrips.add({ time: this.#lastRoundTrip, ahead: last.ahead }, now);
      // By the quickest round trip: on a link that has become slow, the last one would keep the old rate alive.
      this.#rates.add(last.bytes / gap, now, RATE_ROUND_TRIPS * this.#roundTrips.best!.time);
    }
    this.#lastAckAt = now;
  }

  /** Whether another frame may be sent. */
  isOpen(now: Micros): boolean {
    const frames = this.#sent.length - this.#slack;
    if (frames <= 0) return true;
    if (frames >= this.#maxFrames) return false;
    let bytes = this.#bytes;
    for (let index = frames; index < this.#sent.length; index++) bytes -= this.#sent[index]!.bytes;
    return bytes < this.budget || (frames === 1 && this.#mayProbe(now));
  }

  /** Nothing is in flight any more: the link, or everybody who listened, is gone. Estimates stay. */
  reset(): void {
    this.#sent.length = 0;
    this.#bytes = 0;
  }

  #mayProbe(now: Micros): boolean {
    return (
      this.#rates.best !== undefined &&
      now - this.#lastProbeAt >= Math.max(PROBE_EVERY, PROBE_ROUND_TRIPS * this.#lastRoundTrip)
    );
  }
}
