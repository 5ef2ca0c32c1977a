import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { Arm } from '../../azure/arm.ts';
import type { Evaluation } from '../../evaluate/recorded.ts';
import { AppSecrets } from '../../lib/app-secrets.ts';
import { readConnection } from '../../lib/connection.ts';
import { asWanted } from '../../lib/wanted.ts';
import { ANNOTATED_WITHIN_MS, writeAnnotation } from '../annotation.ts';
import { incomplete, textOutput } from './stack-outputs.ts';
import type { ReleaseTarget } from './target.ts';

const POLL_MS = 50;
const limits = {
  startMs: 60_000,
  steadyMs: 0,
  settleMs: 6_000,
  liveMs: 6_000,
  answerMs: 2_000,
  returnMs: 2_000,
  swapShowsMs: 0,
  referencesMs: 10_000,
  drainMs: 60_000,
};
const TOKEN_LIFE_MS = 60 * 60_000;

export interface LocalTargetOptions {
  readonly stateDir: string;
  /** The program with the sidecar's image of now. Called when the wanted configuration is asked for. */
  readonly evaluation: () => Promise<Evaluation>;
  /** The program as it was evaluated last. */
  readonly lastEvaluation: () => Promise<Pick<Evaluation, 'outputs'> | undefined>;
  readonly hasImage: (image: string) => Promise<boolean>;
  /** The newest lines of the staging slot's log. */
  readonly slotLog: () => Promise<readonly string[]>;
  /** How long a slot may take to start. */
  readonly startMs?: number | undefined;
}

/** The local region as a place to release to; it speaks the same protocols as Azure. */
export async function localTarget({
  stateDir,
  evaluation,
  lastEvaluation,
  hasImage,
  slotLog,
  startMs,
}: LocalTargetOptions): Promise<ReleaseTarget> {
  const connection = await readConnection(stateDir);
  const ca = await readFile(connection.ca, 'utf8');
  trust(ca);
  const { releases } = connection;
  const credential = new StorageSharedKeyCredential(releases.account, releases.key);
  const container = new ContainerClient(`${releases.endpoint.replace(/\/$/, '')}/${releases.container}`, credential, {
    retryOptions: { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 1000 },
  });
  const arm = new Arm({
    endpoint: connection.management,
    token: async () => connection.managementToken,
    limitMs: ANNOTATED_WITHIN_MS,
    ca,
  });
  return {
    stack: 'local',
    site: {
      subscriptionId: connection.subscriptionId,
      resourceGroup: connection.resourceGroup,
      app: connection.app,
      slot: connection.slot,
    },
    management: {
      credential: fixedToken(connection.managementToken),
      endpoint: connection.management,
      ca,
      pollMs: POLL_MS,
    },
    urls: { production: connection.production, staging: connection.staging },
    releases: container,
    limits: { ...limits, ...(startMs === undefined ? {} : { startMs }) },
    tokens: async () => {
      // Read anew, because a rotation changes them.
      const { cacheApiToken: cacheApi, releaseToken: release, releaseSeal: seal } = await readConnection(stateDir);
      return { cacheApi, release, seal };
    },
    administrator: async () => connection.mysql,
    imageState: async (image) => ((await hasImage(image)) ? 'there' : 'gone'),
    missingSecrets: async (names) => {
      const known = new AppSecrets(stateDir).read();
      return names.filter((name) => known[name] === undefined);
    },
    slotLog,
    annotate: async (annotation) => {
      const outputs = (await lastEvaluation())?.outputs ?? {};
      await writeAnnotation(arm, textOutput(outputs, 'insightsId', 'the program'), annotation);
    },
    wanted: async () => {
      const { outputs, stage } = await evaluation();
      return asWanted(outputs.wanted, (path) => incomplete(path, `stage ${stage}`));
    },
  };
}

/** The storage client has no option for a CA, so this process trusts the region's own beside the usual ones. */
function trust(ca: string): void {
  const trusted = getCACertificates('default');
  if (!trusted.includes(ca)) setDefaultCACertificates([...trusted, ca]);
}

function fixedToken(token: string): TokenCredential {
  return {
    getToken: async (): Promise<AccessToken> => ({ token, expiresOnTimestamp: Date.now() + TOKEN_LIFE_MS }),
  };
}
