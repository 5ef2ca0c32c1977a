import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { SlotStatus } from '../../local/status.ts';
import type { ConsoleState, HistoryRow } from '../model.ts';
import { ago, plural, seconds } from './format.ts';
import { Empty, Loading, Pill, type Tone } from './ui.ts';

type SlotName = 'production' | 'staging';

/** One slot: what runs in it, since when, and how it is. */
export function SlotCard({ slot, state }: { readonly slot: SlotName; readonly state: Partial<ConsoleState> }): VNode {
  const status = state.slots?.[slot];
  const url = state.urls?.[slot];
  const title = slot === 'production' ? 'Production' : 'Staging';
  return html`<section class="card slot ${slot}" aria-label=${title}>
    <header>
      <h2>${title}</h2>
      ${status === undefined ? null : html`<${Pill} tone=${toneOf(slot, state)}>${wordsOf(slot, state)}<//>`}
      <span class="grow"></span>
      ${url === undefined ? null : html`<a class="small" href=${url} target="_blank" rel="noreferrer">${url.replace('http://', '')}</a>`}
    </header>
    ${status === undefined ? html`<${Loading} />` : html`<${SlotBody} slot=${slot} status=${status} state=${state} />`}
  </section>` as VNode;
}

function SlotBody({
  slot,
  status,
  state,
}: {
  slot: SlotName;
  status: SlotStatus;
  state: Partial<ConsoleState>;
}): VNode {
  if (!status.deployed) {
    return html`<${Empty} title="Empty">Nothing was released to it yet.<//>` as VNode;
  }
  const entry = state.history?.find(({ version }) => version === status.version);
  const differing = (state.site?.settings ?? []).filter(({ differs, sticky }) => differs && !sticky).length;
  const lastSwap = slot === 'production' ? swapText(state.site) : null;
  return html`<div>
    <div class="version">${status.version ?? 'no version answers'}</div>
    <dl class="facts">
      <dt>Commit</dt>
      <dd>${commitOf(entry)}</dd>
      <dt>Schema</dt>
      <dd class="mono">${status.schema ?? '–'}</dd>
      <dt>Running since</dt>
      <dd>${status.since === null ? '–' : html`<time datetime=${status.since} title=${status.since}>${ago(status.since)}</time>`}</dd>
      ${status.instances.map(
        (instance) => html`<dt key=${`w${instance.id}`}>Worker ${instance.id}</dt>
          <dd key=${`d${instance.id}`}><${InstanceView} instance=${instance} declared=${status.declared} /></dd>`,
      )}
      ${lastSwap === null ? null : html`<dt>Last swap</dt><dd>${lastSwap}</dd>`}
      <dt>Media</dt>
      <dd>${mediaText(status.media)}</dd>
      <dt>Settings</dt>
      <dd><a href="#/settings">${differing === 0 ? 'equal in both slots' : `${plural(differing, 'setting')} not as in the other slot`}</a></dd>
    </dl>
  </div>` as VNode;
}

type Instance = SlotStatus['instances'][number];

/** The processes of a worker, its restarts with their reasons, and what the application runs in it. */
function InstanceView({ instance, declared }: { instance: Instance; declared: string | null }): VNode {
  const { processes, ready, exits, workers, schedule } = instance;
  const named = { nginx: processes.nginx, 'php-fpm': processes.phpFpm, sidecar: processes.sidecar };
  return html`<span class="processes">
      ${Object.entries(named).map(
        ([name, pid]) =>
          html`<span class="process" key=${name}><i class="dot ${pid === null ? 'bad' : 'ok'}"></i>${name} <span class="muted number">${pid ?? 'down'}</span></span>`,
      )}
      ${ready ? null : html`<${Pill} tone="warn">not ready<//>`}
    </span>
    ${Object.entries(exits)
      .filter(([, ended]) => ended.length > 0)
      .map(([name, ended]) => html`<div class="small muted" key=${name}>${exitText(name, ended)}</div>`)}
    ${workers.map(
      ({ name, pid, restarts, lastExit }) =>
        html`<div key=${`worker ${name}`}><i class="dot ${pid === null ? 'bad' : 'ok'} inline"></i> ${name} <span class="muted number">${pid ?? 'does not run'}</span> <span class="small muted">${restarts === 0 ? '' : `restarted ${plural(restarts, 'time')}`}${endedText(lastExit)}</span></div>`,
    )}
    ${schedule.map(
      ({ entry, pid, lastRun, lastExit, lastSkip }) =>
        html`<div class="small muted" key=${`schedule ${entry}`}>schedule <code>${entry}</code>${pid === null ? '' : ` runs as ${pid}`}, last run ${lastRun === null ? 'never' : ago(lastRun)}${endedText(lastExit)}${lastSkip === null ? '' : `, skipped ${ago(lastSkip.at)}: ${lastSkip.reason}`}</div>`,
    )}
    ${declared === null || workers.length + schedule.length === 0 ? null : html`<div class="small muted">those of <span class="mono">${declared}</span>, which is declared live</div>`}` as VNode;
}

function endedText(last: Instance['workers'][number]['lastExit']): string {
  return last === null ? '' : `, ended last ${ago(last.at)}: ${last.reason}`;
}

function swapText(site: ConsoleState['site'] | undefined): string | null {
  if (site?.lastSwap === undefined || site.lastSwap === null) return null;
  const { at, from, to } = site.lastSwap;
  return `${from} with ${to}, ${ago(at)}`;
}

export function toneOf(slot: SlotName, { slots, health }: Partial<ConsoleState>): Tone {
  const status = slots?.[slot];
  if (status === undefined || !status.deployed) return '';
  if (!status.healthy || health?.[slot]?.status === 'fail') return 'bad';
  const sidecarDown = status.instances.some(({ processes }) => processes.sidecar === null);
  return sidecarDown || health?.[slot]?.status === 'warn' ? 'warn' : 'ok';
}

function wordsOf(slot: SlotName, state: Partial<ConsoleState>): string {
  const { site } = state;
  if (site?.swapping !== null && site?.swapping !== undefined) return 'swap under way';
  if (slot === 'staging' && site?.preparedFor === 'production') return 'prepared for production';
  return { ok: 'healthy', warn: 'degraded', bad: 'not healthy', accent: '', '': 'empty' }[toneOf(slot, state)];
}

function commitOf(entry: HistoryRow | undefined): string | VNode {
  if (entry?.source === undefined) return '–';
  const { commit, dirty } = entry.source;
  return html`<span class="mono">${commit.slice(0, 10)}</span>${dirty ? html` <span class="muted">and uncommitted changes</span>` : null}` as VNode;
}

function exitText(name: string, ended: readonly { readonly at: string; readonly reason: string }[]): string {
  const last = ended.at(-1);
  return `${name} was restarted ${ended.length} ${ended.length === 1 ? 'time' : 'times'}, last ${ago(last?.at)}: ${last?.reason ?? ''}`;
}

export function mediaText(media: SlotStatus['media']): string {
  if (media === null) return 'the sidecar does not answer';
  const { pending, oldestSeconds, stuck, conflicts } = media;
  const waiting = pending === 0 ? 'nothing pending' : `${pending} pending, the oldest for ${seconds(oldestSeconds)}`;
  const troubles = [
    ...(stuck.length > 0 ? [`${stuck.length} stuck`] : []),
    ...(conflicts.length > 0 ? [`${conflicts.length} in conflict`] : []),
  ];
  return [waiting, ...troubles].join(', ');
}
