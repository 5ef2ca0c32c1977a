import type { Site } from '@azure/arm-appservice';
import type { TokenCredential } from '@azure/core-auth';

export interface SiteAddress {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly app: string;
  /** The slot that releases are staged in. */
  readonly slot: string;
}

/** How the management plane is reached. */
export interface ManagementAccess {
  readonly credential: TokenCredential;
  /** Default: Azure's public cloud. */
  readonly endpoint?: string;
  /** CA certificates (PEM) that its TLS is checked against, besides the usual ones. */
  readonly ca?: string;
  /** Milliseconds between two questions about a long-running operation, and about a slot that starts. */
  readonly pollMs: number;
  /** How long a call may take with all its repetitions. Default: as long as it takes. */
  readonly limitMs?: number;
}

/** Host of the SCM site; empty when the site names none. */
export function scmHostOf({
  hostNameSslStates,
  enabledHostNames,
}: Pick<Site, 'hostNameSslStates' | 'enabledHostNames'>): string {
  const scm = hostNameSslStates?.find((state) => state.hostType === 'Repository')?.name;
  return scm ?? enabledHostNames?.find((name) => name.includes('.scm.')) ?? '';
}
