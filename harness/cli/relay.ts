/** sightline relay */
import { Command, InvalidArgumentError } from 'commander';
import { SightlineError } from '../../codecs/errors.js';
import { parsePublicUrl } from '../../engine/relay/public-url.js';
import { ProxyTrust } from '../../engine/transport/peer-address.js';
import { messages } from './messages.js';
import { collect, DEFAULT_LISTEN, DEFAULT_PORT, oneOf, wholeNumber } from './options.js';
import { runCommand } from './output.js';
import type { RelayFlags } from './run-relay.js';
import { examples } from './text.js';

/** The options of everything that starts a relay. */
export function withRelayOptions(command: Command): Command {
  const o = messages.options;
  return command
    .option('--port <number>', o.port, wholeNumber('--port', 0, 65_535), DEFAULT_PORT)
    .option('--listen <address>', o.listen, DEFAULT_LISTEN)
    .option('--transport <name>', o.transport, oneOf('--transport', ['auto', 'uws', 'ws']), 'auto' as const)
    .option('--public-url <url>', o.publicUrl, publicUrl)
    .option('--name <name>', o.relayName, collect)
    .option('--tls-cert <file>', o.tlsCert)
    .option('--tls-key <file>', o.tlsKey)
    .option('--trust-proxy <address>', o.trustProxy, proxies)
    .option('--links-per-address <number>', o.linksPerAddress, wholeNumber('--links-per-address', 2, 65_535));
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
        'sightline relay --public-url https://support.example --trust-proxy 127.0.0.1',
        'sightline relay --listen 0.0.0.0 --port 443 --tls-cert chain.pem --tls-key key.pem',
      ]),
    )
    .action((flags: RelayFlags & { readonly json?: boolean }) =>
      runCommand(async () => (await import('./run-relay.js')).serve(flags)),
    );
}

function publicUrl(value: string, previous: readonly string[] | undefined): readonly string[] {
  try {
    return [...(previous ?? []), parsePublicUrl(value).origin];
  } catch (error) {
    if (error instanceof SightlineError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

/** Addresses and networks of proxies, repeated or separated by commas. */
function proxies(value: string, previous: readonly string[] | undefined): readonly string[] {
  const added = value.split(',').map((part) => part.trim());
  try {
    new ProxyTrust(added);
  } catch (error) {
    if (error instanceof SightlineError) throw new InvalidArgumentError(error.message);
    throw error;
  }
  return [...(previous ?? []), ...added];
}
