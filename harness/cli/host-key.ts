/**
 * The key that shows a relay that a host is the one that opened a session. Who starts a host with a token of their own
 * wants to find the session again after a crash: such a key follows from relay, token and a secret of this user, which
 * one file holds that only they can read. Neither tokens nor keys are kept.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SECRET = /^[A-Za-z0-9_-]{43}$/;

interface Environment {
  readonly XDG_STATE_HOME?: string | undefined;
  readonly HOME?: string | undefined;
}

/** 128 random bits. */
export function newKey(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * The same key at each start. Where no secret can be kept, a new one: that costs only the way back after a crash.
 * @param relay The relay's origin.
 */
export async function hostKey(
  relay: string,
  token: string,
  environment: Environment = process.env,
): Promise<string> {
  const secret = await userSecret(environment);
  if (secret === undefined) return newKey();
  return createHmac('sha256', secret).update(`host ${relay} ${token}`).digest('base64url');
}

/** In XDG's folder for state that outlives a program; undefined where it can be neither read nor made. */
async function userSecret(environment: Environment): Promise<string | undefined> {
  try {
    const { XDG_STATE_HOME, HOME } = environment;
    // Who has no account has no home either, and hears so by an error.
    const state = XDG_STATE_HOME || join(HOME || homedir(), '.local', 'state');
    const folder = join(state, 'sightline');
    const file = join(folder, 'host-secret');
    const kept = await read(file);
    if (secretIn(kept) !== undefined) return secretIn(kept);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await keepNew(file, kept !== undefined);
    return secretIn(await read(file));
  } catch {
    return undefined;
  }
}

/** Whole or not at all; the first of two hosts that start together wins, unless what is there is no secret. */
async function keepNew(file: string, isDamaged: boolean): Promise<void> {
  // Another process may have had our number, and have ended in the middle of this.
  const draft = `${file}.${newKey()}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  if (isDamaged) await rename(draft, file);
  else {
    await link(draft, file).catch(() => {});
    await unlink(draft);
  }
}

/** Undefined when there is no such file. */
async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function secretIn(kept: string | undefined): string | undefined {
  const secret = kept?.trim() ?? '';
  return SECRET.test(secret) ? secret : undefined;
}
