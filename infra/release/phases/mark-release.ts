import { setTimeout as sleep } from 'node:timers/promises';
import { firstLineOf } from '../../lib/error-message.ts';
import { ANNOTATED_WITHIN_MS, type Annotation } from '../annotation.ts';
import type { HistoryEntry, Outcome } from '../store/history.ts';
import type { Session } from './session.ts';

/** What visitors can have noticed. */
const MARKED: ReadonlySet<Outcome> = new Set(['live', 'swapped-back']);

export interface Moment {
  readonly at: Date;
  /** Names of what the configuration has otherwise than the one before. */
  readonly changed: readonly string[];
  readonly withinMs?: number;
}

/** Marks the moment in Application Insights when production was changed. A marker that is not taken is only said. */
export async function markRelease(
  {
    target,
    steps,
  }: { readonly target: Pick<Session['target'], 'annotate'>; readonly steps: Pick<Session['steps'], 'notice'> },
  entry: HistoryEntry,
  { at, changed, withinMs = ANNOTATED_WITHIN_MS }: Moment,
): Promise<void> {
  if (!MARKED.has(entry.outcome) || entry.kind === 'migrate') return;
  // A sign-in has no limit of its own.
  const ended = new AbortController();
  const late = sleep(withinMs, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`no answer within ${withinMs / 1000} s`);
  });
  late.catch(() => undefined);
  try {
    await Promise.race([target.annotate(annotationOf(entry, at, changed)), late]);
  } catch (error) {
    steps.notice(`Application Insights has no marker of this ${entry.kind}: ${firstLineOf(error)}`);
  } finally {
    ended.abort();
  }
}

/** What a release did to production, as a marker. */
function annotationOf(entry: HistoryEntry, at: Date, changed: readonly string[]): Annotation {
  const { id, kind, version, outcome, from, who, requests, ms, source, error } = entry;
  const was = from === undefined ? '' : ` (was ${from})`;
  return {
    id,
    name: `${kind} of ${version}: ${outcome}${was}`,
    at,
    properties: {
      version,
      outcome,
      ...(from === undefined ? {} : { from }),
      by: who,
      lost: `${requests.lost} of ${requests.sent} requests`,
      took: `${(ms / 1000).toFixed(1)} s`,
      changed: changed.join(', ') || 'no setting',
      ...(source === undefined ? {} : { commit: source.commit }),
      ...(error === undefined ? {} : { error: error.code }),
    },
  };
}
