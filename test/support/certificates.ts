/** Self-signed certificates for tests, made on the spot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { TlsFiles } from '../../engine/transport/index.js';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** For this machine, by its name and address; its own authority. */
export async function makeCertificate(): Promise<Certificate> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: pems.cert, key: pems.private };
}

/** A folder with a certificate in files, which another can take the place of. */
export class CertificateFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'sightline-tls-'));
  readonly files: TlsFiles = { cert: join(this.folder, 'cert.pem'), key: join(this.folder, 'key.pem') };

  constructor(certificate: Certificate) {
    this.write(certificate);
  }

  write({ cert, key }: Certificate): void {
    writeFileSync(this.files.cert, cert);
    writeFileSync(this.files.key, key);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
