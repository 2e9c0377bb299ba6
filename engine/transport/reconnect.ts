/**
 * A way to the relay that is kept open: dials, says hello, waits for the welcome, notices when the link no longer
 * lives, and dials again, later each time, until it is told to stop or the relay says that there is nothing to come
 * back to. A host keeps one such way, a viewer two.
 */
import { SightlineError } from '../../codecs/index.js';
import { backoffDelay } from '../backoff.js';
import type { Clock, Micros } from '../clock.js';
import {
  BEATS_SINCE,
  Channel,
  CloseCode,
  type Control,
  type ControlMessage,
  channelOf,
  closeCodeName,
  decodeControl,
  encodeControl,
  hasFeature,
  isUnknown,
  OLDEST_VERSION,
  PROTOCOL_VERSION,
  rowOf,
  type WelcomeType,
} from '../protocol/index.js';
import type { Dial, Link } from './link.js';
import { HEARTBEAT, type HeartbeatTimes, LiveLink } from './live-link.js';

/** From dialling to the relay's welcome: a far relay, a busy one, and some. */
const WELCOME_LIMIT: Micros = 10_000_000;
/** Between two looks for a session that has ended: its host may open it again. */
const AGAIN_PERIOD: Micros = 30_000_000;

/** Close codes after which trying again is pointless. */
const FINAL_CODES: ReadonlySet<number> = new Set([
  CloseCode.SessionEnded,
  CloseCode.Unauthorised,
  CloseCode.Conflict,
  CloseCode.UnsupportedVersion,
]);

/** What a way is while it is not open. */
export type Unreached =
  /** Not started, or stopped. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly attempt: number }
  /** Lost, or not to be had; the next attempt starts at `retryAt`. */
  | {
      readonly kind: 'waiting';
      readonly attempt: number;
      readonly retryAt: Micros;
      readonly code: string;
      readonly reason: string;
    }
  /** The relay said that there is nothing to come back to. */
  | { readonly kind: 'ended'; readonly code: string; readonly reason: string };

export interface ReconnectOptions<W extends WelcomeType> {
  readonly dial: Dial;
  readonly clock: Clock;
  /** In [0, 1): spreads the attempts. */
  readonly random: () => number;
  readonly times?: HeartbeatTimes | undefined;
  /** Silence that is explained elsewhere: as for `LiveLink`. */
  readonly patience?: () => Micros;
  /** The first message of every link, in the version that is tried; asked for anew each time. */
  readonly hello: (version: number) => ControlMessage;
  /** Any of these opens the way. */
  readonly welcomes: readonly W[];
  /** Never gives up: what is final for others is a loss like any other. */
  readonly isStubborn?: boolean;
  /** After its end a session is looked for now and then, without a word until it is there. */
  readonly looksAgain?: boolean;
  /** The longest wait after so many attempts that failed for that reason, where it is not the usual one. */
  readonly longestWait?: (code: string, attempt: number) => Micros | undefined;
  readonly events: ReconnectEvents<W>;
}

export interface ReconnectEvents<W extends WelcomeType> {
  /** Every change but that of which `onOpen` tells. */
  onReach(reach: Unreached): void;
  onOpen(welcome: Control<W>): void;
  /** The open link is gone; comes before the `onReach` that says why. */
  onLost(): void;
  /** A message after the welcome; `control` when it is one. Valid during the call. */
  onMessage(message: Uint8Array, control: ControlMessage | undefined): void;
  /** The open link has become quiet, or is heard again. */
  onQuiet(quiet: boolean): void;
  /** A message could not be read or taken; the link stays. */
  onFault(error: unknown): void;
}

export class Reconnector<W extends WelcomeType> {
  readonly #options: ReconnectOptions<W>;
  readonly #times: HeartbeatTimes;
  /** The version that is tried: an older relay understands only an older one. */
  #version = PROTOCOL_VERSION;
  #skipsUnknown = false;
  #unknown = 0;
  /** Grows with every link; what belongs to an older one is left aside. */
  #generation = 0;
  #attempt = 0;
  #kind: Unreached['kind'] | 'open' = 'idle';
  /** Looking for an ended session: nobody is told before it is found. */
  #isSilent = false;
  #ended: { readonly code: string; readonly reason: string } | undefined;
  #connectingSince: Micros = 0;
  #link: Link | undefined;
  #cancelTimer = () => {};

  constructor(options: ReconnectOptions<W>) {
    this.#options = options;
    this.#times = options.times ?? HEARTBEAT;
  }

  /** The link, from the relay's welcome until it is lost. What is sent on a lost one goes nowhere. */
  get link(): Link | undefined {
    return this.#kind === 'open' ? this.#link : undefined;
  }

  /** The version that is spoken by the open link, or was by the last. */
  get version(): number {
    return this.#version;
  }

  /** Messages of kinds that this program does not know, which the relay was told to expect. */
  get unknown(): number {
    return this.#unknown;
  }

  /** How long silence is explained by what is coming: as for `LiveLink`. */
  get patience(): Micros {
    return this.#link instanceof LiveLink ? this.#link.patience : 0;
  }

  /** Begins with the shortest wait, whatever was before. */
  start(): void {
    this.#drop(CloseCode.GoingAway, 'Connecting again.');
    this.#attempt = 0;
    this.#connect(false);
  }

  /** Closes the link and stays away. */
  stop(code: number = CloseCode.Normal, reason = ''): void {
    if (this.#drop(code, reason)) this.#become({ kind: 'idle' });
  }

  /** The way has shown that it works: the next loss starts with the shortest wait again. */
  proven(): void {
    this.#attempt = 0;
  }

  /** The network may have changed: asks an open link whether it lives, and dials at once where one is waited for. */
  lookNow(): void {
    switch (this.#kind) {
      case 'open':
        if (this.#link instanceof LiveLink) this.#link.ask();
        return;
      case 'waiting':
        this.#connect(false);
        return;
      case 'connecting':
        // A dial of before the change may never come to an end.
        if (this.#options.clock.now() - this.#connectingSince > this.#times.answer) {
          this.#drop(CloseCode.GoingAway, 'Connecting again.');
          this.#connect(false);
        }
        return;
      case 'ended':
        if (this.#canLookAgain() && !this.#isSilent) this.#connect(true);
        return;
      default:
    }
  }

  #connect(silently: boolean): void {
    const { clock, dial, hello } = this.#options;
    this.#cancelTimer();
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    this.#isSilent = silently;
    this.#connectingSince = clock.now();
    if (!silently) this.#become({ kind: 'connecting', attempt: this.#attempt });
    if (!isCurrent()) return;
    this.#cancelTimer = clock.after(WELCOME_LIMIT, () => {
      this.#lost('timeout', 'The relay did not answer in time.');
    });
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
        try {
          link.send(encodeControl(hello(this.#version)));
        } catch (error) {
          if (isCurrent()) this.#lost(...describe(error));
        }
      },
      (error: unknown) => {
        if (isCurrent()) this.#lost(...describe(error));
      },
    );
  }

  #receive(message: Uint8Array): void {
    const { events, welcomes } = this.#options;
    try {
      const control = channelOf(message) === Channel.Control ? decodeControl(message) : undefined;
      if (control?.type === 'refused') this.#refused(control);
      else if (this.#kind === 'open') {
        rowOf(message, control);
        events.onMessage(message, control);
      } else if (isOneOf(control, welcomes)) this.#welcomed(control);
      else throw new SightlineError('bad-state', 'The relay sent something before its welcome.');
    } catch (error) {
      if (this.#skipsUnknown && isUnknown(error)) this.#unknown++;
      else events.onFault(error);
    }
  }

  #refused({ code, reason, retry }: Control<'refused'>): void {
    if (code === 'unsupported-version' && this.#version > OLDEST_VERSION) this.#tryOlder();
    else if (retry || this.#options.isStubborn) this.#lost(code, reason);
    else this.#end(code, reason);
  }

  /** The relay does not speak our version: perhaps the one before. */
  #tryOlder(): void {
    const wasSilent = this.#isSilent;
    this.#version--;
    this.#drop(CloseCode.Normal, '');
    this.#connect(wasSilent);
  }

  #welcomed(welcome: Control<W>): void {
    const spoken = welcome as Control<WelcomeType>;
    const { version } = spoken;
    if (version < OLDEST_VERSION || version > PROTOCOL_VERSION) {
      this.#end('unsupported-version', `The relay speaks version ${version} of the protocol.`);
      return;
    }
    this.#cancelTimer();
    this.#isSilent = false;
    this.#version = version;
    this.#skipsUnknown = hasFeature(spoken, 'skip-unknown');
    if (version >= BEATS_SINCE) this.#watch(this.#link!);
    this.#kind = 'open';
    this.#options.events.onOpen(welcome);
  }

  #watch(link: Link): void {
    const { clock, events, patience, times } = this.#options;
    const { onMessage, onClose } = link;
    const live = new LiveLink(link, {
      clock,
      ...(times === undefined ? {} : { times }),
      ...(patience === undefined ? {} : { patience }),
      onQuiet: (quiet) => {
        if (this.#link === live) events.onQuiet(quiet);
      },
      onWake: () => {
        if (this.#link === live) this.lookNow();
      },
    });
    live.onMessage = onMessage;
    live.onClose = onClose;
    this.#link = live;
  }

  #closed(code: number, reason: string): void {
    const words = reason === '' ? `The relay closed the connection (${code}).` : reason;
    if (FINAL_CODES.has(code) && !this.#options.isStubborn) this.#end(closeCodeName(code), words);
    else this.#lost(closeCodeName(code), words);
  }

  #lost(code: string, reason: string): void {
    const wasSilent = this.#isSilent;
    if (!this.#drop(CloseCode.GoingAway, 'Connecting again.')) return;
    if (wasSilent) {
      this.#lookLater();
      return;
    }
    const { clock, random, longestWait } = this.#options;
    const attempt = ++this.#attempt;
    const delay = backoffDelay(attempt - 1, random, longestWait?.(code, attempt));
    const generation = this.#generation;
    this.#cancelTimer = clock.after(delay, () => {
      if (generation === this.#generation) this.#connect(false);
    });
    this.#become({ kind: 'waiting', attempt, retryAt: clock.now() + delay, code, reason });
  }

  #end(code: string, reason: string): void {
    const wasSilent = this.#isSilent;
    if (!this.#drop(CloseCode.Normal, '')) return;
    this.#ended = { code, reason };
    if (!wasSilent) this.#become({ kind: 'ended', code, reason });
    if (this.#kind === 'ended') this.#lookLater();
  }

  #canLookAgain(): boolean {
    return this.#options.looksAgain === true && this.#ended?.code === 'session-ended';
  }

  #lookLater(): void {
    if (!this.#canLookAgain()) return;
    const { clock, random } = this.#options;
    const generation = this.#generation;
    this.#cancelTimer = clock.after(AGAIN_PERIOD * (0.75 + 0.5 * random()), () => {
      if (generation === this.#generation) this.#connect(true);
    });
  }

  /**
   * Forgets the link; nothing that it still brings counts. False: who was told of the loss has stopped the way, or started
   * it anew, and that is what counts now.
   */
  #drop(code: number, reason: string): boolean {
    const generation = ++this.#generation;
    this.#cancelTimer();
    this.#isSilent = false;
    const wasOpen = this.#kind === 'open';
    const link = this.#link;
    this.#link = undefined;
    // The relay may be another when it is back.
    if (wasOpen) {
      this.#kind = 'waiting';
      this.#version = PROTOCOL_VERSION;
    }
    link?.close(code, reason);
    if (wasOpen) this.#options.events.onLost();
    return generation === this.#generation;
  }

  #become(reach: Unreached): void {
    this.#kind = reach.kind;
    this.#options.events.onReach(reach);
  }
}

function isOneOf<W extends WelcomeType>(
  message: ControlMessage | undefined,
  types: readonly W[],
): message is Control<W> {
  return message !== undefined && (types as readonly string[]).includes(message.type);
}

/** A dial that throws is a dial that rejects. */
async function open(dial: Dial): Promise<Link> {
  return await dial();
}

function describe(error: unknown): [code: string, reason: string] {
  return error instanceof SightlineError
    ? [error.code, error.message]
    : ['closed', error instanceof Error ? error.message : 'The relay cannot be reached.'];
}
