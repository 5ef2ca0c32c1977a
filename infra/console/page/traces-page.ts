import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TraceRow } from '../model.ts';
import { ask } from './api.ts';
import { ago, duration } from './format.ts';
import { TraceDetails } from './trace-details.ts';
import { Card, Empty, Loading, Pill } from './ui.ts';

const ASK_EVERY_MS = 3_000;
/** These look at all that is kept. */
const SEARCH_EVERY_MS = 10_000;

/** Requests that the application traced; one of them with its whole path. */
export function TracesPage({ parameters }: { readonly parameters: URLSearchParams }): VNode {
  const id = parameters.get('id');
  return (id === null ? html`<${TraceList} />` : html`<${TraceDetails} key=${id} id=${id} />`) as VNode;
}

function TraceList(): VNode {
  const [text, setText] = useState('');
  const [sort, setSort] = useState('new');
  const [onlyFailed, setOnlyFailed] = useState(false);
  const [rows, setRows] = useState<readonly TraceRow[] | undefined>();
  useEffect(() => {
    let isShown = true;
    const query = new URLSearchParams({ text, sort, ...(onlyFailed ? { failed: '' } : {}) });
    const read = async (): Promise<void> => {
      const found = await ask<TraceRow[]>(`traces?${query}`).catch(() => undefined);
      if (!isShown) return;
      if (found !== undefined) setRows(found);
      const isSearch = sort === 'slow' || text !== '' || onlyFailed;
      timer = setTimeout(() => void read(), isSearch ? SEARCH_EVERY_MS : ASK_EVERY_MS);
    };
    let timer = setTimeout(() => void read(), 0);
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, [text, sort, onlyFailed]);
  return html`<div class="page-head"><div class="grow"><h1>Traces</h1><p>What the application reported of its requests, kept over restarts of the region.</p></div></div>
    <div class="row">
      <input type="search" class="grow" placeholder="Find by path, status, id, version or call" aria-label="Find traces" value=${text} onInput=${(event: Event) => setText((event.target as HTMLInputElement).value)} />
      <select aria-label="Order" value=${sort} onChange=${(event: Event) => setSort((event.target as HTMLSelectElement).value)}><option value="new">newest first</option><option value="slow">slowest first</option></select>
      <label class="check"><input type="checkbox" checked=${onlyFailed} onChange=${() => setOnlyFailed(!onlyFailed)} />Only failed</label>
    </div>
    <${Card} title=${sort === 'slow' ? 'Slowest requests' : 'Latest requests'} aside=${html`<span class="muted">${rows === undefined ? '' : `${rows.length} shown`}</span>`}>
      ${rows === undefined ? html`<${Loading} lines=${8} />` : rows.length === 0 ? html`<${Empty} title="No trace">Make a request to the application, or widen the search. Telemetry arrives with a delay of a few seconds.<//>` : html`<${TraceTable} rows=${rows} />`}
    <//>` as VNode;
}

function TraceTable({ rows }: { readonly rows: readonly TraceRow[] }): VNode {
  const most = Math.max(...rows.map(({ ms }) => ms), 1);
  return html`<div class="table-wrap" tabindex="0" role="region" aria-label="Traces"><table>
    <thead><tr><th>Request</th><th>Status</th><th class="end">Took</th><th class="wide"><span class="visually-hidden">Took, drawn</span></th><th>When</th><th class="wide">Slot</th><th class="end wide">Spans</th></tr></thead>
    <tbody>${rows.map(
      ({ id, name, status, failed, ms, at, slot, spans }) => html`<tr key=${id} class="clickable">
        <td><a href="#/traces?id=${id}">${name}</a></td>
        <td><${Pill} tone=${failed ? 'bad' : 'ok'}>${status}<//></td>
        <td class="end number nowrap">${duration(ms)}</td>
        <td class="wide"><div class="meter key-${slot}"><span style=${{ width: `${(ms / most) * 100}%` }}></span></div></td>
        <td class="nowrap muted">${ago(new Date(at).toISOString())}</td>
        <td class="wide">${slot}</td>
        <td class="end number wide">${spans}</td>
      </tr>`,
    )}</tbody>
  </table></div>` as VNode;
}
