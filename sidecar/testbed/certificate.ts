import 'reflect-metadata';
import { randomUUID, webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import * as x509 from '@peculiar/x509';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * A self-signed certificate for 127.0.0.1 and localhost, good for a day, as files in a folder. It is its own CA, which
 * this process trusts from now on.
 */
export async function makeCertificate(folder: string): Promise<CertificateFiles> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // A name of its own: several certificates of one name in one process would be taken for each other.
      name: `CN=slipway-test-${randomUUID()}`,
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + 86_400_000),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    },
    webcrypto,
  );
  const exported = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const keyPem = x509.PemConverter.encode(exported, 'PRIVATE KEY');
  const certPem = certificate.toString('pem');
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), certPem, keyPem };
  await writeFile(files.cert, certPem);
  await writeFile(files.key, keyPem, { mode: 0o600 });
  setDefaultCACertificates([...getCACertificates('default'), certPem]);
  return files;
}
