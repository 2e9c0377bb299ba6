/** What `sightline relay` does, and what others need that start a relay. */
import { SightlineError } from '../../codecs/index.js';
import { type RunningRelay, type StartRelayOptions, startRelay } from '../../engine/relay/index.js';
import { messages } from './messages.js';
import { printJson, say, untilInterrupted } from './output.js';
import { text } from './text.js';

export interface RelayFlags {
  readonly port: number;
  readonly listen: string;
  readonly transport: 'auto' | 'uws' | 'ws';
  readonly secret?: string;
  readonly grace?: number;
  readonly allowOrigin?: readonly string[];
  readonly name?: readonly string[];
  readonly publicUrl?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustProxy?: readonly string[];
  readonly linksPerAddress?: number;
}

/** Runs a relay until it is told to stop. */
export async function serve(flags: RelayFlags & { readonly json?: boolean }): Promise<undefined> {
  const stopped = untilInterrupted();
  const relay = await openRelay(flags);
  announceRelay(relay);
  if (flags.json) {
    const { address, localAddress, linkAddress, transport, reason } = relay;
    printJson({ address, localAddress, linkAddress, transport, reason, pid: process.pid });
  }
  const ignore = onHangUp(relay, flags);
  await stopped;
  ignore();
  await relay.close();
  return undefined;
}

export function relayOptions(flags: RelayFlags): StartRelayOptions {
  const secret = flags.secret ?? process.env.SIGHTLINE_SECRET;
  const { tlsCert: cert, tlsKey: key } = flags;
  if ((cert === undefined) !== (key === undefined)) {
    throw new SightlineError('bad-argument', messages.relay.tlsTogether, { field: 'tls' });
  }
  return {
    host: flags.listen,
    port: flags.port,
    transport: flags.transport,
    ...(secret === undefined ? {} : { secret }),
    ...(flags.allowOrigin === undefined ? {} : { allowedOrigins: flags.allowOrigin }),
    ...(flags.name === undefined ? {} : { names: flags.name }),
    ...(flags.publicUrl === undefined ? {} : { publicUrls: flags.publicUrl }),
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
    ...(flags.trustProxy === undefined ? {} : { trustProxy: flags.trustProxy }),
    ...(flags.linksPerAddress === undefined ? {} : { maxLinksPerAddress: flags.linksPerAddress }),
    ...(flags.grace === undefined ? {} : { limits: { grace: flags.grace * 1e6 } }),
  };
}

/** Starts a relay, or says which option can help. */
export async function openRelay(flags: RelayFlags): Promise<RunningRelay> {
  try {
    return await startRelay(relayOptions(flags));
  } catch (error) {
    if (!(error instanceof SightlineError) || error.code !== 'refused') throw error;
    const { port, listen } = flags;
    const words: Readonly<Record<string, string>> = {
      port: messages.relay.portTaken,
      access: messages.relay.portKept,
      host: messages.relay.notHere,
    };
    const sentence = words[error.field ?? ''];
    if (sentence === undefined) throw error;
    const message = text(sentence, { port: String(port), listen });
    throw new SightlineError('refused', message, { field: error.field!, cause: error });
  }
}

/** Says where the relay is, on what it runs and why. */
export function announceRelay(relay: RunningRelay): void {
  const { address, localAddress, transport, reason, host } = relay;
  say(text(messages.relay.listening, { address, transport, reason: reason.replace(/\.$/, '') }));
  if (!/^(127\.|localhost$|::1$)/.test(host)) {
    const isSecure = localAddress.startsWith('https:');
    say(text(isSecure ? messages.relay.openSecure : messages.relay.open, { host }));
  }
}

/** Reads the certificate anew at each SIGHUP; the answer ends that. Without TLS the signal is as it always was. */
export function onHangUp(relay: RunningRelay, { tlsCert }: RelayFlags): () => void {
  if (tlsCert === undefined) return () => {};
  const reload = (): void => {
    try {
      relay.reloadTls();
      say(messages.relay.tlsRead);
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      say(text(messages.relay.tlsKept, { reason: error.message }));
    }
  };
  process.on('SIGHUP', reload);
  return () => process.off('SIGHUP', reload);
}

/** Whether an error says that the port is in use. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof SightlineError && error.code === 'refused' && error.field === 'port';
}
