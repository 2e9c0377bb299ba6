/** Values in MessagePack, checked before and after they are unpacked. */
import { Packr } from 'msgpackr';
import * as v from 'valibot';
import { SightlineError } from '../errors.js';
import { checkPlainMessagePack } from '../msgpack-guard.js';

const packr = new Packr({ useRecords: false, mapsAsObjects: true, variableMapSize: true });

/** Plain maps, no record extension, so that any language can read it. */
export function packPlain(value: unknown): Uint8Array {
  return new Uint8Array(packr.pack(value));
}

/** Throws `SightlineError` (`bad-recording`); `field` names what is read. */
export function unpackPlain(bytes: Uint8Array, field: string): unknown {
  try {
    checkPlainMessagePack(bytes, 0);
    return packr.unpack(bytes);
  } catch (cause) {
    throw new SightlineError('bad-recording', `The ${field} is not plain MessagePack.`, { field, cause });
  }
}

/** The value as its schema has it. Throws `SightlineError` of that code, naming the field. */
export function checkedAs<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  code: 'bad-argument' | 'bad-recording',
  name: string,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue as v.BaseIssue<unknown>) ?? name;
  throw new SightlineError(code, `${name}.${field}: ${issue!.message}`, { field });
}
