import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { LogRow } from '../model.ts';
import { clockTime } from './format.ts';

/** Lines of logs, each with its time and process. One that belongs to another trace than `shown` leads to it. */
export function LogLines({ rows, shown = '' }: { readonly rows: readonly LogRow[]; readonly shown?: string }): VNode {
  return html`<ol class="log">${rows.map(
    ({ process, at, level, message, trace }, index) => html`<li key=${index} class=${level === 'error' ? 'bad' : level}>
      <span class="muted number">${at === null ? '' : html`<time datetime=${new Date(at).toISOString()}>${clockTime(new Date(at).toISOString())}</time>`}</span>
      <span class="muted">${process}</span>
      <span class="text">${level === 'info' ? null : html`<b>${level}</b> `}${message}${trace === '' || trace === shown ? null : html` <a href="#/traces?id=${trace}">trace</a>`}</span>
    </li>`,
  )}</ol>` as VNode;
}
