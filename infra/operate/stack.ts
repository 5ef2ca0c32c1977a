import { Arm } from '../azure/arm.ts';
import { SignedRequests } from '../azure/signed-requests.ts';
import { AZURE_API } from '../lib/azure-api-versions.ts';
import { textOf } from '../lib/json.ts';
import { AppService } from '../release/appservice/app-service.ts';
import { SlotReader } from '../release/appservice/slot-reader.ts';
import { WebSlot } from '../release/appservice/web-slot.ts';
import { History, type HistoryEntry } from '../release/store/history.ts';
import { sealForLooking } from '../release/store/seal.ts';
import type { ReleaseTarget } from '../release/target/target.ts';
import { LOG_ANALYTICS_SCOPE, LogAnalytics } from './log-analytics.ts';

export const SLOTS = ['production', 'staging'] as const;
export type SlotName = (typeof SLOTS)[number];

const ARM_SCOPE = 'https://management.azure.com/.default';
/** Whoever looks waits no longer for one call. */
const CALL_MS = 20_000;

export interface Workspace {
  readonly id: string;
  /** What the query API knows it by. */
  readonly customerId: string;
  /** `OverQuota` when the daily cap is reached. */
  readonly ingestion: string;
  readonly capResetAt: string;
}

/** A stack on Azure for whoever looks at it: everything here only reads. */
export interface Stack {
  readonly name: string;
  readonly target: ReleaseTarget;
  /** Id of its resource group. */
  readonly groupId: string;
  readonly arm: Arm;
  readonly scm: SignedRequests;
  readonly appService: AppService;
  readonly slots: SlotReader;
  readonly web: Readonly<Record<SlotName, WebSlot>>;
  readonly logs: LogAnalytics;
  readonly now: () => Date;
  /** The next two are asked once. */
  readonly workspace: () => Promise<Workspace>;
  readonly history: () => Promise<readonly HistoryEntry[]>;
}

export interface StackOptions {
  readonly now?: () => Date;
  /** Other endpoints than Azure's, and a shorter wait, for tests. */
  readonly logAnalytics?: string;
  readonly callMs?: number;
  readonly retryDelayMs?: number;
}

export function stackOf(target: ReleaseTarget, options: StackOptions = {}): Stack {
  const { callMs: limitMs = CALL_MS, retryDelayMs, now = () => new Date() } = options;
  const { subscriptionId, resourceGroup } = target.site;
  const { credential, endpoint, ca } = target.management;
  const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const signed = (scope: string) => ({
    token: async () => (await credential.getToken(scope))?.token ?? '',
    limitMs,
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
    ...(ca === undefined ? {} : { ca }),
  });
  // A look repeats a call that meets a busy site no longer than its limit.
  const management = { ...target.management, limitMs, pollMs: 1 };
  const arm = new Arm({ ...signed(ARM_SCOPE), ...(endpoint === undefined ? {} : { endpoint }) });
  return {
    name: target.stack,
    target,
    groupId,
    arm,
    scm: new SignedRequests(signed(ARM_SCOPE)),
    appService: new AppService(target.site, management),
    slots: new SlotReader(target.site, management),
    web: { production: new WebSlot(target.urls.production), staging: new WebSlot(target.urls.staging) },
    logs: new LogAnalytics(new SignedRequests(signed(LOG_ANALYTICS_SCOPE)), options.logAnalytics),
    now,
    workspace: once(() => readWorkspace(arm, groupId)),
    history: once(async () => new History(target.releases, target.stack, await sealForLooking(target)).read()),
  };
}

/** Id of a slot's site. */
export function siteId({ target, groupId }: Pick<Stack, 'target' | 'groupId'>, slot: SlotName): string {
  const { app, slot: staging } = target.site;
  const site = `${groupId}/providers/Microsoft.Web/sites/${app}`;
  return slot === 'production' ? site : `${site}/slots/${staging}`;
}

/** A stage has one workspace, in its own group. */
async function readWorkspace(arm: Arm, groupId: string): Promise<Workspace> {
  const path = `${groupId}/providers/Microsoft.OperationalInsights/workspaces`;
  const [found] = await arm.list(path, AZURE_API.workspaces);
  if (found === undefined) throw Object.assign(new Error('the group has no workspace'), { statusCode: 404 });
  return {
    id: textOf(found, 'id'),
    customerId: textOf(found, 'properties', 'customerId'),
    ingestion: textOf(found, 'properties', 'workspaceCapping', 'dataIngestionStatus'),
    capResetAt: textOf(found, 'properties', 'workspaceCapping', 'quotaNextResetTime'),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
