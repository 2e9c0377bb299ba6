/**
 * What a link is like: the access line of one party, the relay at its other end. Each direction stands for itself.
 * The presets are links as people have them; their figures are those of the technology, less what headers take.
 */
import type { Micros } from '../clock.js';

export interface DirectionProfile {
  /** Bytes of TCP's stream per second; infinite: any amount at once. */
  readonly bytesPerSecond: number;
  /** The least time from one end to the other, one way. */
  readonly delay: Micros;
  /** Each packet takes up to so much longer, evenly spread. */
  readonly jitter: Micros;
  /** Of packets, 0 to 1. */
  readonly loss: number;
  /** What may wait before the slow place of the way, bytes; the rest waits in the sender's sockets. */
  readonly buffer: number;
}

export interface LinkProfile {
  /** From the relay to the party. */
  readonly down: DirectionProfile;
  /** From the party to the relay. */
  readonly up: DirectionProfile;
}

/** A router of today: a little more than what a home's way to the other side of the world holds. */
export const USUAL_BUFFER = 256_000;

const PERFECT: DirectionProfile = {
  bytesPerSecond: Number.POSITIVE_INFINITY,
  delay: 0,
  jitter: 0,
  loss: 0,
  buffer: USUAL_BUFFER,
};

/** A link that is not there: all at once, and nothing lost. */
export const DIRECT: LinkProfile = { down: PERFECT, up: PERFECT };

const KBIT = 125;
const MBIT = 125_000;
const GBIT = 125_000_000;

const direction = (bytesPerSecond: number, delayMs: number, more: Partial<DirectionProfile> = {}) => ({
  ...PERFECT,
  bytesPerSecond,
  delay: delayMs * 1000,
  ...more,
});

const both = (profile: DirectionProfile): LinkProfile => ({ down: profile, up: profile });

export const LINK_PRESETS = {
  /** V.90: 53 kbit/s down and 33.6 up at best, and 100 ms that the modems themselves take. */
  modem: {
    down: direction(50 * KBIT, 55, { jitter: 5_000, buffer: 16_000 }),
    up: direction(32 * KBIT, 55, { jitter: 5_000, buffer: 16_000 }),
  },
  /** One B channel. */
  isdn: both(direction(62 * KBIT, 15, { jitter: 1_000, buffer: 16_000 })),
  /** ADSL2+: interleaving takes the time, and the modem's buffer is deep. */
  dsl: {
    down: direction(15 * MBIT, 12, { jitter: 1_000 }),
    up: direction(0.95 * MBIT, 12, { jitter: 2_000, buffer: 128_000 }),
  },
  /** Shared radio, far from its access point: jitter and loss. */
  hotel: both(direction(4 * MBIT, 15, { jitter: 20_000, loss: 0.005 })),
  /** A phone: fast, with the deep buffers of its base station. */
  lte: {
    down: direction(28 * MBIT, 22, { jitter: 10_000, buffer: 1_000_000 }),
    up: direction(9 * MBIT, 28, { jitter: 12_000, buffer: 500_000 }),
  },
  /** Geostationary: 36 000 km up and down. */
  satellite: {
    down: direction(19 * MBIT, 270, { jitter: 8_000, loss: 0.0005, buffer: 1_000_000 }),
    up: direction(2.8 * MBIT, 280, { jitter: 15_000, loss: 0.0005, buffer: 500_000 }),
  },
  /** Gigabit Ethernet through two switches. */
  lan: both(direction(0.94 * GBIT, 0.15, { jitter: 50 })),
} satisfies Readonly<Record<string, LinkProfile>>;

export type LinkPreset = keyof typeof LINK_PRESETS;

export const LINK_NAMES = Object.keys(LINK_PRESETS) as LinkPreset[];
