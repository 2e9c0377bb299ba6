/** `sightline relay` and `demo` where their port is taken, and what they answer to. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_PORT } from '../../harness/cli/options.js';
import { CertificateFiles, makeCertificate } from '../support/certificates.js';
import { TRANSPORTS_HERE } from '../support/transports.js';
import { Command } from './command.js';

const running: Command[] = [];
const servers: Server[] = [];
const run = (...args: string[]): Command => {
  const command = new Command(args);
  running.push(command);
  return command;
};

/** Takes a port, unless somebody has it already. */
const take = (port: number) =>
  new Promise<number>((resolve) => {
    const server = createServer();
    servers.push(server);
    server.once('error', () => resolve(port));
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });

afterEach(async () => {
  for (const command of running.splice(0)) {
    command.child.kill();
    await command.finished();
  }
  for (const server of servers.splice(0)) server.close();
});

describe.each(TRANSPORTS_HERE)('a relay on %s', (transport) => {
  it('says which of port and address cannot be had, and which option helps', async () => {
    const port = await take(0);
    const taken = await run('relay', '--port', String(port), '--transport', transport).finished();
    expect(taken).toMatchObject({ code: 1, out: '' });
    expect(taken.err).toContain(`Port ${port} is taken on 127.0.0.1: --port takes another`);
    const elsewhere = await run('relay', '--listen', '203.0.113.1', '--transport', transport).finished();
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.err).toContain('203.0.113.1 is not an address of this machine: --listen');
  });

  it('answers to the names that it is told', async () => {
    const relay = run(
      'relay',
      '--port',
      '0',
      '--transport',
      transport,
      '--name',
      'support.example',
      '--trust-proxy',
      '127.0.0.1,10.0.0.0/8',
      '--json',
    );
    const { address } = await relay.json<{ address: string }>();
    const { request } = await import('node:http');
    const status = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request(`${address}/healthz`, { headers: { host }, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on('error', reject);
        asked.end();
      });
    expect(await status('support.example')).toBe(200);
    expect(await status('evil.example')).toBe(421);
  });
});

describe.each(TRANSPORTS_HERE)('a relay with TLS on %s', (transport) => {
  it('is reached by its public address, and reads its certificate anew at SIGHUP', async () => {
    const first = new CertificateFiles(await makeCertificate());
    try {
      const relay = run(
        ...['relay', '--port', '0', '--transport', transport, '--json'],
        ...['--public-url', 'https://support.example', '--public-url', 'https://localhost'],
        ...['--tls-cert', first.files.cert, '--tls-key', first.files.key],
      );
      const { address, localAddress, linkAddress } = await relay.json<Record<string, string>>();
      expect([address, linkAddress]).toEqual(['https://support.example', 'wss://support.example/ws']);
      const ca = join(first.folder, 'ca.pem');
      writeFileSync(ca, readFileSync(first.files.cert));

      const host = run('host', '--relay', localAddress!, '--ca', ca, '--size', '64x64', '--json');
      const { address: session } = await host.json<{ address: string }>();
      const view = ['view', session, '--quality', 'high', '--until-frame', '1', '--json'];
      const seen = await run(...view, '--ca', ca).finished();
      expect(seen.code).toBe(0);
      const byEnvironment = new Command(view, { NODE_EXTRA_CA_CERTS: ca });
      running.push(byEnvironment);
      expect((await byEnvironment.finished()).code).toBe(0);

      writeFileSync(first.files.key, 'nonsense');
      relay.child.kill('SIGHUP');
      await relay.complaint('The certificate that was there goes on.');
      const second = await makeCertificate();
      first.write(second);
      relay.child.kill('SIGHUP');
      await relay.complaint('The certificate was read anew.');
      const next = await run(...view, '--ca', first.files.cert).finished();
      expect(next.code).toBe(0);
    } finally {
      first.remove();
    }
  });
});

describe('a host', () => {
  it('is given its room by a relay whose secret it knows, and none otherwise', async () => {
    const relay = run('relay', '--port', '0', '--secret', 'open sesame', '--json');
    const { address } = await relay.json<{ address: string }>();
    const host = run('host', '--relay', address, '--secret', 'open sesame', '--size', '64x64', '--json');
    const { address: session } = await host.json<{ address: string }>();
    const seen = await run('view', session, '--until-frame', '1', '--json').finished();
    expect(seen.code).toBe(0);
    const stranger = await run('host', '--relay', address, '--secret', 'open barley').finished();
    expect(stranger.code).toBe(1);
    expect(stranger.err).toContain("The relay's secret is another.");
    // The one ticket that was issued was used: by the host that nobody told which room to take.
    const metrics = await (await fetch(`${address}/metrics`)).text();
    expect(metrics).toContain('sightline_relay_tickets_total{outcome="redeemed"} 1');
    expect(metrics).toContain('sightline_relay_tickets_total{outcome="issued"} 1');
  });
});

describe('a relay', () => {
  it('refuses half of a certificate, and addresses that are none', async () => {
    const half = await run('relay', '--tls-cert', 'cert.pem').finished();
    expect(half.err).toContain('--tls-cert and --tls-key go together.');
    const wrong = await run('relay', '--public-url', 'support.example').finished();
    expect(wrong.err).toContain('"support.example" is not an address such as https://support.example.');
    const ca = await run(
      'view',
      'http://127.0.0.1:1/#tokentokentokentokentoken0',
      '--ca',
      '/nowhere',
    ).finished();
    expect(ca.err).toContain('/nowhere cannot be used as a file of authorities');
  });

  it('refuses proxies that are none', async () => {
    const { code, err } = await run('relay', '--trust-proxy', 'everybody').finished();
    expect(code).toBe(2);
    expect(err).toContain('"everybody" is neither an address nor a network');
  });
});

describe('a demo', () => {
  it('takes the next port where its own is taken, and says so', async () => {
    await take(DEFAULT_PORT);
    await take(DEFAULT_PORT + 1);
    const demo = run('demo', '--size', '640x480', '--json');
    const { address } = await demo.json<{ address: string }>();
    const port = Number(new URL(address).port);
    expect(port).toBeGreaterThan(DEFAULT_PORT + 1);
    expect(demo.err).toContain(`Port ${DEFAULT_PORT} is taken; using ${port}.`);
  });
});
