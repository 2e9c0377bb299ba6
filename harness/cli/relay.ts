/** sightline relay */
import { Command } from 'commander';
import { SightlineError } from '../../codecs/index.js';
import { type RunningRelay, type StartRelayOptions, startRelay } from '../../engine/relay/index.js';
import { messages } from './messages.js';
import { collect, DEFAULT_LISTEN, DEFAULT_PORT, oneOf, wholeNumber } from './options.js';
import { printJson, runCommand, say, untilInterrupted } from './output.js';
import { examples, text } from './text.js';

export interface RelayFlags {
  readonly port: number;
  readonly listen: string;
  readonly transport: 'auto' | 'uws' | 'ws';
  readonly secret?: string;
  readonly grace?: number;
  readonly allowOrigin?: readonly string[];
}

/** The options of everything that starts a relay. */
export function withRelayOptions(command: Command): Command {
  const o = messages.options;
  return command
    .option('--port <number>', o.port, wholeNumber('--port', 0, 65_535), DEFAULT_PORT)
    .option('--listen <address>', o.listen, DEFAULT_LISTEN)
    .option('--transport <name>', o.transport, oneOf('--transport', ['auto', 'uws', 'ws']), 'auto' as const);
}

export function relayCommand(): Command {
  const o = messages.options;
  return withRelayOptions(new Command('relay').description(messages.relay.summary))
    .option('--secret <text>', o.secret)
    .option('--grace <seconds>', o.grace, wholeNumber('--grace', 0, 86_400), 60)
    .option('--allow-origin <origin>', o.allowOrigin, collect)
    .option('--json', messages.program.json)
    .addHelpText(
      'after',
      examples(messages.program.examples, [
        'sightline relay',
        'sightline relay --port 0 --json',
        'sightline relay --listen 0.0.0.0 --secret "$(openssl rand -hex 16)"',
      ]),
    )
    .action((flags: RelayFlags & { json?: boolean }) =>
      runCommand(async () => {
        const stopped = untilInterrupted();
        const relay = await startRelay(relayOptions(flags));
        announceRelay(relay);
        if (flags.json) {
          const { address, linkAddress, transport, reason } = relay;
          printJson({ address, linkAddress, transport, reason, pid: process.pid });
        }
        await stopped;
        await relay.close();
        return undefined;
      }),
    );
}

export function relayOptions(flags: RelayFlags): StartRelayOptions {
  const secret = flags.secret ?? process.env.SIGHTLINE_SECRET;
  return {
    host: flags.listen,
    port: flags.port,
    transport: flags.transport,
    ...(secret === undefined ? {} : { secret }),
    ...(flags.allowOrigin === undefined ? {} : { allowedOrigins: flags.allowOrigin }),
    ...(flags.grace === undefined ? {} : { limits: { grace: flags.grace * 1e6 } }),
  };
}

/** Says where the relay is, on what it runs and why. */
export function announceRelay(relay: RunningRelay): void {
  const { address, transport, reason, host } = relay;
  say(text(messages.relay.listening, { address, transport, reason: reason.replace(/\.$/, '') }));
  if (!/^(127\.|localhost$|::1$)/.test(host)) say(text(messages.relay.open, { host }));
}

/** Whether an error says that the port is in use. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof SightlineError && error.code === 'refused' && error.field === 'port';
}
