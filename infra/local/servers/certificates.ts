import 'reflect-metadata';
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { isErrno } from '../../lib/error-message.ts';
import { writeFileAtomically } from '../state/files.ts';
import type { StatePaths } from '../state/paths.ts';

const VALIDITY_DAYS = 365;
const RENEW_BEFORE_DAYS = 30;
const DAY_MS = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface ServerName {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

const LOOPBACK: readonly ServerName[] = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'dns', value: 'localhost' },
];

export interface Certificates {
  /** PEM file with the region's CA: what connection.json names and containers get as their CA bundle. */
  readonly caFile: string;
  /** Server certificate for 127.0.0.1 and localhost, used by every TLS server of the region. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** The region's CA and server certificate. They are created on first use and replaced when damaged or about to expire. */
export async function ensureCertificates(paths: StatePaths, now: Date): Promise<Certificates> {
  const files = {
    caFile: join(paths.tls, 'ca.pem'),
    certFile: join(paths.tls, 'server.pem'),
    keyFile: join(paths.tls, 'server.key'),
  };
  if (!(await areGood(files, now))) await create(files, now);
  return files;
}

async function areGood(files: Certificates, now: Date): Promise<boolean> {
  try {
    const ca = new X509Certificate(await readFile(files.caFile));
    const server = new X509Certificate(await readFile(files.certFile));
    const key = createPrivateKey(await readFile(files.keyFile));
    const end = Date.parse(server.validTo);
    return (
      server.checkPrivateKey(key) && server.verify(ca.publicKey) && end - now.getTime() > RENEW_BEFORE_DAYS * DAY_MS
    );
  } catch (error) {
    if (isErrno(error, 'EACCES')) throw error;
    return false;
  }
}

async function create(files: Certificates, now: Date): Promise<void> {
  const { ca, cert, key } = await issueCertificate(LOOPBACK, now);
  await writeFileAtomically(files.keyFile, key);
  await writeFileAtomically(files.certFile, cert);
  await writeFileAtomically(files.caFile, ca);
}

/** A CA and a server certificate for some names, in PEM. The CA's key is not kept, so nothing else can be signed with it. */
export async function issueCertificate(
  names: readonly ServerName[],
  now: Date,
): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> {
  x509.cryptoProvider.set(globalThis.crypto);
  const notBefore = new Date(now.getTime() - DAY_MS);
  const notAfter = new Date(now.getTime() + VALIDITY_DAYS * DAY_MS);
  const caKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    // A unique name, so that a program that trusts the CAs of two regions chooses the right one.
    name: `CN=slipway local region CA ${randomBytes(4).toString('hex')}`,
    serialNumber: serial(),
    notBefore,
    notAfter,
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const serverKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const server = await x509.X509CertificateGenerator.create({
    subject: 'CN=127.0.0.1',
    issuer: ca.subject,
    serialNumber: serial(),
    notBefore,
    notAfter,
    publicKey: serverKeys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...names]),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey)).toString('base64');
  return { ca: `${ca.toString('pem')}\n`, cert: `${server.toString('pem')}\n`, key: pem('PRIVATE KEY', key) };
}

function serial(): string {
  return `01${randomBytes(15).toString('hex')}`;
}

function pem(label: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
