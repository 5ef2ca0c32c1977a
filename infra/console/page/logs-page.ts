import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LogList } from '../model.ts';
import { ask } from './api.ts';
import { LogLines } from './log-lines.ts';
import { Card, Empty, Loading } from './ui.ts';

const ASK_EVERY_MS = 2_000;

/** The logs of every process of the region in one list, which follows them. */
export function LogsPage({ parameters }: { readonly parameters: URLSearchParams }): VNode {
  const [process, setProcess] = useState(parameters.get('process') ?? '');
  const [slot, setSlot] = useState(parameters.get('slot') ?? '');
  const [text, setText] = useState(parameters.get('text') ?? '');
  const [follows, setFollows] = useState(true);
  const [list, setList] = useState<LogList | undefined>();
  useEffect(() => {
    let isShown = true;
    const read = async (): Promise<void> => {
      const found = await ask<LogList>(`logs?${new URLSearchParams({ process, slot, text })}`).catch(() => undefined);
      if (!isShown) return;
      if (found !== undefined) setList(found);
      if (follows) timer = setTimeout(() => void read(), ASK_EVERY_MS);
    };
    let timer = setTimeout(() => void read(), 0);
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, [process, slot, text, follows]);
  const rows = list?.rows ?? [];
  const chosen = (set: (value: string) => void) => (event: Event) => set((event.target as HTMLSelectElement).value);
  return html`<div class="page-head"><div class="grow"><h1>Logs</h1><p>The newest lines of all processes, the latest first. Secrets are hidden.</p></div></div>
    <div class="row">
      <input type="search" class="grow" placeholder="Find in lines" aria-label="Find in lines" value=${text} onInput=${chosen(setText)} />
      <select aria-label="Process" value=${process} onChange=${chosen(setProcess)}><option value="">all processes</option>${(list?.processes ?? [process]).filter((name) => name !== '').map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select>
      <select aria-label="Slot" value=${slot} onChange=${chosen(setSlot)}><option value="">both slots</option><option value="production">production</option><option value="staging">staging</option></select>
      <label class="check"><input type="checkbox" checked=${follows} onChange=${() => setFollows(!follows)} />Follow</label>
    </div>
    <${Card} title="${rows.length} lines">
      ${list === undefined ? html`<${Loading} lines=${8} />` : rows.length === 0 ? html`<${Empty} title="No line">No log has such a line.<//>` : html`<${LogLines} rows=${rows.toReversed()} />`}
    <//>` as VNode;
}
