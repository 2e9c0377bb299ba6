/**
 * Notices: what people were told of the recording and what they agreed to, with the time of the block as the time
 * of the notice, and the markers that they set. The recorder's own messages, on a track of their own.
 */
import * as v from 'valibot';
import { SightlineError } from '../errors.js';
import { checkedAs, packPlain, unpackPlain } from './message-pack.js';

/** Longest notice, bytes. */
const MAX_NOTICE_BYTES = 4096;

const schema = v.object({
  /**
   * `told`: everyone in the session, the host first, was told that `viewer` records. `consent`: somebody was asked,
   * and `given` is the answer. `ended`: the recording ended by itself, for the reason in `text`. `marker`: somebody
   * set the marker `number` at `at`, and may have named it with `text`. Others may come.
   */
  kind: v.pipe(v.string(), v.regex(/^[a-z-]{1,24}$/)),
  /** The viewer that the notice is about. */
  viewer: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff))),
  /** Who was asked, or told. */
  name: v.optional(v.pipe(v.string(), v.maxLength(120))),
  given: v.optional(v.boolean()),
  text: v.optional(v.pipe(v.string(), v.maxLength(400))),
  /** Of a marker, from 1. */
  number: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff))),
  /** When a marker was set, microseconds since the start: it is written when it has its text. */
  at: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))),
});

export type RecordingNotice = v.InferOutput<typeof schema>;

/** Throws `SightlineError` (`bad-argument`). */
export function encodeNotice(notice: RecordingNotice): Uint8Array {
  return packPlain(checkedAs(schema, notice, 'bad-argument', 'notice'));
}

/** Throws `SightlineError` (`bad-recording`). */
export function decodeNotice(bytes: Uint8Array): RecordingNotice {
  if (bytes.length > MAX_NOTICE_BYTES) {
    throw new SightlineError('bad-recording', 'A notice is too long.', { field: 'notice' });
  }
  return checkedAs(schema, unpackPlain(bytes, 'notice'), 'bad-recording', 'notice');
}
