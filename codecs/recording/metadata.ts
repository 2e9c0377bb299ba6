/** What a recording says of itself: the payload of its first block, one MessagePack map. */
import { Packr } from 'msgpackr';
import * as v from 'valibot';
import { SightlineError } from '../errors.js';
import { MAX_SIDE } from '../geometry.js';

/** Longest metadata block, in bytes. */
export const MAX_METADATA_BYTES = 65_536;

const text = v.pipe(v.string(), v.maxLength(400));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SIDE));
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
});

export type RecordingMetadata = v.InferOutput<typeof schema>;

const packr = new Packr({ useRecords: false, mapsAsObjects: true, variableMapSize: true });

/** Throws `SightlineError` (`bad-argument`, `too-large`). The same metadata always gives the same bytes. */
export function encodeMetadata(metadata: RecordingMetadata): Uint8Array {
  const result = v.safeParse(schema, metadata);
  if (!result.success) throw faultOf('bad-argument', result.issues[0]);
  const bytes = new Uint8Array(packr.pack(result.output));
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
  let value: unknown;
  try {
    value = packr.unpack(bytes);
  } catch (cause) {
    throw new SightlineError('bad-recording', 'The metadata is not MessagePack.', {
      field: 'metadata',
      cause,
    });
  }
  const result = v.safeParse(schema, value);
  if (!result.success) throw faultOf('bad-recording', result.issues[0]);
  return result.output;
}

function faultOf(code: 'bad-argument' | 'bad-recording', issue: v.BaseIssue<unknown>): SightlineError {
  const field = v.getDotPath(issue) ?? 'metadata';
  return new SightlineError(code, `metadata.${field}: ${issue.message}`, { field });
}
