/** What the controller of the auto stream is told and what it answers. Plain data: it is logged and replayed. */
import type { ColourLevel } from '../../codecs/index.js';
import type { Micros } from '../clock.js';

/**
 * How things stand when a packet is about to be coded. Asked only then, not again and again while `minInterval`
 * has not passed: what host and viewer took is counted once for each packet.
 */
export interface AutoInputs {
  readonly now: Micros;
  /** Bytes per second, as the window has it (`AckWindow.rate`); 0: unknown. Believed until acks say more. */
  readonly rate: number;
  /** The link's round trip without queues (`AckWindow.delay`); 0: unknown. */
  readonly delay: Micros;
  /** Bytes sent and not acknowledged. */
  readonly inFlight: number;
  /** How long the oldest frame in flight has been; 0 when none is. */
  readonly waiting: Micros;
  /** The viewer's frames received and not decoded, of the last ack. */
  readonly queueDepth: number;
  /** The viewer's, for the last acknowledged frame. */
  readonly decodeTime: Micros;
  /** The host's, for the last packet: everything from capture to the last slice. */
  readonly encodeTime: Micros;
  /** Pixels of new damage that wait to be coded; 0: none, only refinement is asked about. */
  readonly damagePixels: number;
  /** How much of it a packet before had no room for: with so much left, a large change is still being shown. */
  readonly leftPixels?: number;
  /** How much of the damage (or, without any, of the approximate pixels) is natural content, 0 to 1. */
  readonly naturalShare?: number;
  /** Pixels that viewers hold not exactly and that have rested; 0 or absent: not known. */
  readonly approximatePixels?: number;
  /** The coarsest natural quality among them, as decided when they were coded. */
  readonly approximateQuality?: number;
}

/** Why a decision is as it is. Stable: logs, tests and message catalogues key on them. */
export type AutoReason =
  /** Everything exact: it fits. */
  | 'exact'
  /** Nothing is known of the link yet: a small coarse beginning. */
  | 'cold'
  /** The finest that the link carries in the time that a packet may take. */
  | 'link'
  /** A finer one would fit, but not by enough or not for long enough. */
  | 'held'
  /** Finer than before: the link has carried more for a while. */
  | 'climbing'
  /** Larger than what the link is known to carry, to learn whether it carries more. */
  | 'probing'
  /** Coarser than the link asks for: host or viewer cannot keep up even at a low frame rate. */
  | 'overload'
  /** As much is queued as may be: nothing now, ask again with the next ack. */
  | 'waiting'
  /** No damage waits: approximate tiles are made exact. */
  | 'refining'
  /** No damage waits: a better picture first, of tiles that are coarser, because the exact one would take long. */
  | 'sharpening'
  /** No damage waits, but what comes regularly takes the whole link, or bytes are still queued. */
  | 'busy';

export interface AutoDecision {
  /** For natural tiles: 0 exact, else 1 (coarse) to 100. */
  readonly transformQuality: number;
  /** Colours left to text-like tiles; `ColourLevel.High`: exact. */
  readonly textLevel: ColourLevel;
  /** Most bytes of this packet; what does not fit waits for the next. `Infinity`: no limit; 0: not now. */
  readonly budgetBytes: number;
  /** Shortest time from one packet of new damage to the next. */
  readonly minInterval: Micros;
  /** Whether a refinement may be sent now, at the quality above. Never while damage waits. */
  readonly refine: boolean;
  /** Most bytes of the refinement, but a first tile may always go. 0 without `refine`. */
  readonly refineBudgetBytes: number;
  /** Without `refine`: when it is worth asking again, if nothing else happens. */
  readonly askAfter: Micros;
  readonly reason: AutoReason;
  /** The rate that was counted on, bytes per second; 0: unknown. */
  readonly rate: number;
  /** What was expected of the damage, or of the approximate pixels, at the decided quality. */
  readonly expectedBytes: number;
}

/** A packet or refinement that was coded and sent. */
export interface CodedSample {
  readonly now: Micros;
  /** Pixels that it holds. */
  readonly pixels: number;
  readonly bytes: number;
  /** As decided. */
  readonly quality: number;
  readonly textLevel: ColourLevel;
  readonly encodeTime: Micros;
  /** How much of the pixels was natural content, 0 to 1, where known. */
  readonly naturalShare?: number;
  /** It only sharpened what was there. */
  readonly isRefinement?: boolean;
}

/** A frame that was acknowledged: `AckWindow.lastAcked`, and the ack's own fields. */
export interface AckedSample {
  readonly now: Micros;
  readonly bytes: number;
  /** From sending to the ack. */
  readonly roundTrip: Micros;
  /** From the ack before to this one. */
  readonly sinceLast: Micros;
  readonly decodeTime: Micros;
  /** The viewer's frames received and not decoded. */
  readonly queueDepth: number;
}

export interface AutoOptions {
  /** The time that a packet may take on the wire, in a moving picture half of it at most. */
  readonly wireTarget: Micros;
  /** The same of a refinement, which new damage may have to wait for. */
  readonly refineTarget: Micros;
}

/** From the range in which a delay is felt but work goes on (100 to 150 ms). */
export const WIRE_TARGET: Micros = 120_000;
/** A quarter of it: a refinement under way delays the damage that follows it. */
export const REFINE_TARGET: Micros = 30_000;

export const AUTO_DEFAULTS: AutoOptions = { wireTarget: WIRE_TARGET, refineTarget: REFINE_TARGET };
