import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { HistoryTable } from './history-table.ts';
import { ReleaseActions } from './release-actions.ts';
import { RunView } from './run-view.ts';
import type { Store } from './store.ts';
import { Card } from './ui.ts';

/** The run that goes on or ended last, and everything before it. */
export function ReleasesPage({ store: { state } }: { readonly store: Store }): VNode {
  const last = state.runs?.at(-1);
  return html`<div class="page-head"><div class="grow"><h1>Releases</h1><p>${state.inProgress ?? 'Nothing is under way.'}</p></div><${ReleaseActions} state=${state} /></div>
    ${last === undefined ? null : html`<${RunView} run=${last} history=${state.history ?? []} />`}
    <${Card} title="History"><${HistoryTable} history=${state.history} /><//>` as VNode;
}
