/** TLS that ends at the relay, on both transports. */
import { writeFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunningRelay, startRelay } from '../../engine/relay/index.js';
import { dialWebSocket } from '../../engine/transport/index.js';
import { Peer } from '../room/peer.js';
import { type Certificate, CertificateFiles, makeCertificate } from '../support/certificates.js';
import { describeOverTransports } from '../support/transports.js';

let first: Certificate;
let second: Certificate;
beforeAll(async () => {
  first = await makeCertificate();
  second = await makeCertificate();
});

describeOverTransports('TLS over', (transport) => {
  let files: CertificateFiles;
  let relay: RunningRelay;
  beforeEach(async () => {
    files = new CertificateFiles(first);
    relay = await startRelay({ transport, tls: files.files });
  });
  afterEach(async () => {
    await relay.close();
    files.remove();
  });

  /** What a client sees who believes one certificate; rejects when another is shown. */
  const get = (path: string, { cert }: Certificate, host = `127.0.0.1:${relay.port}`) =>
    new Promise<string>((resolve, reject) => {
      const socket: TLSSocket = connect({ port: relay.port, host: '127.0.0.1', ca: cert }, () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        if (!text.includes('\r\n\r\n')) return;
        resolve(text);
        socket.destroy();
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('closed')));
    });

  it('carries pages and links, and tells browsers to come back by it', async () => {
    expect(relay.address).toBe(`https://127.0.0.1:${relay.port}`);
    expect(relay.linkAddress).toBe(`wss://127.0.0.1:${relay.port}/ws`);
    for (const [path, status] of [
      ['/healthz', 200],
      ['/nothing', 404],
    ]) {
      const text = await get(String(path), first);
      expect(text).toContain(`HTTP/1.1 ${status}`);
      expect(text.toLowerCase()).toContain('strict-transport-security: max-age=31536000');
      expect(text).toContain(`connect-src 'self' wss://127.0.0.1:${relay.port};`);
    }
    expect((await get('/', first, 'evil.example')).toLowerCase()).toMatch(/421[\s\S]*strict-transport/);
    const host = new Peer(await dialWebSocket(relay.linkAddress, { ca: first.cert }));
    host.helloAsHost();
    await host.until((party) => party.last('host-welcome') !== undefined);
    host.link.close();
  });

  it('is not spoken to those who do not believe the certificate, or speak without it', async () => {
    await expect(dialWebSocket(relay.linkAddress)).rejects.toMatchObject({ code: 'refused' });
    await expect(dialWebSocket(relay.linkAddress, { ca: second.cert })).rejects.toMatchObject({
      code: 'refused',
    });
    await expect(dialWebSocket(relay.linkAddress.replace('wss', 'ws'))).rejects.toMatchObject({
      code: 'refused',
    });
    expect(await get('/healthz', first)).toContain('200 OK');
  });

  it('shows a new certificate after it is told, and open links stay', async () => {
    const host = new Peer(await dialWebSocket(relay.linkAddress, { ca: first.cert }));
    host.helloAsHost();
    await host.until((party) => party.last('host-welcome') !== undefined);
    files.write(second);
    expect(await get('/healthz', first)).toContain('200 OK');

    relay.reloadTls();
    await expect(get('/healthz', first)).rejects.toThrow();
    expect(await get('/healthz', second)).toContain('200 OK');
    const viewer = new Peer(await dialWebSocket(relay.linkAddress, { ca: second.cert }));
    viewer.helloAsViewer();
    await host.until((party) => party.last('refresh') !== undefined);
    expect(await get('/metrics', second)).toContain('sightline_relay_links 2');

    files.write(first);
    relay.reloadTls();
    expect(await get('/healthz', first)).toContain('200 OK');
    host.slice({ frame: 1, viewer: 1, base: 0 });
    await viewer.until((party) => party.frames().length === 1);
    expect([host.closed, viewer.closed]).toEqual([undefined, undefined]);
    host.link.close();
    await viewer.until((party) => party.last('host-state')?.state === 'ended');
  });

  it('goes on with the old certificate where the new one cannot be used', async () => {
    writeFileSync(files.files.key, second.key);
    expect(() => relay.reloadTls()).toThrow(
      expect.objectContaining({ code: 'bad-argument', field: 'tlsKey' }),
    );
    writeFileSync(files.files.cert, 'nonsense');
    expect(() => relay.reloadTls()).toThrow(
      expect.objectContaining({ code: 'bad-argument', field: 'tlsCert' }),
    );
    expect(await get('/healthz', first)).toContain('200 OK');
    await expect(startRelay({ transport, tls: files.files })).rejects.toMatchObject({ field: 'tlsCert' });
    await expect(
      startRelay({ transport, tls: { ...files.files, cert: '/nowhere.pem' } }),
    ).rejects.toMatchObject({ field: 'tlsCert' });
  });
});
