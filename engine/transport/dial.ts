/** Opens a link from Node to a relay, over the `ws` package. */
import { rootCertificates } from 'node:tls';
import { WebSocket } from 'ws';
import { SightlineError } from '../../codecs/index.js';
import { MAX_MESSAGE_BYTES } from '../protocol/index.js';
import type { Link } from './link.js';
import { WsLink } from './ws-link.js';

export interface DialOptions {
  /** Milliseconds until the attempt is given up; 10,000 by default. */
  readonly timeoutMs?: number;
  /** Authorities (PEM) whose certificates are believed besides those that Node knows. */
  readonly ca?: string;
  /** More than this waiting to be written closes the link; 64 MB by default (two whole 4K pictures). */
  readonly maxBufferedBytes?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Characters of a relay's reason that are passed on. */
const LONGEST_REASON = 200;
const DEFAULT_MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** `url` is `ws://host:port/ws` or `wss://…`. Rejects with `SightlineError` (`refused`, `timeout`, `bad-argument`). */
export function dialWebSocket(url: string, options: DialOptions = {}): Promise<Link> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, {
        perMessageDeflate: false,
        maxPayload: MAX_MESSAGE_BYTES,
        skipUTF8Validation: true,
        handshakeTimeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        followRedirects: false,
        ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
        ...(isLoopback(url) ? { generateMask: leaveUnmasked } : {}),
      });
    } catch (cause) {
      reject(new SightlineError('bad-argument', `${url} is not a relay's address.`, { field: 'url', cause }));
      return;
    }
    const onError = (cause: Error) => {
      const timedOut = cause.message.includes('timed out');
      reject(
        new SightlineError(timedOut ? 'timeout' : 'refused', `No link to ${url}: ${cause.message}`, {
          cause,
        }),
      );
    };
    socket.once('error', onError);
    // A relay that refuses says why, in a sentence; the first part of the answer is enough.
    socket.once('unexpected-response', (request, response) => {
      const refused = (words = '') => {
        const why = words.trim().slice(0, LONGEST_REASON);
        const answer = `${response.statusCode} ${response.statusMessage}`;
        onError(new Error(why === '' ? `the answer is ${answer}.` : `${why} (${answer})`));
        socket.on('error', () => {});
        request.destroy();
      };
      response.once('data', (part: Buffer) => refused(part.toString()));
      response.once('end', () => refused());
      response.once('error', () => refused());
    });
    socket.once('open', () => {
      socket.off('error', onError);
      resolve(new WsLink(socket, options.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES));
    });
  });
}

/**
 * RFC 6455 (10.3) masks against proxies on the way that could be fooled by a page's script. On the loopback
 * interface there is no proxy; a mask of zeros spares a copy and an XOR of every display byte: 75 ms of the
 * sender's thread instead of 280 ms for 60 MB in messages of 20 kB.
 */
function leaveUnmasked(mask: Buffer): void {
  mask.fill(0);
}

function isLoopback(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return (
    protocol === 'ws:' && (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.'))
  );
}
