import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ConsoleState } from '../model.ts';
import { ago, duration } from './format.ts';
import { HistoryTable } from './history-table.ts';
import { Icon } from './icons.ts';
import { ImageGrid } from './media-page.ts';
import type { Problem } from './problems.ts';
import { ReleaseActions } from './release-actions.ts';
import { RunView } from './run-view.ts';
import { SlotCard } from './slots.ts';
import type { Store } from './store.ts';
import { SystemMap } from './system-map.ts';
import { Legend, RateChart, type Totals, totalsOf, windowOf } from './traffic-charts.ts';
import { Card, Loading } from './ui.ts';

const WINDOW_S = 300;
const RELEASES_SHOWN = 5;

/** The first page: what is wrong, what runs, what comes in, how it is connected. */
export function OverviewPage({
  store,
  problems,
}: {
  readonly store: Store;
  readonly problems: readonly Problem[];
}): VNode {
  const { state } = store;
  const runs = state.runs ?? [];
  const running = runs.findLast(({ endedAt }) => endedAt === null || Date.now() - Date.parse(endedAt) < 20_000);
  return html`<${Problems} problems=${problems} store=${store} />
    <div class="page-head"><h1 class="grow">Overview</h1><${ReleaseActions} state=${state} /></div>
    ${running === undefined ? null : html`<${RunView} run=${running} history=${state.history ?? []} />`}
    <div class="grid-2"><${SlotCard} slot="production" state=${state} /><${SlotCard} slot="staging" state=${state} /></div>
    <${TrafficCard} store=${store} />
    <${SystemMap} state=${state} />
    <div class="grid-2">
      <${Card} title="Latest images" aside=${html`<span class="grow"></span><a href="#/media">Media</a>`}><${ImageGrid} images=${state.images} limit=${8} /><//>
      <${Card} title="Last releases" aside=${html`<span class="grow"></span><a href="#/releases">All releases</a>`}><${HistoryTable} history=${state.history?.slice(0, RELEASES_SHOWN)} short=${true} /><//>
    </div>` as VNode;
}

function Problems({
  problems,
  store: { state, connection },
}: {
  readonly problems: readonly Problem[];
  readonly store: Store;
}): VNode | null {
  if (state.slots === undefined && connection === 'refused') return null;
  if (state.slots === undefined)
    return html`<div class="banner" aria-busy="true"><span class="spinner"></span><p>Asking the region…</p></div>` as VNode;
  const running = state.runs?.findLast(({ endedAt }) => endedAt === null);
  return html`<div role="status">
    ${problems.length === 0 ? null : html`<ul class="problems">${problems.map(({ tone, title, text, page, link }) => html`<li class=${tone} key=${title}><${Icon} name="faults" /><p><strong>${title}</strong> ${text}</p><a href="#/${page}">${link}</a></li>`)}</ul>`}
    ${problems.length > 0 ? null : html`<div class="banner ok"><${Icon} name="check" /><p><strong>Everything is well.</strong> <span class="muted">${running === undefined ? lastWords(state) : `Under way: ${running.command}, by ${running.who}.`}</span></p></div>`}
  </div>` as VNode;
}

function lastWords({ lastRelease }: Partial<ConsoleState>): string {
  if (lastRelease === undefined || lastRelease === null) return '';
  const { kind, version, outcome, startedAt, requests } = lastRelease;
  const lost = requests.sent === 0 ? '' : `, ${requests.lost} of ${requests.sent} requests lost`;
  return `Last: ${kind} of ${version}, ${outcome}, ${ago(startedAt)}${lost}.`;
}

function TrafficCard({ store: { state, now } }: { readonly store: Store }): VNode {
  const window = useMemo(() => windowOf(state.traffic, now, WINDOW_S), [state.traffic, now]);
  const totals = totalsOf(window, 'production');
  const aside = html`<span class="muted">the last 5 minutes, counted by the front</span><span class="grow"></span><${Legend} /><a href="#/traffic">Traffic</a>`;
  return html`<${Card} title="Traffic" aside=${aside}>
    ${state.traffic === undefined ? html`<${Loading} lines=${4} />` : html`<${Figures} totals=${totals} /><${RateChart} window=${window} swaps=${state.traffic.swaps} height=${150} />`}
    ${state.traffic !== undefined && totals.requests === 0 ? html`<p class="small muted">No request reached production in this time. <a href="#/traffic">Send some</a>, or use the address above.</p>` : null}
  <//>` as VNode;
}

export function Figures({ totals }: { readonly totals: Totals }): VNode {
  const { rate, p50, p99, errors, requests } = totals;
  return html`<div class="figures">
    <div class="figure"><b>${rate < 10 ? rate.toFixed(1) : Math.round(rate)}<small> /s</small></b><span>requests</span></div>
    <div class="figure"><b>${duration(p50)}</b><span>p50</span></div>
    <div class="figure"><b>${duration(p99)}</b><span>p99</span></div>
    <div class="figure"><b>${errors}<small> of ${requests}</small></b><span>answered with 5xx</span></div>
  </div>` as VNode;
}
