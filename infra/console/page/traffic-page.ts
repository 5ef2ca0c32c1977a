import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { LoadState } from '../model.ts';
import { act } from './api.ts';
import { Icon } from './icons.ts';
import { Figures } from './overview-page.ts';
import type { Store } from './store.ts';
import { ErrorChart, LatencyChart, Legend, RateChart, type Slot, totalsOf, windowOf } from './traffic-charts.ts';
import { Card } from './ui.ts';

const WINDOWS = [
  [60, '1 minute'],
  [300, '5 minutes'],
  [600, '10 minutes'],
] as const;

/** Requests, response times and errors of both slots, with the moments of swaps; and a load to watch one with. */
export function TrafficPage({ store: { state, now } }: { readonly store: Store }): VNode {
  const [span, setSpan] = useState(300);
  const [slot, setSlot] = useState<Slot>('production');
  const window = useMemo(() => windowOf(state.traffic, now, span), [state.traffic, now, span]);
  const swaps = state.traffic?.swaps ?? [];
  return html`<div class="page-head"><div class="grow"><h1>Traffic</h1><p>Counted by the front, request by request. A dashed line is a swap.</p></div>
      <select aria-label="Time shown" value=${span} onChange=${(event: Event) => setSpan(Number((event.target as HTMLSelectElement).value))}>${WINDOWS.map(([value, label]) => html`<option value=${value} key=${value}>${label}</option>`)}</select>
    </div>
    <${LoadCard} load=${state.load ?? null} />
    <${Card} title="Requests per second" aside=${html`<span class="grow"></span><${Legend} />`}><${Figures} totals=${totalsOf(window, 'production')} /><${RateChart} window=${window} swaps=${swaps} /><//>
    <${Card} title="Response time" aside=${html`<span class="grow"></span><span class="legend"><span class="key-${slot}"><i></i>p50</span><span class="key-warn"><i></i>p99</span></span><select aria-label="Slot" value=${slot} onChange=${(event: Event) => setSlot((event.target as HTMLSelectElement).value as Slot)}><option value="production">production</option><option value="staging">staging</option></select>`}>
      <${LatencyChart} key=${slot} window=${window} swaps=${swaps} slot=${slot} />
    <//>
    <${Card} title="Answered with 5xx" aside=${html`<span class="grow"></span><span class="legend"><span class="key-bad"><i></i>production</span><span class="key-staging"><i></i>staging</span></span>`}><${ErrorChart} window=${window} swaps=${swaps} /><//>` as VNode;
}

function LoadCard({ load }: { readonly load: LoadState | null }): VNode {
  const [rate, setRate] = useState(40);
  const [seconds, setSeconds] = useState(60);
  const [path, setPath] = useState('/');
  const [refusal, setRefusal] = useState('');
  const send = async (body: object): Promise<void> => {
    const { ok, message } = await act('load', body);
    setRefusal(ok ? '' : message);
  };
  const number = (set: (value: number) => void) => (event: Event) =>
    set(Number((event.target as HTMLInputElement).value));
  return html`<${Card} title="Send a load" aside=${html`<span class="muted">from this machine to production, so that a swap can be watched</span>`}>
    <form class="row" style=${{ alignItems: 'flex-end' }} onSubmit=${(event: Event) => {
      event.preventDefault();
      void send({ rate, seconds, path });
    }}>
      <label class="field">Requests per second<input type="number" min="1" max="200" value=${rate} onInput=${number(setRate)} /></label>
      <label class="field">Seconds<input type="number" min="1" max="120" value=${seconds} onInput=${number(setSeconds)} /></label>
      <label class="field">Path<input type="text" value=${path} onInput=${(event: Event) => setPath((event.target as HTMLInputElement).value)} /></label>
      ${load?.running ? html`<button type="button" class="button" onClick=${() => send({ rate: 0 })}><${Icon} name="stop" />Stop</button>` : html`<button type="submit" class="button primary"><${Icon} name="play" />Send</button>`}
    </form>
    ${refusal === '' ? null : html`<p class="small" role="alert">${refusal}</p>`}
    ${load === null ? null : html`<p class="small muted number" style=${{ marginTop: '10px' }} role="status">${load.running ? 'Sending' : 'Sent'} ${load.rate}/s to <code>${load.path}</code>: ${load.sent} requests, ${load.failed} failed</p>`}
  <//>` as VNode;
}
