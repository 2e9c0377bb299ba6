/**
 * One direction of a link, shared by the connections that go over it.
 *
 * Bytes are cut into packets. A packet waits in its connection's socket until the buffer before the slow place has
 * room for it; connections take turns there. The buffer is first in, first out, and empties at the link's rate. What
 * has left it arrives a delay later, and some jitter; a connection delivers in order, whatever order packets arrive
 * in.
 *
 * Loss is shown as TCP shows it: nothing is missing, but all that follows waits for what is sent again. The sender
 * learns of it when three later packets have arrived, one way back later (fast retransmit, RFC 5681); when too few
 * follow, by its timer (RFC 6298, with Linux's least variance of 200 ms), which doubles each time. What is not
 * modelled: a sender that slows down by itself after a loss, and packets lost because the buffer was full; a sender
 * here stops for as long as the buffer is full. So links are never slower than they say.
 *
 * Time is the model's own: a timer that comes late delivers late, but does not make the link slower.
 */
import type { Clock, Micros } from '../clock.js';
import type { DirectionProfile } from './profile.js';

/** What Ethernet's packets carry of a TCP stream. */
const PACKET_BYTES = 1460;
/** Fast links send many packets at once: as long as nothing is lost, they count as one of up to so much time. */
const BURST: Micros = 500;
const LARGEST_BURST_BYTES = 65_536;
/** Later packets that tell of a loss. */
const TELLING = 3;
/** The least variance of a round trip that Linux counts on. */
const TIMEOUT_FLOOR: Micros = 200_000;
const LONGEST_TIMEOUT: Micros = 60_000_000;

interface Packet {
  readonly flow: Flow;
  /** Its place in the connection's order. */
  readonly sequence: number;
  readonly bytes: number;
  readonly arrived: (() => void) | undefined;
  /** How often it was lost. */
  losses: number;
  /** Later packets that have arrived since. */
  followers: number;
  cancelTimeout: (() => void) | undefined;
}

interface Queued {
  readonly packet: Packet;
  /** When its last byte leaves the buffer. */
  readonly leavesAt: Micros;
}

export interface DirectionOptions {
  readonly profile: DirectionProfile;
  readonly clock: Clock;
  /** In [0, 1): jitter and losses. */
  readonly random: () => number;
  /** The way back, for which the news of a loss waits. */
  readonly returnDelay: Micros;
}

/** What a direction has carried. */
export interface DirectionCounts {
  readonly bytes: number;
  readonly packets: number;
  readonly losses: number;
  /** The most that has waited in the buffer. */
  readonly mostQueued: number;
}

export class Direction {
  readonly packetBytes: number;
  readonly #options: DirectionOptions;
  readonly #microsPerByte: number;
  /** Connections with packets that the buffer has no room for, in turns. */
  readonly #waiting: Flow[] = [];
  readonly #queue: Queued[] = [];
  #queuedBytes = 0;
  #busyUntil: Micros = 0;
  #isArmed = false;
  readonly #counts = { bytes: 0, packets: 0, losses: 0, mostQueued: 0 };

  constructor(options: DirectionOptions) {
    this.#options = options;
    const { bytesPerSecond, loss, buffer } = options.profile;
    this.#microsPerByte = 1e6 / bytesPerSecond;
    const burst = Math.min((bytesPerSecond * BURST) / 1e6, LARGEST_BURST_BYTES, buffer / 4);
    this.packetBytes = loss > 0 ? PACKET_BYTES : Math.max(PACKET_BYTES, Math.round(burst));
  }

  /** A connection over this direction. */
  open(): Flow {
    return new Flow(this);
  }

  /** Bytes in the buffer before the slow place. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get counts(): DirectionCounts {
    return { ...this.#counts };
  }

  /** A connection has packets. */
  offered(flow: Flow): void {
    if (!flow.isWaiting) {
      flow.isWaiting = true;
      this.#waiting.push(flow);
    }
    this.#admit(this.#options.clock.now());
  }

  /** Takes packets into the buffer while there is room. */
  #admit(at: Micros): void {
    const { buffer } = this.#options.profile;
    while (this.#waiting.length > 0) {
      const flow = this.#waiting[0]!;
      const next = flow.peek();
      if (next !== undefined && this.#queue.length > 0 && this.#queuedBytes + next.bytes > buffer) break;
      this.#waiting.shift();
      if (next === undefined) {
        flow.isWaiting = false;
        continue;
      }
      flow.take();
      this.#waiting.push(flow);
      this.#busyUntil = Math.max(at, this.#busyUntil) + next.bytes * this.#microsPerByte;
      this.#queue.push({ packet: next, leavesAt: this.#busyUntil });
      this.#queuedBytes += next.bytes;
      this.#counts.mostQueued = Math.max(this.#counts.mostQueued, this.#queuedBytes);
    }
    this.#arm();
  }

  #arm(): void {
    const head = this.#queue[0];
    if (this.#isArmed || head === undefined) return;
    this.#isArmed = true;
    const { clock } = this.#options;
    clock.after(head.leavesAt - clock.now(), () => {
      this.#isArmed = false;
      this.#leave();
    });
  }

  /** Lets go what has left the buffer by now, each at its own time. */
  #leave(): void {
    const now = this.#options.clock.now();
    // What is due within a microsecond is due: fractions do not wait for a timer of their own.
    while (this.#queue.length > 0 && this.#queue[0]!.leavesAt <= now + 1) {
      const { packet, leavesAt } = this.#queue.shift()!;
      this.#queuedBytes -= packet.bytes;
      this.#counts.bytes += packet.bytes;
      this.#counts.packets++;
      this.#travel(packet, leavesAt);
      this.#admit(leavesAt);
    }
    this.#arm();
  }

  #travel(packet: Packet, leftAt: Micros): void {
    const { profile, clock, random } = this.#options;
    const arrivesAt = leftAt + profile.delay + (profile.jitter > 0 ? random() * profile.jitter : 0);
    if (profile.loss > 0 && random() < profile.loss) this.#lose(packet, arrivesAt);
    else clock.after(arrivesAt - clock.now(), () => this.#arrive(packet));
  }

  #lose(packet: Packet, wouldArriveAt: Micros): void {
    const { clock, returnDelay } = this.#options;
    this.#counts.losses++;
    const { flow } = packet;
    const timeout = Math.min(LONGEST_TIMEOUT, TIMEOUT_FLOOR * 2 ** packet.losses);
    packet.losses++;
    packet.followers = 0;
    packet.cancelTimeout = clock.after(wouldArriveAt + returnDelay + timeout - clock.now(), () =>
      this.#sendAgain(packet),
    );
    flow.lost.push(packet);
  }

  #arrive(packet: Packet): void {
    const { flow } = packet;
    for (const missing of flow.lost) {
      // A packet that was sent again and lost again waits for its timer: its followers came before it.
      if (missing.losses > 1 || missing.sequence > packet.sequence) continue;
      if (++missing.followers === TELLING) this.#tell(missing);
    }
    flow.arrived(packet.sequence, packet.arrived);
  }

  /** Three later packets have arrived: the sender knows one way back later. */
  #tell(missing: Packet): void {
    missing.cancelTimeout?.();
    missing.cancelTimeout = this.#options.clock.after(this.#options.returnDelay, () =>
      this.#sendAgain(missing),
    );
  }

  #sendAgain(packet: Packet): void {
    const { flow } = packet;
    flow.lost.splice(flow.lost.indexOf(packet), 1);
    if (flow.isClosed) return;
    flow.putFirst(packet);
    this.offered(flow);
  }
}

/** One connection's bytes in one direction. */
export class Flow {
  /** For the direction: whether it has a place among those that wait, and what of it is lost. */
  isWaiting = false;
  readonly lost: Packet[] = [];
  /** Set by the owner: called when less waits than before. */
  onTaken: (() => void) | undefined;
  readonly #direction: Direction;
  readonly #packets: Packet[] = [];
  #sequence = 0;
  #waitingBytes = 0;
  #closed = false;
  /** The next packet to be delivered, and those that came before their turn. */
  #next = 0;
  readonly #early = new Map<number, (() => void) | undefined>();

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Bytes that the buffer of the way has had no room for. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Most bytes of one packet. */
  get packetBytes(): number {
    return this.#direction.packetBytes;
  }

  /** Sends `bytes`; `arrived` is called when the last of them is there, and all that was sent before. */
  send(bytes: number, arrived: () => void): void {
    if (this.#closed) return;
    const { packetBytes } = this.#direction;
    for (let left = Math.max(1, bytes); left > 0; left -= packetBytes) {
      this.#packets.push({
        flow: this,
        sequence: this.#sequence++,
        bytes: Math.min(left, packetBytes),
        arrived: left <= packetBytes ? arrived : undefined,
        losses: 0,
        followers: 0,
        cancelTimeout: undefined,
      });
    }
    this.#waitingBytes += Math.max(1, bytes);
    this.#direction.offered(this);
  }

  /** Nothing more arrives, and nothing more is sent. */
  close(): void {
    this.#closed = true;
    for (const packet of this.lost) packet.cancelTimeout?.();
    this.#packets.length = 0;
    this.#waitingBytes = 0;
    this.#early.clear();
  }

  // -- for the direction ------------------------------------------------------------------------------------------

  peek(): Packet | undefined {
    return this.#packets[0];
  }

  take(): void {
    this.#waitingBytes -= this.#packets.shift()!.bytes;
    this.onTaken?.();
  }

  putFirst(packet: Packet): void {
    this.#packets.unshift(packet);
    this.#waitingBytes += packet.bytes;
  }

  arrived(sequence: number, tell: (() => void) | undefined): void {
    if (this.#closed) return;
    this.#early.set(sequence, tell);
    while (this.#early.has(this.#next)) {
      const next = this.#early.get(this.#next);
      this.#early.delete(this.#next++);
      next?.();
    }
  }
}
