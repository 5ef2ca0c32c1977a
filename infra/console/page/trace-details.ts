import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DrawnSpan } from '../../local/telemetry/traces.ts';
import type { TraceView } from '../model.ts';
import { ask } from './api.ts';
import { ago, duration } from './format.ts';
import { LogLines } from './log-lines.ts';
import { Card, Empty, Loading, Pill } from './ui.ts';

const LEGEND = [
  ['application', 'production'],
  ['sidecar', 'staging'],
  ['MySQL', 'accent'],
  ['Redis', 'warn'],
  ['Blob', 'ok'],
] as const;

/** One request's whole path as a waterfall, the logs of the same trace below. */
export function TraceDetails({ id }: { readonly id: string }): VNode {
  const [view, setView] = useState<TraceView | undefined | 'loading'>('loading');
  useEffect(() => {
    void ask<TraceView>(`trace?id=${encodeURIComponent(id)}`).then(setView, () => setView(undefined));
  }, [id]);
  if (view === 'loading') return html`<${Card} title="Trace"><${Loading} lines=${6} /><//>` as VNode;
  if (view === undefined) {
    return html`<${Card} title="Trace"><${Empty} title="No such trace">It was dropped for newer ones, or its telemetry is still on its way. <a href="#/traces">All traces</a><//><//>` as VNode;
  }
  const [root] = view.spans;
  const total = Math.max(...view.spans.map(({ startMs, ms }) => startMs + ms), 1);
  const worst = slowestOf(view.spans);
  return html`<div class="page-head"><div class="grow"><p><a href="#/traces">Traces</a></p><h1>${root?.name ?? 'Trace'}</h1><p class="mono">${view.id}</p></div></div>
    <${Card} title="Path" aside=${html`<${Pill} tone=${root?.failed ? 'bad' : 'ok'}>${root?.status ?? ''}<//><span class="muted">${duration(total)}, ${ago(new Date(root?.at ?? 0).toISOString())}, worker ${root?.instance.replace('local-', '')}, version <span class="mono">${root?.version}</span></span>`}>
      ${worst === undefined ? null : html`<p style=${{ marginBottom: '10px' }}>Most of its time: <b>${worst.name}</b>, ${duration(worst.ms)} of ${duration(total)}, without what it calls.</p>`}
      <div class="waterfall" role="list">${view.spans.map((span, index) => html`<${SpanRow} key=${index} span=${span} total=${total} />`)}</div>
      <p class="legend" style=${{ marginTop: '12px' }}>${LEGEND.map(([label, key]) => html`<span class="key-${key}" key=${key}><i></i>${label}</span>`)}</p>
    <//>
    <${Card} title="Logs of this trace">
      ${view.logs.length === 0 ? html`<${Empty} title="Nothing was logged">The application logs what it has to say, and this request gave no reason.<//>` : html`<${LogLines} rows=${view.logs} shown=${view.id} />`}
    <//>` as VNode;
}

function SpanRow({ span, total }: { readonly span: DrawnSpan; readonly total: number }): VNode {
  const { name, depth, startMs, ms, status, failed } = span;
  const bar = { left: `${(startMs / total) * 100}%`, width: `${Math.max((ms / total) * 100, 0.4)}%` };
  return html`<div class="span key-${keyOf(span)}" role="listitem">
    <span class="span-name" style=${{ paddingLeft: `${depth * 14}px` }} title=${name}>${name}${failed ? html` <${Pill} tone="bad">${status === '' ? 'failed' : status}<//>` : null}</span>
    <span class="track" aria-hidden="true"><span class="bar" style=${bar}></span></span>
    <span class="number muted nowrap" style=${{ textAlign: 'right' }}>${duration(ms)}</span>
  </div>` as VNode;
}

function keyOf({ role, target, failed }: DrawnSpan): string {
  if (failed) return 'bad';
  const keys: Record<string, string> = { mysql: 'accent', redis: 'warn', Blob: 'ok', sidecar: 'staging' };
  return keys[target] ?? (role === 'sidecar' ? 'staging' : 'production');
}

/** The span that took longest without what it called: where one looks first. */
function slowestOf(spans: readonly DrawnSpan[]): { readonly name: string; readonly ms: number } | undefined {
  const own = spans.map(({ id, name, ms }) => {
    const called = spans.filter(({ parent }) => parent === id && id !== '');
    return { name, ms: ms - called.reduce((sum, child) => sum + child.ms, 0) };
  });
  return spans.length < 2 ? undefined : own.toSorted((a, b) => b.ms - a.ms)[0];
}
