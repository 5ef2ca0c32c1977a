import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConsoleState, Counterpart, ResourceView, SystemGraph } from '../model.ts';
import { ask } from './api.ts';
import { age } from './format.ts';
import { Icon } from './icons.ts';
import { statusOf } from './part-status.ts';
import { Empty, Loading, Pill } from './ui.ts';

/** A part of the system: how it is, what it is connected to by which settings, and what the program says of it. */
export function ResourceDrawer({
  urn,
  graph,
  state,
  onClose,
}: {
  readonly urn: string;
  readonly graph: SystemGraph;
  readonly state: Partial<ConsoleState>;
  readonly onClose: () => void;
}): VNode | null {
  const [view, setView] = useState<ResourceView | undefined | 'loading'>('loading');
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    setView('loading');
    void ask<ResourceView>(`resource?urn=${encodeURIComponent(urn)}`).then(setView);
    close.current?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [urn]);
  const part = graph.parts.find((each) => each.urn === urn);
  if (part === undefined) return null;
  const { tone, words } = statusOf(part, state);
  const labelOf = (other: string): string => graph.parts.find((each) => each.urn === other)?.label ?? other;
  const links = graph.links.filter(({ from, to }) => from === urn || to === urn);
  const logs = logsOf(part.counterpart, state);
  const process = processOf(part.counterpart, state);
  return html`<aside class="drawer" role="dialog" aria-label=${part.label}>
    <div class="row"><h2 class="grow" style=${{ fontSize: '18px' }}>${part.label}</h2><button type="button" class="button icon" ref=${close} aria-label="Close" onClick=${onClose}><${Icon} name="cross" /></button></div>
    <div class="row"><${Pill} tone=${tone}>${words}<//><code class="muted">${part.kind}</code>${process === undefined ? null : html`<span class="muted number">${process}</span>`}<span class="grow"></span>${logs === undefined ? null : html`<a class="button" href="#/logs?${logs}" onClick=${onClose}><${Icon} name="logs" />Logs</a>`}</div>
    <div>
      <h3>Connected by</h3>
      <table><tbody>${links.map(({ from, to, why }) => html`<tr key=${from + to}><td class="nowrap">${from === urn ? `→ ${labelOf(to)}` : `← ${labelOf(from)}`}</td><td class="mono">${why.join(', ')}</td></tr>`)}</tbody></table>
    </div>
    <div>
      <h3>Settings in the program</h3>
      ${view === 'loading' ? html`<${Loading} lines=${6} />` : view === undefined ? html`<${Empty} title="Nothing to show">The program registers no such resource.<//>` : html`<table><tbody>${view.inputs.map(([path, value]) => html`<tr key=${path}><td class="muted">${path}</td><td class="mono">${value}</td></tr>`)}</tbody></table>`}
    </div>
  </aside>` as VNode;
}

/** The process of a data server, or since when there is none. */
function processOf(counterpart: Counterpart, { servers, downSince }: Partial<ConsoleState>): string | undefined {
  if (counterpart !== 'mysql' && counterpart !== 'redis' && counterpart !== 'blob') return undefined;
  const pid = servers?.[counterpart] ?? null;
  if (pid !== null) return `process ${pid}`;
  const since = downSince?.[counterpart] ?? null;
  return since === null ? undefined : `down for ${age(since)}`;
}

/** Which logs belong to a part, as the address of the page of logs has it. */
function logsOf(counterpart: Counterpart, { slots }: Partial<ConsoleState>): string | undefined {
  const worker = (slot: 'production' | 'staging'): string => slots?.[slot].instances[0]?.id ?? '';
  switch (counterpart) {
    case 'production':
    case 'staging':
      return `process=worker-${worker(counterpart)}`;
    case 'sidecar-production':
      return `process=sidecar-${worker('production')}`;
    case 'sidecar-staging':
      return `process=sidecar-${worker('staging')}`;
    case 'mysql':
    case 'redis':
    case 'blob':
      return `process=${counterpart}`;
    default:
      return undefined;
  }
}
