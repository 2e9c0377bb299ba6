/** Which server the relay runs on, and why, in words that it can say at start and in /healthz. */
import { SightlineError } from '../../codecs/index.js';
import type { RelayTransport, TransportName } from './relay-transport.js';

export type TransportWish = TransportName | 'auto';

export interface ChosenTransport {
  readonly transport: RelayTransport;
  readonly reason: string;
}

/** uWebSockets.js where its binary loads, else `ws`. Rejects (`missing-tool`) when a forced one does not load. */
export async function chooseTransport(wish: TransportWish = 'auto'): Promise<ChosenTransport> {
  if (wish === 'ws') {
    return { transport: await loadWs(), reason: 'ws was asked for.' };
  }
  try {
    const { loadUwsTransport } = await import('./uws.js');
    const transport = await loadUwsTransport();
    return {
      transport,
      reason:
        wish === 'uws'
          ? 'uWebSockets.js was asked for.'
          : `uWebSockets.js has a binary for ${platformInWords()}.`,
    };
  } catch (cause) {
    const why = `uWebSockets.js has no binary that loads on ${platformInWords()} (${detailOf(cause)}).`;
    if (wish === 'uws') throw new SightlineError('missing-tool', why, { field: 'transport', cause });
    return { transport: await loadWs(), reason: `${why} ws over node:http takes its place.` };
  }
}

async function loadWs(): Promise<RelayTransport> {
  return (await import('./ws.js')).wsTransport;
}

function platformInWords(): string {
  return `Node ${process.version}, ${process.platform} ${process.arch}`;
}

/** The loader's last line names the cause: a C library that is too old, or else, a missing file for one. */
export function detailOf(cause: unknown): string {
  const glibc = /version `?GLIBC_([\d.]+)'? not found/.exec(String(cause))?.[1];
  if (glibc !== undefined) return `it needs glibc ${glibc} or newer`;
  const lines = String(cause instanceof Error ? cause.message : cause)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('Require stack') && !line.startsWith('- '));
  return (lines.at(-1) ?? 'unknown').replace(/(?:\/[^\s/:]+)+\//g, '').slice(0, 160);
}
