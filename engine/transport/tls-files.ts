/** A certificate and its key, in files (PEM), read and tried before any server has them. */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { SightlineError } from '../../codecs/index.js';

/** Paths of PEM files: the certificate with those between it and its root, and its private key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Chains have a few kilobytes. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Throws `SightlineError` (`bad-argument`; `field`: `tlsCert` or `tlsKey`) when they cannot be read, or do not fit. */
export function readTls(files: TlsFiles): TlsPair {
  const cert = readPem(files.cert, 'tlsCert');
  const key = readPem(files.key, 'tlsKey');
  tryPart({ cert }, files.cert, 'tlsCert');
  tryPart({ cert, key }, files.key, 'tlsKey');
  return { cert, key };
}

function readPem(path: string, field: string): Buffer {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new Error('it is too large');
    return readFileSync(path);
  } catch (cause) {
    throw wrong(path, field, cause);
  }
}

function tryPart(pair: { cert: Buffer; key?: Buffer }, path: string, field: string): void {
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw wrong(path, field, cause);
  }
}

function wrong(path: string, field: string, cause: unknown): SightlineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = field === 'tlsCert' ? 'certificate' : 'private key of the certificate';
  return new SightlineError('bad-argument', `${path} cannot be used as ${what}: ${reason}.`, {
    field,
    cause,
  });
}
