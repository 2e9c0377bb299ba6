/** What `sightline demo` does. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RunningRelay } from '../../engine/index.js';
import { formatAddress } from '../../engine/viewer/index.js';
import { hostArguments, type SimulationFlags } from './host-options.js';
import { messages } from './messages.js';
import { DEFAULT_PORT } from './options.js';
import { print, printJson, say, untilInterrupted } from './output.js';
import { announceRelay, isPortTaken, onHangUp, openRelay, type RelayFlags } from './run-relay.js';
import { text } from './text.js';

export type DemoFlags = RelayFlags & SimulationFlags & { readonly json?: boolean };

/** Runs a relay and a host until it is told to stop; the exit code where it ends otherwise. */
export async function demo(flags: DemoFlags, isDefaultPort: boolean): Promise<number | undefined> {
  const stopped = untilInterrupted();
  const relay = await startNearPort(flags, isDefaultPort);
  announceRelay(relay);
  const ignore = onHangUp(relay, flags);
  const token = randomBytes(16).toString('base64url');
  // Only a name that the certificate has can be dialled by TLS.
  const { address: published, localAddress } = relay;
  const dialled = flags.tlsCert === undefined ? localAddress : published;
  const host = fork(
    fileURLToPath(new URL('./main.js', import.meta.url)),
    [
      'host',
      '--relay',
      dialled,
      ...(flags.tlsCert === undefined ? [] : ['--ca', flags.tlsCert]),
      '--token',
      token,
      '--quiet',
      ...hostArguments(flags),
    ],
    // A group of its own would be missed by Ctrl-C; this one hears it too, and ends with us anyway.
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const hostGone = once(host, 'exit').then(([code, signal]) => ({ reason: String(signal ?? code) }));
  try {
    const ready = await Promise.race([once(host, 'message'), hostGone, stopped]);
    if (Array.isArray(ready)) {
      const address = formatAddress(relay.address, token);
      if (flags.json) {
        const { transport, reason } = relay;
        printJson({ address, transport, reason, pid: process.pid, hostPid: host.pid });
      } else print(text(messages.demo.open, { address }));
      say(messages.demo.stop);
    }
    const early = await Promise.race([hostGone, stopped]);
    if (early !== undefined) {
      say(text(messages.errors.child, { name: 'host', reason: early.reason }));
      return 1;
    }
    return undefined;
  } finally {
    if (host.connected) host.disconnect();
    await hostGone;
    ignore();
    await relay.close();
    say(messages.demo.stopped);
  }
}

/** How many ports after the default one are tried. */
const PORTS_TRIED = 20;

/** The relay on the wished port; on the next free one when the wish is only the default and somebody has it. */
async function startNearPort(flags: DemoFlags, isDefault: boolean): Promise<RunningRelay> {
  try {
    return await openRelay(flags);
  } catch (error) {
    if (!isDefault || !isPortTaken(error)) throw error;
  }
  const relay = await startNextTo(flags);
  say(text(messages.demo.portTaken, { port: String(DEFAULT_PORT), other: String(relay.port) }));
  return relay;
}

/** The relay on the next free port, or on any where there are many others. */
async function startNextTo(flags: DemoFlags): Promise<RunningRelay> {
  for (let port = DEFAULT_PORT + 1; port <= DEFAULT_PORT + PORTS_TRIED; port++) {
    try {
      return await openRelay({ ...flags, port });
    } catch (error) {
      if (!isPortTaken(error)) throw error;
    }
  }
  return openRelay({ ...flags, port: 0 });
}
