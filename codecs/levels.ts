/**
 * Colour levels: what is left of a picture's colours on the wire. A level is a pointwise reduction of each
 * pixel, so it commutes with moves and needs no neighbours (no dithering: text stays text).
 */

/** Wire value of a colour level. */
export const ColourLevel = {
  /** 16 greys, 4 bits. */
  VeryLow: 0,
  /** 256 colours, 8 bits: a 6x6x6 colour cube and a ramp of 40 greys. */
  Low: 1,
  /** 65 536 colours, RGB565. */
  Medium: 2,
  /** All colours, 24 bits. */
  High: 3,
} as const;
export type ColourLevel = (typeof ColourLevel)[keyof typeof ColourLevel];

/** Names used on command lines, in JSON and in message catalogues, indexed by wire value. */
export const LEVEL_NAMES = ['very-low', 'low', 'medium', 'high'] as const;
export type LevelName = (typeof LEVEL_NAMES)[number];

/** What a person may ask for: a fixed level, or what the measured link can carry, and the exact picture at rest. */
export type QualityName = LevelName | 'auto';

/** The auto stream's number wherever the wire names a stream; the others are those of their levels. */
export const AUTO_STREAM = 4;
/** What a viewer is sent: a level, exact in every frame, or the auto stream, exact once the screen rests. */
export type StreamLevel = ColourLevel | typeof AUTO_STREAM;
/** Indexed by wire value. */
export const STREAM_NAMES = [...LEVEL_NAMES, 'auto'] as const;

export function isColourLevel(value: number): value is ColourLevel {
  return value === 0 || value === 1 || value === 2 || value === 3;
}

export function isStreamLevel(value: number): value is StreamLevel {
  return isColourLevel(value) || value === AUTO_STREAM;
}

/** The level in whose codes a stream's slices are written. */
export function coloursOf(stream: StreamLevel): ColourLevel {
  return stream === AUTO_STREAM ? ColourLevel.High : stream;
}

export function levelOfName(name: string): ColourLevel | undefined {
  const index = (LEVEL_NAMES as readonly string[]).indexOf(name);
  return isColourLevel(index) ? index : undefined;
}
