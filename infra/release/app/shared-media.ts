import { SlipError } from '../../lib/errors.ts';
import type { WantedMount } from '../../lib/wanted.ts';
import type { Application } from './application.ts';

type Mounts = Readonly<Record<string, WantedMount>>;

/** Directories of the application whose files outlive a release; no package holds them. */
export function mediaPaths({ media }: Pick<Application, 'media'>): readonly string[] {
  return media.map(({ path }) => path);
}

/** Directories of the application that lie on the share. */
export function sharedPaths({ media }: Pick<Application, 'media'>): readonly string[] {
  return media.filter(({ mode }) => mode === 'shared').map(({ path }) => path);
}

/**
 * The mounts that a version runs with: the share only where it has shared media, since a mount that fails keeps the container from starting.
 * Throws SLIP-APP-SHARE when it has and the program has no share.
 */
export function mountsFor(wanted: Mounts, application: Pick<Application, 'media'>): Mounts {
  const shares = Object.entries(wanted).filter(([, { type }]) => type === 'AzureFiles');
  const paths = sharedPaths(application);
  if (paths.length > 0 && shares.length === 0) {
    throw new SlipError('SLIP-APP-SHARE', {
      found: `slipway.yaml has shared media (${paths.join(', ')}), and the program has no share for them`,
      expected: 'a share that both slots mount',
      fix: 'set slipway:media.shareGb in the stack’s config and run `pulumi up`; or mode: outbox for files whose names are used once; or media: []',
    });
  }
  return paths.length > 0
    ? wanted
    : Object.fromEntries(Object.entries(wanted).filter(([, { type }]) => type !== 'AzureFiles'));
}
