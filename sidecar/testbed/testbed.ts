import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Azurite } from './azurite.ts';
import { type CertificateFiles, makeCertificate } from './certificate.ts';
import { type IdentityEndpoint, startIdentity } from './identity.ts';
import { SidecarProcess } from './sidecar-process.ts';

export interface SidecarOptions {
  /** Name of its MEDIA_ROOT below the test's folder; instances that share one name share an outbox. */
  readonly media?: string;
  readonly blobEndpoint?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Everything a sidecar needs, real, in a temporary folder of its own: Azurite over TLS with OAuth, an identity endpoint. */
export class Testbed {
  readonly folder: string;
  readonly certificate: CertificateFiles;
  readonly azurite: Azurite;
  readonly identity: IdentityEndpoint;
  readonly #sidecars: SidecarProcess[] = [];

  static async start(options: { readonly inMemory?: boolean } = {}): Promise<Testbed> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-sidecar-'));
    const certificate = await makeCertificate(folder);
    const identity = await startIdentity();
    const azurite = await Azurite.start({ folder, certificate, inMemory: options.inMemory ?? true });
    return new Testbed(folder, certificate, azurite, identity);
  }

  private constructor(folder: string, certificate: CertificateFiles, azurite: Azurite, identity: IdentityEndpoint) {
    this.folder = folder;
    this.certificate = certificate;
    this.azurite = azurite;
    this.identity = identity;
  }

  async sidecar(options: SidecarOptions = {}): Promise<SidecarProcess> {
    const sidecar = await SidecarProcess.start({
      mediaRoot: join(this.folder, options.media ?? 'media'),
      blobEndpoint: options.blobEndpoint ?? this.azurite.endpoint,
      identityUrl: this.identity.url,
      identityHeader: this.identity.header,
      caFile: this.certificate.cert,
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    this.#sidecars.push(sidecar);
    return sidecar;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sidecars.map((sidecar) => sidecar.down('SIGKILL')));
    await this.azurite.down('SIGKILL');
    await this.identity.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
