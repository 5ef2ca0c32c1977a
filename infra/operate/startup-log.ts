import { AzureRefusal } from '../azure/refusal.ts';
import { newestContainerLog } from '../release/appservice/container-log.ts';
import type { SlotName, Stack } from './stack.ts';

const TAIL_LINES = 200;

/** The SCM site of a slot. */
interface ScmSite {
  send(
    method: 'GET',
    url: string,
  ): Promise<{
    readonly status: number;
    readonly bodyAsText?: string | null;
    readonly headers: { get(name: string): string | null | undefined };
  }>;
}

export interface StartupLog {
  /** Where the lines come from. */
  readonly source: 'startup log' | 'container log';
  /** `failure` or `success`, where App Service says so. */
  readonly outcome: string;
  /** ISO, where App Service says so. */
  readonly at: string;
  readonly lines: readonly string[];
}

/**
 * What a slot's container wrote while it started, by its SCM site: the startup log where the platform has it (since 2026), which
 * holds what the platform did as well, else the newest log of the main container. Undefined when there is neither.
 */
export async function readStartupLog(
  { slots, scm }: Pick<Stack, 'slots'> & { readonly scm: ScmSite },
  slot: SlotName,
): Promise<StartupLog | undefined> {
  const { scmHost } = await slots.state(slot);
  if (scmHost === '') return undefined;
  const site = `https://${scmHost}`;
  const startup = await scm.send('GET', `${site}/api/startuplogs?latest=true`);
  // Where the platform has no startup logs yet, the route is unknown or taken for a file's name.
  if (startup.status !== 200 && startup.status !== 404 && startup.status !== 400) {
    throw new AzureRefusal(startup.status, undefined);
  }
  if (startup.status === 200 && (startup.bodyAsText ?? '') !== '') {
    return {
      source: 'startup log',
      outcome: startup.headers.get('x-startuplog-outcome') ?? '',
      at: startup.headers.get('x-startuplog-date') ?? '',
      lines: lastLines(startup.bodyAsText ?? ''),
    };
  }
  return containerLog(scm, site, scmHost);
}

async function containerLog(scm: ScmSite, site: string, host: string): Promise<StartupLog | undefined> {
  const listed = await scm.send('GET', `${site}/api/logs/docker`);
  if (listed.status !== 200) throw new AzureRefusal(listed.status, undefined);
  const href = newestContainerLog(listed.bodyAsText ?? '', host);
  if (href === undefined) return undefined;
  const log = await scm.send('GET', href);
  if (log.status !== 200) throw new AzureRefusal(log.status, undefined);
  return { source: 'container log', outcome: '', at: '', lines: lastLines(log.bodyAsText ?? '') };
}

function lastLines(text: string): string[] {
  return text.trimEnd().split(/\r?\n/).slice(-TAIL_LINES);
}
