/**
 * The viewer's connection to the relay: a main link and, where it can be had, a lane (a second link for what
 * must never wait behind display data). Joins, joins again after a loss, and stops when told to or when the
 * relay says that there is nothing to come back to.
 */
import { SightlineError } from '../../codecs/index.js';
import { SOON } from '../backoff.js';
import type { Clock } from '../clock.js';
import {
  CAPABILITIES_SINCE,
  CloseCode,
  type Control,
  type ControlMessage,
  encodeControl,
  spoken,
} from '../protocol/index.js';
import type { Dial } from '../transport/link.js';
import { HEARTBEAT, type HeartbeatTimes } from '../transport/live-link.js';
import { Reconnector } from '../transport/reconnect.js';
import type { Connection } from './types.js';

/** So often a session that is not there is asked for again soon; then as seldom as any relay. */
const EAGER_ATTEMPTS = 30;

export interface ConnectionOptions {
  readonly dialMain: Dial;
  readonly dialLane: Dial | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly token: string;
  readonly times: HeartbeatTimes | undefined;
  readonly looksAgain: boolean;
  /** The first message of every join; asked for anew each time, since wishes change. */
  readonly hello: (version: number) => Control<'viewer-hello'>;
  readonly events: ConnectionEvents;
}

export interface ConnectionEvents {
  onConnection(connection: Connection): void;
  onJoined(welcome: Control<'viewer-welcome'>): void;
  /** The joined connection is gone; comes before the `onConnection` that says why. */
  onLost(): void;
  onLane(open: boolean): void;
  /** The main link has become quiet, or is heard again. */
  onQuiet(quiet: boolean): void;
  /** A message of either link after its welcome; `control` when it is one. */
  onMessage(message: Uint8Array, control: ControlMessage | undefined): void;
  onProblem(error: SightlineError): void;
}

export class ViewerConnection {
  readonly #main: Reconnector<'viewer-welcome'>;
  readonly #lane: Reconnector<'lane-welcome' | 'link-welcome'> | undefined;
  #welcome: Control<'viewer-welcome'> | undefined;
  /** Numbers the lanes of one join. */
  #lanes = 0;

  constructor(options: ConnectionOptions) {
    const { clock, random, events, times = HEARTBEAT } = options;
    const onFault = (error: unknown) => events.onProblem(problemOf(error));
    this.#main = new Reconnector({
      dial: options.dialMain,
      clock,
      random,
      times,
      hello: options.hello,
      welcomes: ['viewer-welcome'],
      looksAgain: options.looksAgain,
      // The relay is there, the host not yet: after a relay's restart it comes back within a second or two.
      longestWait: (code, attempt) => (code === 'not-found' && attempt <= EAGER_ATTEMPTS ? SOON : undefined),
      events: {
        onReach: (reach) => events.onConnection(reach),
        onOpen: (welcome) => this.#join(welcome, events),
        onLost: () => {
          this.#welcome = undefined;
          this.#lane?.stop(CloseCode.GoingAway, 'Connecting again.');
          events.onLost();
        },
        onMessage: (message, control) => events.onMessage(message, control),
        onQuiet: (quiet) => events.onQuiet(quiet),
        onFault,
      },
    });
    if (options.dialLane === undefined) return;
    this.#lane = new Reconnector({
      dial: options.dialLane,
      clock,
      random,
      // Nothing long ever goes by it: what is quiet is dead, and the main link takes over at once.
      times: { ...times, giveUp: times.quiet },
      patience: () => this.#main.patience,
      hello: () => this.#laneHello(options.token),
      welcomes: ['link-welcome', 'lane-welcome'],
      isStubborn: true,
      events: {
        onReach: () => {},
        onOpen: () => {
          this.#lane?.proven();
          events.onLane(true);
        },
        onLost: () => {
          // What was sent by it may come yet, after what the main link carries from now on: it must not count.
          this.send(encodeControl({ type: 'lane-lost', lane: this.#lanes }));
          events.onLane(false);
        },
        onMessage: (message, control) => events.onMessage(message, control),
        onQuiet: () => {},
        onFault,
      },
    });
  }

  get joined(): boolean {
    return this.#welcome !== undefined;
  }

  start(): void {
    this.#main.start();
  }

  close(): void {
    this.#main.stop(CloseCode.Normal, 'the viewer left');
  }

  /** The network may have changed: dead links are found soon, and what is waited for is dialled at once. */
  lookNow(): void {
    this.#main.lookNow();
    if (this.joined) this.#lane?.lookNow();
  }

  /** The connection has shown that it works: the next loss starts with the shortest wait again. */
  proven(): void {
    this.#main.proven();
  }

  send(message: Uint8Array): void {
    if (this.joined) this.#main.link?.send(message);
  }

  /** Bytes that wait for the link that `sendFast` uses, as far as it says. */
  get fastBufferedBytes(): number {
    return (this.#lane?.link ?? this.#main.link)?.bufferedBytes ?? 0;
  }

  /** By the lane, or by the main link while there is none. */
  sendFast(message: Uint8Array): void {
    if (this.joined) (this.#lane?.link ?? this.#main.link)?.send(message);
  }

  #join(welcome: Control<'viewer-welcome'>, events: ConnectionEvents): void {
    this.#welcome = welcome;
    events.onConnection({ kind: 'joined' });
    // Whoever hears of it may have left at once.
    if (this.#welcome !== welcome) return;
    events.onJoined(welcome);
    if (this.#welcome === welcome) this.#lane?.start();
  }

  #laneHello(token: string): Control<'lane-hello'> | Control<'link-hello'> {
    const { version, viewer, laneKey: key } = this.#welcome!;
    const number = ++this.#lanes;
    if (version < CAPABILITIES_SINCE) {
      return { type: 'lane-hello', version, token, viewer, laneKey: key, lane: number };
    }
    const link = { party: viewer, key, purpose: 'quick', number } as const;
    return { type: 'link-hello', ...spoken(version), token, ...link };
  }
}

function problemOf(error: unknown): SightlineError {
  return error instanceof SightlineError
    ? error
    : new SightlineError('internal', 'A message could not be read.', { cause: error });
}
