import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { ConsoleState } from '../model.ts';
import { HistoryTable } from './history-table.ts';
import { ReleaseActions } from './release-actions.ts';
import { RunView } from './run-view.ts';
import type { Store } from './store.ts';
import { Card } from './ui.ts';

function underWay({ runs, inProgress }: Partial<ConsoleState>): string {
  const running = runs?.findLast(({ endedAt }) => endedAt === null);
  if (running !== undefined) return `Under way: ${running.command}, by ${running.who}.`;
  return inProgress?.startsWith('left behind') ? inProgress : 'Nothing is under way.';
}

function wayBack({ rollback }: Partial<ConsoleState>): string {
  if (rollback === undefined || rollback === null) return '';
  const how = rollback.kind === 'swap' ? 'by a swap, it is still in staging' : 'from its stored package';
  return `Swap back returns to ${rollback.version}, ${how}.`;
}

/** The run that goes on or ended last, and everything before it. */
export function ReleasesPage({ store: { state } }: { readonly store: Store }): VNode {
  const last = state.runs?.at(-1);
  return html`<div class="page-head"><div class="grow"><h1>Releases</h1><p>${underWay(state)}</p><p class="small">${wayBack(state)}</p></div><${ReleaseActions} state=${state} /></div>
    ${last === undefined ? null : html`<${RunView} run=${last} history=${state.history ?? []} />`}
    <${Card} title="History"><${HistoryTable} history=${state.history} /><//>` as VNode;
}
