import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { FaultTarget } from '../../local/faults.ts';
import type { ConsoleState, PathAnswer } from '../model.ts';
import { act, ask } from './api.ts';
import { duration } from './format.ts';
import type { Store } from './store.ts';
import { Card, Empty, Loading, PageHead, Pill } from './ui.ts';

const ASK_EVERY_MS = 2_000;

const FAULTS: readonly (readonly [target: FaultTarget, label: string, effect: string])[] = [
  ['mysql', 'MySQL', 'Images are still made and their rows wait; listings answer 503.'],
  ['redis', 'Redis', 'Cache routes answer 503 with Retry-After; the rate limit lets everything pass.'],
  ['blob', 'Blob', 'Images wait in the outbox and are read from there; a release is refused.'],
  ['sidecar', 'Sidecars', 'Images wait in the outbox; telemetry is dropped and counted.'],
];

/** Switches parts off, and shows what the application answers meanwhile. */
export function FaultsPage({ store: { state } }: { readonly store: Store }): VNode {
  const [answers, setAnswers] = useState<readonly PathAnswer[] | undefined>();
  useEffect(() => {
    let isShown = true;
    const repeat = async (): Promise<void> => {
      const found = await ask<PathAnswer[]>('answers').catch(() => undefined);
      if (!isShown) return;
      setAnswers(found ?? []);
      setTimeout(() => void repeat(), ASK_EVERY_MS);
    };
    void repeat();
    return () => {
      isShown = false;
    };
  }, []);
  const checks = state.health?.production?.checks ?? [];
  return html`<${PageHead} title="Faults">Switch a part off, and see what the application answers. Data stays; npm start switches everything on again.<//>
    <div class="grid-2">
      <${Card} title="Parts"><ul>${FAULTS.map(([target, label, effect]) => html`<${FaultSwitch} key=${target} target=${target} label=${label} effect=${effect} isOn=${isOn(target, state)} />`)}</ul><//>
      <${Card} title="What production answers" aside=${html`<span class="muted">asked every 2 s, behind the front</span>`}>
        ${answers === undefined ? html`<${Loading} lines=${5} />` : answers.length === 0 ? html`<${Empty} title="Nobody can be asked">The region does not answer.<//>` : html`<table><thead><tr><th>Path</th><th>Answer</th><th class="end">Took</th></tr></thead><tbody>${answers.map(({ path, status, ms, ok }) => html`<tr key=${path}><td class="mono">${path}</td><td><${Pill} tone=${ok ? 'ok' : 'bad'}>${status ?? 'no answer'}<//></td><td class="end number">${duration(ms)}</td></tr>`)}</tbody></table>`}
        ${checks.length === 0 ? null : html`<h3 style=${{ margin: '14px 0 6px' }}>Deep health</h3><div class="gates">${checks.map(({ name, status, text }) => html`<span class="pill ${status === 'pass' ? 'ok' : status === 'warn' ? 'warn' : 'bad'}" key=${name} title=${text}>${name} ${status}</span>`)}</div>`}
      <//>
    </div>` as VNode;
}

function FaultSwitch({
  target,
  label,
  effect,
  isOn: on,
}: {
  target: FaultTarget;
  label: string;
  effect: string;
  isOn: boolean | undefined;
}): VNode {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const flip = async (): Promise<void> => {
    setBusy(true);
    const { ok, message } = await act('fault', { target, on: on === false });
    setRefusal(ok ? '' : message);
    setBusy(false);
  };
  return html`<li class="row" style=${{ flexWrap: 'nowrap', alignItems: 'flex-start', gap: '14px', padding: '10px 0' }}>
    <input type="checkbox" role="switch" class="switch" id="fault-${target}" checked=${on !== false} disabled=${busy || on === undefined} onChange=${flip} />
    <label for="fault-${target}" class="grow"><b>${label}</b> <${Pill} tone=${on === false ? 'bad' : 'ok'}>${busy ? 'switching…' : on === false ? 'off' : 'on'}<//><br /><span class="muted small">${effect}</span>${refusal === '' ? null : html`<br /><span role="alert" class="small">${refusal}</span>`}</label>
  </li>` as VNode;
}

function isOn(target: FaultTarget, { servers, slots }: Partial<ConsoleState>): boolean | undefined {
  if (servers === undefined || slots === undefined) return undefined;
  if (target !== 'sidecar') return servers[target] !== null;
  return slots.production.instances.some(({ processes }) => processes.sidecar !== null);
}
