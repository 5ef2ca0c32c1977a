import { SlipError } from '../../lib/errors.ts';
import type { Config } from '../config/config.ts';
import type { ProtectedKind } from '../config/general.ts';
import { type Names, namesFor } from './naming.ts';
import { NOTHING_YET, type Present, presentValues } from './present.ts';

/** What every component needs to know. */
export interface Context {
  readonly config: Config;
  readonly names: Names;
  readonly tags: Readonly<Record<string, string>>;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly present: Present;
  /** Azure region of everything that has one. */
  readonly location: string;
  /** Whether resources of this kind are protected in Pulumi and locked in Azure. */
  readonly isProtected: (kind: ProtectedKind) => boolean;
  /** Whether resources of this kind stay in Azure when Pulumi deletes them. */
  readonly isRetained: (kind: ProtectedKind) => boolean;
}

export async function contextFor(
  config: Config,
  client: { subscriptionId: string; tenantId: string },
): Promise<Context> {
  const { name, stage, generation, location } = config;
  const isProtected = (kind: ProtectedKind): boolean => !config.protectExcept.includes(kind);
  const names = namesFor({ name, stage, generation, subscriptionId: client.subscriptionId });
  const present = stage === 'shared' ? NOTHING_YET : await presentValues(names);
  assertOneRotation(config.secrets.rotation, present.rotation);
  return {
    config,
    location,
    names,
    present,
    tags: { ...config.tags, application: name, stage, 'managed-by': 'pulumi' },
    subscriptionId: client.subscriptionId,
    tenantId: client.tenantId,
    isProtected,
    isRetained: (kind) => stage !== 'dev' && isProtected(kind),
  };
}

/** A second rotation would change secrets that production uses, and an earlier one cannot come back. */
function assertOneRotation(wanted: number, inProduction: number | undefined): void {
  if (inProduction === undefined || wanted === inProduction || wanted === inProduction + 1) return;
  throw new SlipError('SLIP-CONFIG-INVALID', {
    found: `secrets.rotation is ${wanted}, and the version in production has the secrets of rotation ${inProduction}`,
    expected: `${inProduction}, or ${inProduction + 1} to rotate; a release brings each rotation to production before the next one`,
    fix: `pulumi config set slipway:secrets.rotation ${inProduction + 1}, pulumi up, then ./slipway release`,
  });
}
