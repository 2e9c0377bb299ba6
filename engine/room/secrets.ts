/** Keys are kept as hashes and compared in constant time. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function matches(secret: string, hash: Buffer): boolean {
  return timingSafeEqual(hashOf(secret), hash);
}

export function matchesAny(secret: string, hashes: readonly Buffer[]): boolean {
  return hashes.some((hash) => matches(secret, hash));
}

/** 128 random bits as base64url. */
export function randomKey(): string {
  return randomBytes(16).toString('base64url');
}

/** What a session is called in messages and figures: says nothing about its token. */
export function sessionName(token: string): string {
  return hashOf(`session ${token}`).toString('hex').slice(0, 12);
}
