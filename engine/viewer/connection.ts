/**
 * The viewer's connection to the relay: a main link and, where it can be had, a lane (a second link for what
 * must never wait behind display data). Joins, joins again after a loss, and stops when told to or when the
 * relay says that there is nothing to come back to.
 */
import { SightlineError } from '../../codecs/index.js';
import { backoffDelay, SOON } from '../backoff.js';
import type { Clock, Micros } from '../clock.js';
import {
  Channel,
  CloseCode,
  type Control,
  type ControlMessage,
  channelOf,
  decodeControl,
  encodeControl,
  PROTOCOL_VERSION,
} from '../protocol/index.js';
import type { Dial, Link } from '../transport/link.js';
import type { Connection } from './types.js';

/** From dialling to the relay's welcome: a far link, a busy relay, and some. */
const JOIN_LIMIT: Micros = 10_000_000;
/** So often a session that is not there is asked for again soon; then as seldom as any relay. */
const EAGER_ATTEMPTS = 30;

export interface ConnectionOptions {
  readonly dialMain: Dial;
  readonly dialLane: Dial | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly token: string;
  /** The first message of every join; asked for anew each time, since wishes change. */
  readonly hello: () => Control<'viewer-hello'>;
  readonly events: ConnectionEvents;
}

export interface ConnectionEvents {
  onConnection(connection: Connection): void;
  onJoined(welcome: Control<'viewer-welcome'>): void;
  /** The joined connection is gone; comes before the `onConnection` that says why. */
  onLost(): void;
  onLane(open: boolean): void;
  /** A message of either link after its welcome; `control` when it is one. */
  onMessage(message: Uint8Array, control: ControlMessage | undefined): void;
  onProblem(error: SightlineError): void;
}

/** Close codes after which trying again is pointless. */
const FINAL_CODES: ReadonlySet<number> = new Set([
  CloseCode.SessionEnded,
  CloseCode.Unauthorised,
  CloseCode.UnsupportedVersion,
]);

export class ViewerConnection {
  readonly #options: ConnectionOptions;
  /** Grows with every connection; what belongs to an older one is left aside. */
  #generation = 0;
  #attempt = 0;
  #laneAttempt = 0;
  #main: Link | undefined;
  #lane: Link | undefined;
  /** Lanes that are open or opening. */
  readonly #lanes = new Set<Link>();
  #welcome: Control<'viewer-welcome'> | undefined;
  #cancelTimer = () => {};
  #cancelLaneTimer = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get joined(): boolean {
    return this.#welcome !== undefined;
  }

  start(): void {
    this.#attempt = 0;
    this.#connect();
  }

  close(): void {
    this.#drop(CloseCode.Normal, 'the viewer left');
    this.#options.events.onConnection({ kind: 'idle' });
  }

  /** Gives the connection up and joins anew. */
  restart(code: string, reason: string): void {
    this.#lost(code, reason);
  }

  /** The connection has shown that it works: the next loss starts with the shortest wait again. */
  proven(): void {
    this.#attempt = 0;
  }

  send(message: Uint8Array): void {
    if (this.joined) this.#main?.send(message);
  }

  /** Bytes that wait for the link that `sendFast` uses, as far as it says. */
  get fastBufferedBytes(): number {
    return (this.#lane ?? this.#main)?.bufferedBytes ?? 0;
  }

  /** By the lane, or by the main link while there is none. */
  sendFast(message: Uint8Array): void {
    if (this.joined) (this.#lane ?? this.#main)?.send(message);
  }

  #connect(): void {
    const { clock, dialMain, events, hello } = this.#options;
    const generation = ++this.#generation;
    events.onConnection({ kind: 'connecting', attempt: this.#attempt });
    if (generation !== this.#generation) return;
    this.#cancelTimer = clock.after(JOIN_LIMIT, () => {
      this.#lost('timeout', 'The relay did not answer in time.');
    });
    dial(dialMain).then(
      (link) => {
        if (generation !== this.#generation) {
          link.close(CloseCode.Normal);
          return;
        }
        this.#main = link;
        link.onMessage = (message) => this.#receiveMain(generation, message);
        link.onClose = (code, reason) => {
          if (generation === this.#generation) this.#closed(code, reason);
        };
        link.send(encodeControl(hello()));
      },
      (error: unknown) => {
        if (generation === this.#generation) this.#lost(...describe(error));
      },
    );
  }

  #receiveMain(generation: number, message: Uint8Array): void {
    if (generation !== this.#generation) return;
    const read = this.#read(message);
    if (read === undefined) return;
    const { control } = read;
    if (control?.type === 'refused') {
      if (control.retry) this.#lost(control.code, control.reason);
      else this.#end(control.code, control.reason);
    } else if (this.joined) {
      this.#options.events.onMessage(message, control);
    } else if (control?.type === 'viewer-welcome') {
      this.#join(generation, control);
    } else {
      this.#problem('bad-state', 'The relay sent something before its welcome.');
    }
  }

  #join(generation: number, welcome: Control<'viewer-welcome'>): void {
    if (welcome.version !== PROTOCOL_VERSION) {
      this.#end('unsupported-version', `The relay speaks version ${welcome.version} of the protocol.`);
      return;
    }
    this.#cancelTimer();
    this.#welcome = welcome;
    this.#options.events.onConnection({ kind: 'joined' });
    this.#options.events.onJoined(welcome);
    if (generation === this.#generation) {
      this.#laneAttempt = 0;
      this.#openLane(generation, welcome);
    }
  }

  #openLane(generation: number, welcome: Control<'viewer-welcome'>): void {
    const { dialLane, token, clock } = this.#options;
    if (dialLane === undefined) return;
    const current = () => generation === this.#generation;
    dial(dialLane).then(
      (link) => {
        if (!current()) {
          link.close(CloseCode.Normal);
          return;
        }
        let settled = false;
        const lost = () => {
          if (settled || !current()) return;
          settled = true;
          cancelLimit();
          link.close(CloseCode.Normal);
          this.#loseLane(generation, welcome, link);
        };
        const cancelLimit = clock.after(JOIN_LIMIT, lost);
        link.onMessage = (message) => {
          if (!current() || settled) return;
          const read = this.#read(message);
          if (read === undefined) return;
          if (this.#lane === link) this.#options.events.onMessage(message, read.control);
          else if (read.control?.type === 'lane-welcome') {
            cancelLimit();
            this.#lane = link;
            this.#laneAttempt = 0;
            this.#options.events.onLane(true);
          } else if (read.control?.type === 'refused') lost();
          else this.#problem('bad-state', 'The relay sent something before its welcome on the lane.');
        };
        link.onClose = lost;
        this.#lanes.add(link);
        const { viewer, laneKey } = welcome;
        link.send(encodeControl({ type: 'lane-hello', version: PROTOCOL_VERSION, token, viewer, laneKey }));
      },
      () => {
        if (current()) this.#loseLane(generation, welcome, undefined);
      },
    );
  }

  /** Everything goes by the main link; the lane is tried again. */
  #loseLane(generation: number, welcome: Control<'viewer-welcome'>, link: Link | undefined): void {
    if (link !== undefined) this.#lanes.delete(link);
    if (link !== undefined && this.#lane === link) {
      this.#lane = undefined;
      this.#options.events.onLane(false);
    }
    if (generation !== this.#generation) return;
    const { clock, random } = this.#options;
    this.#cancelLaneTimer = clock.after(backoffDelay(this.#laneAttempt++, random), () => {
      if (generation === this.#generation) this.#openLane(generation, welcome);
    });
  }

  /** Undefined when the message is malformed: counted and left aside. */
  #read(message: Uint8Array): { control: ControlMessage | undefined } | undefined {
    try {
      return { control: channelOf(message) === Channel.Control ? decodeControl(message) : undefined };
    } catch (error) {
      this.#options.events.onProblem(
        error instanceof SightlineError
          ? error
          : new SightlineError('internal', 'A message could not be read.', { cause: error }),
      );
      return undefined;
    }
  }

  #closed(code: number, reason: string): void {
    const words = reason === '' ? `The relay closed the connection (${code}).` : reason;
    if (FINAL_CODES.has(code)) this.#end(closeCodeName(code), words);
    else this.#lost(closeCodeName(code), words);
  }

  #lost(code: string, reason: string): void {
    this.#drop(CloseCode.GoingAway, 'connecting again');
    const { clock, random, events } = this.#options;
    const attempt = ++this.#attempt;
    // The relay is there, the host not yet: after a relay's restart it comes back within a second or two.
    const isSoon = code === 'not-found' && attempt <= EAGER_ATTEMPTS;
    const delay = backoffDelay(attempt - 1, random, isSoon ? SOON : undefined);
    const generation = this.#generation;
    this.#cancelTimer = clock.after(delay, () => {
      if (generation === this.#generation) this.#connect();
    });
    events.onConnection({ kind: 'waiting', attempt, retryAt: clock.now() + delay, code, reason });
  }

  #end(code: string, reason: string): void {
    this.#drop(CloseCode.Normal, '');
    this.#options.events.onConnection({ kind: 'ended', code, reason });
  }

  /** Forgets the links; nothing that they still bring counts. */
  #drop(code: number, reason: string): void {
    this.#generation++;
    this.#cancelTimer();
    this.#cancelLaneTimer();
    const wasJoined = this.joined;
    const hadLane = this.#lane !== undefined;
    this.#main?.close(code, reason);
    for (const lane of this.#lanes) lane.close(code, reason);
    this.#lanes.clear();
    this.#main = undefined;
    this.#lane = undefined;
    this.#welcome = undefined;
    if (hadLane) this.#options.events.onLane(false);
    if (wasJoined) this.#options.events.onLost();
  }

  #problem(code: 'bad-state', message: string): void {
    this.#options.events.onProblem(new SightlineError(code, message));
  }
}

/** A dial that throws is a dial that rejects. */
async function dial(open: Dial): Promise<Link> {
  return await open();
}

function describe(error: unknown): [code: string, reason: string] {
  return error instanceof SightlineError
    ? [error.code, error.message]
    : ['closed', error instanceof Error ? error.message : 'The relay cannot be reached.'];
}

/** `session-ended` for 4410, and so on; the number where it has no name. */
export function closeCodeName(code: number): string {
  const name = Object.entries(CloseCode).find(([, value]) => value === code)?.[0];
  return name === undefined ? String(code) : name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}
