import type { Finding } from '../azure/doctor/check.ts';
import { sorted } from '../azure/doctor/findings-text.ts';
import type { WebSlot } from '../release/appservice/web-slot.ts';
import { type MediaState, readMediaState } from '../release/media/media-state.ts';
import { type ReleaseSummary, summarizeReleases } from '../release/summary.ts';
import { alerts } from './checks/alerts.ts';
import { answers } from './checks/answers.ts';
import { differingSettings } from './checks/drift.ts';
import { resourceHealth } from './checks/resource-health.ts';
import { readSidecars, type SidecarReport, sidecars } from './checks/sidecars.ts';
import { instances, siteState } from './checks/site-state.ts';
import type { StackCheck } from './checks/stack-check.ts';
import { examine } from './doctor.ts';
import { type Asked, answerOf, ask, type Unasked } from './question.ts';
import { SLOTS, type SlotName, type Stack } from './stack.ts';

/** What is asked besides releases, slots and media: all that can wake somebody. */
const URGENT: readonly StackCheck[] = [...answers, ...siteState, ...instances, alerts, resourceHealth, sidecars];

export interface SlotOverview {
  readonly version: string | null;
  readonly startedAt: string | null;
  /** Null when App Service could not be asked. */
  readonly instances: { readonly ready: number; readonly all: number } | null;
  readonly sidecars: readonly SidecarReport[];
  /** Null when the slot could not be asked. */
  readonly media: MediaState | null;
}

export interface StackStatus extends Partial<ReleaseSummary> {
  readonly region: string;
  /** Nothing is wrong, as far as it could be asked. */
  readonly well: boolean;
  readonly problems: readonly Finding[];
  readonly slots: Readonly<Record<SlotName, SlotOverview>>;
  /** What the program wants otherwise than production has it; null when it could not be asked. */
  readonly unreleased: readonly string[] | null;
  readonly unasked: readonly Unasked[];
}

/** A stack on one screen. Never rejects: what could not be asked is named in `unasked`. */
export async function stackStatus(stack: Stack): Promise<StackStatus> {
  const { groupId, target } = stack;
  const asking = <T>(what: string, role: string, scope: string, work: () => Promise<T>) =>
    ask({ what, role, scope }, work);
  const store = `the releases account (${target.releases.accountName})`;
  const [findings, releases, tokens, unreleased, reports] = await Promise.all([
    examine(stack, URGENT),
    asking('releases', 'Storage Blob Data Reader', store, () => summarizeReleases(target)),
    asking('media, rows and workers', 'Key Vault Secrets User', `${groupId} (its vault)`, () => target.tokens()),
    asking('unreleased settings', 'Website Contributor', groupId, () => differingSettings(stack)),
    // The check of the same name says it when it cannot be asked.
    asking('sidecars', 'Log Analytics Reader', groupId, () => readSidecars(stack)),
  ]);
  const slots = await Promise.all(SLOTS.map((slot) => overviewOf(stack, slot, answerOf(reports) ?? [], tokens)));
  const [production, staging] = slots;
  const problems = sorted(findings.filter(({ verdict }) => verdict === 'problem'));
  return {
    region: stack.name,
    well: problems.length === 0,
    problems,
    slots: { production: production ?? EMPTY, staging: staging ?? EMPTY },
    unreleased: answerOf(unreleased) ?? null,
    ...answerOf(releases),
    unasked: [
      ...findings.filter(({ verdict }) => verdict === 'unknown').map(asUnasked),
      ...[releases, tokens, unreleased].flatMap(({ unasked }) => unasked ?? []),
    ],
  };
}

const EMPTY: SlotOverview = { version: null, startedAt: null, instances: null, sidecars: [], media: null };

async function overviewOf(
  stack: Stack,
  slot: SlotName,
  reports: readonly SidecarReport[],
  tokens: Asked<unknown>,
): Promise<SlotOverview> {
  const web: WebSlot = stack.web[slot];
  const [version, found, media] = await Promise.all([
    web.version(),
    stack.slots.instances(slot).catch(() => undefined),
    tokens.unasked === undefined ? readMediaState(stack.target, slot).catch(() => undefined) : undefined,
  ]);
  return {
    version: version?.version ?? null,
    startedAt: version?.startedAt ?? null,
    instances:
      found === undefined ? null : { ready: found.filter(({ state }) => state === 'READY').length, all: found.length },
    sidecars: reports.filter((report) => report.slot === slot && !report.absent),
    media: media ?? null,
  };
}

function asUnasked({ check, found, fix }: Finding): Unasked {
  return { what: check, why: found.replace(/^could not be asked: /, ''), fix: fix ?? '' };
}
