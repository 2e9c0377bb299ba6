/**
 * The host's connection to the relay: opens the session, opens it again after a loss with the same key, and
 * stops when told to or when the relay says that there is nothing to come back to.
 */
import { SightlineError } from '../../codecs/index.js';
import { backoffDelay } from '../backoff.js';
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
import type { HostState } from './types.js';

/** From dialling to the relay's welcome: a far relay, a busy one, and some. */
const WELCOME_LIMIT: Micros = 10_000_000;

/** Close codes after which trying again is pointless. */
const FINAL_CODES: ReadonlyMap<number, string> = new Map([
  [CloseCode.SessionEnded, 'session-ended'],
  [CloseCode.Unauthorised, 'unauthorised'],
  [CloseCode.Conflict, 'conflict'],
  [CloseCode.UnsupportedVersion, 'unsupported-version'],
]);

export interface HostConnectionOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  /** The first message of every link; asked for anew each time. */
  readonly hello: () => Control<'host-hello'>;
  readonly onState: (state: HostState) => void;
  readonly onOpen: () => void;
  readonly onLost: () => void;
  /** A message after the welcome; `control` when it is one. Valid during the call. */
  readonly onMessage: (message: Uint8Array, control: ControlMessage | undefined) => void;
  readonly onFault: (error: unknown) => void;
}

export class HostConnection {
  readonly #options: HostConnectionOptions;
  /** Grows with every link; what belongs to an older one is left aside. */
  #generation = 0;
  #attempt = 0;
  #link: Link | undefined;
  #isOpen = false;
  #cancelTimer = () => {};

  constructor(options: HostConnectionOptions) {
    this.#options = options;
  }

  /** The link, from the relay's welcome until it is lost. What is sent on a lost one goes nowhere. */
  get link(): Link | undefined {
    return this.#isOpen ? this.#link : undefined;
  }

  start(): void {
    this.#attempt = 0;
    this.#connect();
  }

  /** Ends the session for everybody. */
  stop(): void {
    this.#drop(CloseCode.Normal, 'The host has ended the session.');
    this.#options.onState({ kind: 'idle' });
  }

  #connect(): void {
    const { clock, dial, hello, onState } = this.#options;
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    onState({ kind: 'connecting', attempt: this.#attempt });
    if (!isCurrent()) return;
    this.#cancelTimer = clock.after(WELCOME_LIMIT, () => this.#lost('The relay did not answer in time.'));
    open(dial).then(
      (link) => {
        if (!isCurrent()) {
          link.close(CloseCode.Normal);
          return;
        }
        this.#link = link;
        link.onMessage = (message) => {
          if (isCurrent()) this.#receive(message);
        };
        link.onClose = (code, reason) => {
          if (isCurrent()) this.#closed(code, reason);
        };
        link.send(encodeControl(hello()));
      },
      (error: unknown) => {
        if (isCurrent()) this.#lost(error instanceof Error ? error.message : 'The relay cannot be reached.');
      },
    );
  }

  #receive(message: Uint8Array): void {
    try {
      const control = channelOf(message) === Channel.Control ? decodeControl(message) : undefined;
      if (control?.type === 'refused') {
        if (control.retry) this.#lost(control.reason);
        else this.#end(control.code, control.reason);
      } else if (this.#isOpen) {
        this.#options.onMessage(message, control);
      } else if (control?.type === 'host-welcome') {
        this.#welcome(control);
      } else {
        throw new SightlineError('bad-state', 'The relay sent something before its welcome.');
      }
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  #welcome(welcome: Control<'host-welcome'>): void {
    if (welcome.version !== PROTOCOL_VERSION) {
      this.#end('unsupported-version', `The relay speaks version ${welcome.version} of the protocol.`);
      return;
    }
    this.#cancelTimer();
    this.#attempt = 0;
    this.#isOpen = true;
    const { session, resumed } = welcome;
    this.#options.onState({ kind: 'connected', session, resumed });
    this.#options.onOpen();
  }

  #closed(code: number, reason: string): void {
    const words = reason === '' ? `The relay closed the connection (${code}).` : reason;
    const final = FINAL_CODES.get(code);
    if (final === undefined) this.#lost(words);
    else this.#end(final, words);
  }

  #lost(reason: string): void {
    this.#drop(CloseCode.GoingAway, 'Connecting again.');
    const { clock, random, onState } = this.#options;
    const delay = backoffDelay(this.#attempt++, random);
    const generation = this.#generation;
    this.#cancelTimer = clock.after(delay, () => {
      if (generation === this.#generation) this.#connect();
    });
    onState({ kind: 'waiting', attempt: this.#attempt, retryAt: clock.now() + delay, reason });
  }

  #end(code: string, reason: string): void {
    this.#drop(CloseCode.Normal, '');
    this.#options.onState({ kind: 'ended', code, reason });
  }

  #drop(code: number, reason: string): void {
    this.#generation++;
    this.#cancelTimer();
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.#link?.close(code, reason);
    this.#link = undefined;
    if (wasOpen) this.#options.onLost();
  }
}

/** A dial that throws is a dial that rejects. */
async function open(dial: Dial): Promise<Link> {
  return await dial();
}
