import { textOf } from '../../lib/json.ts';

export interface TaggedImage extends RegistryAccess {
  readonly tag: string;
}

export interface RegistryAccess {
  /** https:// and the registry's login server. */
  readonly registryUrl: string;
  readonly repository: string;
  /** A token for Azure's management plane; the registry takes it in exchange for its own. */
  readonly token: () => Promise<string>;
}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** The digest of a tag. Undefined when there is none or the registry refuses; then the build reports why. */
export async function taggedDigest({ tag, ...access }: TaggedImage): Promise<string | undefined> {
  const response = await headManifest(access, tag);
  return response.ok ? (response.headers.get('docker-content-digest') ?? undefined) : undefined;
}

/**
 * Asks the registry for the manifest of a tag or digest.
 * https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export async function headManifest(
  { registryUrl, repository, token }: RegistryAccess,
  reference: string,
): Promise<Response> {
  const service = new URL(registryUrl).host;
  const refresh = await form(`${registryUrl}/oauth2/exchange`, {
    grant_type: 'access_token',
    service,
    access_token: await token(),
  });
  const access = await form(`${registryUrl}/oauth2/token`, {
    grant_type: 'refresh_token',
    service,
    scope: `repository:${repository}:pull`,
    refresh_token: textOf(refresh, 'refresh_token'),
  });
  return fetch(`${registryUrl}/v2/${repository}/manifests/${reference}`, {
    method: 'HEAD',
    headers: { accept: MANIFESTS.join(', '), authorization: `Bearer ${textOf(access, 'access_token')}` },
  });
}

async function form(url: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  return response.ok ? response.json() : undefined;
}
