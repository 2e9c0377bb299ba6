/** The host's connection to the relay: opens the session, and opens it again after a loss with the same key. */
import type { Clock } from '../clock.js';
import type { Control, ControlMessage } from '../protocol/index.js';
import { CloseCode } from '../protocol/index.js';
import type { Dial, Link } from '../transport/link.js';
import type { HeartbeatTimes } from '../transport/live-link.js';
import { Reconnector } from '../transport/reconnect.js';
import type { HostState } from './types.js';

export interface HostConnectionOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly times: HeartbeatTimes | undefined;
  /** The first message of every link; asked for anew each time. */
  readonly hello: (version: number) => Control<'host-hello'>;
  readonly onState: (state: HostState) => void;
  readonly onOpen: (welcome: Control<'host-welcome'>) => void;
  readonly onLost: () => void;
  /** A message after the welcome; `control` when it is one. Valid during the call. */
  readonly onMessage: (message: Uint8Array, control: ControlMessage | undefined) => void;
  readonly onFault: (error: unknown) => void;
}

export class HostConnection {
  readonly #way: Reconnector<'host-welcome'>;

  constructor(options: HostConnectionOptions) {
    const { dial, clock, random, times, hello, onState, onOpen, onLost, onMessage, onFault } = options;
    let session = '';
    let resumed = false;
    this.#way = new Reconnector({
      dial,
      clock,
      random,
      times,
      hello,
      welcomes: ['host-welcome'],
      events: {
        onReach: onState,
        onOpen: (welcome) => {
          ({ session, resumed } = welcome);
          this.#way.proven();
          onState({ kind: 'connected', session, resumed, link: 'alive' });
          onOpen(welcome);
        },
        onLost,
        onMessage,
        onQuiet: (quiet) => onState({ kind: 'connected', session, resumed, link: quiet ? 'quiet' : 'alive' }),
        onFault,
      },
    });
  }

  /** The link, from the relay's welcome until it is lost. What is sent on a lost one goes nowhere. */
  get link(): Link | undefined {
    return this.#way.link;
  }

  /** The version that is spoken with the relay. */
  get version(): number {
    return this.#way.version;
  }

  /** Messages of kinds that are not known here. */
  get unknown(): number {
    return this.#way.unknown;
  }

  /** Begins, or begins anew by another link. */
  start(): void {
    this.#way.start();
  }

  /** Ends the session for everybody. */
  stop(): void {
    this.#way.stop(CloseCode.Normal, 'The host has ended the session.');
  }

  /** The network may have changed: a link that is dead is found soon, and one that is waited for dialled at once. */
  lookNow(): void {
    this.#way.lookNow();
  }
}
