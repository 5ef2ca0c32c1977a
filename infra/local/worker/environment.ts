import { secretOf } from '../appservice/key-vault-references.ts';
import type { SiteContainer } from '../appservice/worker.ts';
import { type Resolver, resolveText } from '../program/resolver.ts';

/** What a container sees at the paths of App Service, as directories and files of this machine. */
export interface ContainerPaths {
  readonly home: string;
  readonly caBundle: string;
  /** Mount path to directory. */
  readonly mounts: ReadonlyMap<string, string>;
}

const CA_BUNDLE_ON_AZURE = '/etc/ssl/certs/ca-certificates.crt';

/** A setting's value as the container gets it. */
export function resolveValue(value: string, resolver: Resolver, paths: ContainerPaths): string {
  const created = resolveText(value, resolver);
  const secret = secretOf(created);
  if (secret === undefined) return mapPath(created, paths);
  const found = resolver.secret(secret.vaultName, secret.secretName);
  return found === undefined ? created : found.replace(`=${CA_BUNDLE_ON_AZURE}`, `=${inUrl(paths.caBundle)}`);
}

/** As the value of a URL's parameter. */
function inUrl(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Maps a leading path of the container to where it is on this machine. */
export function mapPath(value: string, paths: ContainerPaths): string {
  if (value === CA_BUNDLE_ON_AZURE) return paths.caBundle;
  for (const [path, directory] of [...paths.mounts, ['/home', paths.home] as const]) {
    if (value === path || value.startsWith(`${path}/`)) return `${directory}${value.slice(path.length)}`;
  }
  return value;
}

/** Resolved app settings: the environment of the main container. */
export function resolveSettings(
  settings: Readonly<Record<string, string>>,
  resolver: Resolver,
  paths: ContainerPaths,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, resolveValue(value, resolver, paths)]),
  );
}

/**
 * A site container's own environment out of the resolved app settings: the value of each variable is the *name* of a
 * setting, and a name that does not exist gives an empty string.
 */
export function siteContainerEnvironment(
  container: SiteContainer,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited = container.inheritAppSettingsAndConnectionStrings === false ? {} : settings;
  const named = (container.environmentVariables ?? []).map(({ name, value }) => [name, settings[value] ?? '']);
  return { ...inherited, ...Object.fromEntries(named) };
}
