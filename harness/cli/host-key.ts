/**
 * The key that shows a relay that a host is the one that opened a session. Who starts a host with a token of their own
 * wants to find the session again after a crash: such a key follows from relay, token and a secret of this user, which
 * one file holds that only they can read. Neither tokens nor keys are kept.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
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
  const { XDG_STATE_HOME, HOME } = environment;
  const state = XDG_STATE_HOME || join(HOME || homedir(), '.local', 'state');
  const folder = join(state, 'sightline');
  const file = join(folder, 'host-secret');
  const kept = await read(file);
  if (kept !== undefined) return kept;
  // Whole or not at all, and the first of two hosts that start together wins.
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch(() => {});
    await unlink(draft);
  } catch {
    return undefined;
  }
  return read(file);
}

async function read(file: string): Promise<string | undefined> {
  const kept = await readFile(file, 'utf8').catch(() => '');
  return SECRET.test(kept.trim()) ? kept.trim() : undefined;
}
