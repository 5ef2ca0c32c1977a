import type { ContainerClient } from '@azure/storage-blob';
import type { WantedConfiguration } from '../../lib/wanted.ts';
import type { Annotation } from '../annotation.ts';
import type { ManagementAccess, SiteAddress } from '../appservice/site.ts';

export interface ReleaseTokens {
  readonly cacheApi: string;
  readonly release: string;
  /** Marks what a release records; it is the same for the life of the stack. */
  readonly seal: string;
}

/** A login of the database server that may make others. */
export interface DatabaseAdministrator {
  readonly user: string;
  readonly password: string;
}

/** Milliseconds. */
export interface TargetLimits {
  /** From a deployment or restart until the slot answers as expected. */
  readonly startMs: number;
  /** How long a slot that was deployed to or restarted has to answer as expected: some instances do so before others. */
  readonly steadyMs: number;
  /** From the first answer of a slot until its health has settled; and from a swap until the old version is back. */
  readonly settleMs: number;
  /** From a swap until production has to be the version that was swapped in, and healthy. */
  readonly liveMs: number;
  /** How long production may answer nothing before it counts as down. */
  readonly answerMs: number;
  /** How long a rollback waits for the version in staging, which a swap restarts, before it stages the package anew. */
  readonly returnMs: number;
  /** From a swap's request, or the end of one, until the site shows it. */
  readonly swapShowsMs: number;
  /** Until a Key Vault reference is resolved; a fresh role assignment takes minutes to arrive. */
  readonly referencesMs: number;
  /** Until production has carried its outbox to Blob; whole seconds. */
  readonly drainMs: number;
}

/** `unknown`: the registry cannot be asked. */
export type ImageState = 'there' | 'gone' | 'unknown';

/** All a release knows of where it goes. Both regions give one; nothing below asks which it is. */
export interface ReleaseTarget {
  /** Name of the stack: for people, and the prefix of what is kept in the releases container. */
  readonly stack: string;
  readonly site: SiteAddress;
  readonly management: ManagementAccess;
  /** Where visitors reach the slots; without a trailing slash. */
  readonly urls: { readonly production: string; readonly staging: string };
  /** Packages, history and lock. */
  readonly releases: ContainerClient;
  readonly limits: TargetLimits;
  readonly tokens: () => Promise<ReleaseTokens>;
  /** Read when it is needed, sent with a request that needs it, and kept nowhere. */
  readonly administrator: () => Promise<DatabaseAdministrator>;
  /** Whether the registry has an image, by the reference that a site container names. */
  readonly imageState: (image: string) => Promise<ImageState>;
  /** Those of the application's secrets, by the name of the setting, that are known to have no value. */
  readonly missingSecrets: (settings: readonly string[]) => Promise<readonly string[]>;
  /** The newest lines of the staging slot's log; empty when the region has none. */
  readonly slotLog: () => Promise<readonly string[]>;
  /** Marks a moment in the region's Application Insights. Throws when it is not taken. */
  readonly annotate: (annotation: Annotation) => Promise<void>;
  /** What the program wants now. Locally this evaluates it. */
  readonly wanted: () => Promise<WantedConfiguration>;
}
