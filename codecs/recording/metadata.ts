/** What a recording says of itself: the payload of its first block, one MessagePack map. */
import * as v from 'valibot';
import { SightlineError } from '../errors.js';
import { MAX_SIDE } from '../geometry.js';
import { checkedAs, packPlain, unpackPlain } from './message-pack.js';

/** Longest metadata block, in bytes. */
export const MAX_METADATA_BYTES = 65_536;
/** Most lost stretches that a repaired file lists. */
export const MAX_LOST = 100;

const text = v.pipe(v.string(), v.maxLength(400));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SIDE));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const trackNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255));

const schema = v.object({
  /** Name of the session. */
  session: text,
  /** Name of the host whose screen is shown. */
  host: text,
  /** Size of the first picture; every slice carries its own. */
  width: side,
  height: side,
  /** The stream at the start: a colour level's, or 4, auto; every slice carries its own. */
  level: v.picklist([0, 1, 2, 3, 4] as const),
  /** The program that recorded, with its version. */
  program: text,
  /** When the recording started, in milliseconds since 1970-01-01T00:00Z, as the caller's clock says. */
  startedAt: whole,
  participants: v.pipe(v.array(v.object({ viewer: whole, name: text })), v.maxLength(64)),
  tracks: v.pipe(v.array(v.object({ track: trackNumber, kind: text })), v.maxLength(255)),
  /** This file goes on where another one ended. */
  continues: v.optional(
    v.object({
      /** Number of this file: 2 is the first that goes on. */
      part: v.pipe(whole, v.minValue(2)),
      /** Why the file before ended. */
      reason: text,
      /** Fingerprint of the file before, if that was ended well. */
      fingerprint: v.optional(hash),
    }),
  ),
  /** This file was made of what was whole in a damaged one. */
  repaired: v.optional(
    v.object({
      /** The program that repaired, with its version. */
      program: text,
      /** Size and fingerprint of the damaged file. */
      size: whole,
      fingerprint: hash,
      /** Seals that did not agree with what they sealed, by damage or because somebody changed it. */
      brokenSeals: whole,
      lostBytes: whole,
      /** Blocks known to be missing; there may be more at the end. */
      lostBlocks: whole,
      /** The first lost stretches: offsets in the damaged file, and the times of the whole blocks around. */
      lost: v.pipe(
        v.array(v.object({ from: whole, to: whole, fromTime: whole, toTime: whole })),
        v.maxLength(MAX_LOST),
      ),
    }),
  ),
});

export type RecordingMetadata = v.InferOutput<typeof schema>;

/** Throws `SightlineError` (`bad-argument`, `too-large`). The same metadata always gives the same bytes. */
export function encodeMetadata(metadata: RecordingMetadata): Uint8Array {
  const bytes = packPlain(checkedAs(schema, metadata, 'bad-argument', 'metadata'));
  if (bytes.length > MAX_METADATA_BYTES) {
    throw new SightlineError(
      'too-large',
      `The metadata has ${bytes.length} bytes; ${MAX_METADATA_BYTES} are allowed.`,
      { field: 'metadata' },
    );
  }
  return bytes;
}

/** Throws `SightlineError` (`bad-recording`). Unknown fields are dropped. */
export function decodeMetadata(bytes: Uint8Array): RecordingMetadata {
  if (bytes.length > MAX_METADATA_BYTES) {
    throw new SightlineError('bad-recording', 'The metadata is too long.', { field: 'metadata' });
  }
  return checkedAs(schema, unpackPlain(bytes, 'metadata'), 'bad-recording', 'metadata');
}
