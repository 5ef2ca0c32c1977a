import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { HistoryRow } from '../model.ts';
import { ago, bytes, duration } from './format.ts';
import { ErrorBox, lostText, toneOfOutcome } from './run-view.ts';
import { Empty, Loading, Pill } from './ui.ts';

/** Who released what, when, how long it took and how it ended. A line opens its steps and gates. */
export function HistoryTable({
  history,
  short = false,
}: {
  readonly history: readonly HistoryRow[] | undefined;
  readonly short?: boolean;
}): VNode {
  const [open, setOpen] = useState<string | undefined>();
  if (history === undefined) return html`<${Loading} lines=${4} />` as VNode;
  if (history.length === 0)
    return html`<${Empty} title="No release yet">Change something in your application and choose Release.<//>` as VNode;
  return html`<div class="table-wrap" tabindex="0" role="region" aria-label="History of releases"><table>
    <thead><tr><th>What</th><th>Version</th><th>Outcome</th><th>When</th>${short ? html`<th class="end roomy">Lost</th>` : html`<th class="end">Took</th><th class="end">Lost</th><th>Who</th>`}</tr></thead>
    <tbody>
      ${history.map((row) => [
        html`<tr key=${row.id} class="clickable">
          <td>${short ? row.kind : html`<button type="button" class="link-button" aria-expanded=${open === row.id} onClick=${() => setOpen(open === row.id ? undefined : row.id)}>${row.kind}</button>`}</td>
          <td class="mono">${row.version}</td>
          <td><${Pill} tone=${toneOfOutcome(row.outcome)}>${row.outcome}<//></td>
          <td class="nowrap"><time datetime=${row.startedAt} title=${row.startedAt}>${ago(row.startedAt)}</time></td>
          ${short ? html`<td class="end number nowrap roomy">${lostOf(row)}</td>` : html`<td class="end number nowrap">${duration(row.ms)}</td><td class="end number nowrap">${lostOf(row)}</td><td>${row.who}</td>`}
        </tr>`,
        open === row.id
          ? html`<tr key=${`${row.id} more`}><td colspan="7"><${HistoryDetails} row=${row} /></td></tr>`
          : null,
      ])}
    </tbody>
  </table></div>` as VNode;
}

function lostOf({ requests: { sent, lost } }: HistoryRow): string {
  return sent === 0 ? '–' : `${lost} of ${sent}`;
}

export function HistoryDetails({ row }: { readonly row: HistoryRow }): VNode {
  const failed = row.gates.filter(({ passed }) => !passed);
  return html`<div>
    <dl class="facts" style=${{ marginTop: 0 }}>
      <dt>Command</dt><dd class="mono">./slipway ${row.command}</dd>
      <dt>Requests</dt><dd>${lostText(row)}</dd>
      ${row.from === undefined ? null : html`<dt>Before it</dt><dd class="mono">${row.from}</dd>`}
      ${row.source === undefined ? null : html`<dt>Commit</dt><dd><span class="mono">${row.source.commit.slice(0, 12)}</span>${row.source.dirty ? ' and uncommitted changes' : ''}</dd>`}
      <dt>Package</dt><dd>${bytes(row.bytes)}, schema <span class="mono">${row.schemaMin}</span> to <span class="mono">${row.schemaMax}</span></dd>
    </dl>
    <h3 style=${{ margin: '12px 0 6px' }}>Steps</h3>
    <div class="bars" aria-hidden="true">${row.steps.map(({ name, ms }) => html`<span key=${name} title=${`${name} ${duration(ms)}`} style=${{ flexGrow: Math.max(ms, 1) }}></span>`)}</div>
    <ul class="chips" style=${{ marginTop: '8px' }}>${row.steps.map(({ name, ms }) => html`<li class="small" key=${name}><b>${name}</b> <span class="muted number">${duration(ms)}</span></li>`)}</ul>
    <h3 style=${{ margin: '12px 0 6px' }}>Gates</h3>
    <div class="gates">${row.gates.map(({ name, passed, ms }) => html`<span key=${name} class="gate ${passed ? '' : 'failed'}" title=${duration(ms)}>${passed ? '✓' : '✗'} ${name}</span>`)}${row.gates.length === 0 ? html`<span class="muted small">none was asked</span>` : null}</div>
    ${row.error === undefined ? null : html`<${ErrorBox} error=${row.error} />`}
    ${failed.length > 0 && row.error === undefined ? html`<p class="small">Refused by ${failed.map(({ name }) => name).join(', ')}</p>` : null}
  </div>` as VNode;
}
