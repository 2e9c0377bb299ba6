/** Why an address cannot be listened on, in words. */
import { createServer } from 'node:net';
import { SightlineError } from '../../codecs/index.js';

const WORDS: Readonly<Record<string, { readonly field: string; readonly reason: string }>> = {
  EADDRINUSE: { field: 'port', reason: 'the port is taken' },
  EACCES: { field: 'access', reason: 'only an administrator may listen on this port' },
  EADDRNOTAVAIL: { field: 'host', reason: 'the address is not one of this machine' },
  ENOTFOUND: { field: 'host', reason: 'no machine has this name' },
  EAI_AGAIN: { field: 'host', reason: 'the name could not be looked up' },
};

/** `code` is the system's word for it. */
export function listenError(host: string, port: number, code: string, cause?: unknown): SightlineError {
  const { field, reason } = WORDS[code] ?? { field: 'host', reason: code };
  return new SightlineError('refused', `Cannot listen on ${host}:${port}: ${reason}.`, { field, cause });
}

/** Tries once more with a server that tells why, for one that does not. */
export function whyNotListening(host: string, port: number): Promise<SightlineError> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      resolve(listenError(host, port, cause.code ?? cause.message, cause));
    });
    // Whoever had the port has let go of it since.
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => resolve(listenError(host, port, 'EADDRINUSE')));
    });
  });
}
