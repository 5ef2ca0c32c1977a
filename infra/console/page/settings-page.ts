import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { SettingRow } from '../model.ts';
import type { Store } from './store.ts';
import { Card, Empty, Loading, PageHead, Pill } from './ui.ts';

/** The settings of both slots side by side, those that differ first. */
export function SettingsPage({ store: { state } }: { readonly store: Store }): VNode {
  const [wanted, setWanted] = useState('');
  const settings = state.site?.settings;
  const shown = (settings ?? []).filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  const differing = (settings ?? []).filter(({ differs }) => differs).length;
  return html`<${PageHead} title="Settings">A release writes them whole, and the swap carries them. Values of secrets are never shown.<//>
    <${Card} title=${differing === 0 ? 'Equal in both slots' : `${differing} differ between the slots`} aside=${html`<span class="grow"></span><input type="search" placeholder="Find a setting" aria-label="Find a setting" value=${wanted} onInput=${(event: Event) => setWanted((event.target as HTMLInputElement).value)} />`}>
      ${settings === undefined ? html`<${Loading} lines=${6} />` : shown.length === 0 ? html`<${Empty} title="No such setting">Nothing has “${wanted}” in its name.<//>` : html`<${SettingsTable} rows=${shown} />`}
    <//>` as VNode;
}

function SettingsTable({ rows }: { readonly rows: readonly SettingRow[] }): VNode {
  return html`<div class="table-wrap" tabindex="0" role="region" aria-label="Settings of both slots"><table class="settings">
    <thead><tr><th>Name</th><th>Production</th><th>Staging</th></tr></thead>
    <tbody>${rows.map(
      ({ name, production, staging, sticky, differs }) => html`<tr key=${name}>
        <td><span class="mono">${name}</span> ${differs ? html`<${Pill} tone=${sticky ? 'accent' : 'warn'}>${sticky ? 'stays with its slot' : 'differs'}<//>` : null}</td>
        ${differs ? html`<td class="mono"><${Value} text=${production} /></td><td class="mono"><${Value} text=${staging} /></td>` : html`<td class="mono muted" colspan="2"><${Value} text=${production} /></td>`}
      </tr>`,
    )}</tbody>
  </table></div>` as VNode;
}

function Value({ text }: { readonly text: string | null }): VNode {
  if (text === null) return html`<span class="muted">not set</span>` as VNode;
  return html`<span style=${{ overflowWrap: 'anywhere' }}>${text === '' ? '(empty)' : text}</span>` as VNode;
}
