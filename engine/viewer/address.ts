/** Addresses of sessions: `http://host:port/#TOKEN`. The token stays in the fragment, which no server is sent. */
import { SightlineError } from '../../codecs/index.js';

export interface SessionAddress {
  /** The page's origin, such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly token: string;
  /** Where both links are opened. */
  readonly socketUrl: string;
}

const TOKEN = /^[A-Za-z0-9_-]{22,64}$/;

/** Throws `SightlineError` (`bad-argument`) with the way out. */
export function parseAddress(address: string): SessionAddress {
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw wrong(
      'address',
      `"${address.slice(0, 200)}" is not an address such as http://host:port/#TOKEN.`,
      cause,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw wrong('address', 'A session address starts with http:// or https://.');
  }
  const token = url.hash.slice(1);
  if (!TOKEN.test(token)) {
    throw wrong(
      'token',
      token === ''
        ? 'The address has no token: copy it whole, with what follows the #.'
        : 'The token of the address is not whole: copy the address again.',
    );
  }
  const socket = new URL('/ws', url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  socket.hash = '';
  return { origin: url.origin, token, socketUrl: socket.href };
}

export function formatAddress(origin: string, token: string): string {
  return `${origin.replace(/\/+$/, '')}/#${token}`;
}

function wrong(field: string, message: string, cause?: unknown): SightlineError {
  return new SightlineError('bad-argument', message, { field, ...(cause === undefined ? {} : { cause }) });
}
