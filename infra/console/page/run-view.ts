import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { HistoryRow, Run, RunStep } from '../model.ts';
import { ago, duration } from './format.ts';
import { Icon } from './icons.ts';
import { Pill, type Tone } from './ui.ts';

/** A command that changes the slots, step by step, as it reports. */
export function RunView({ run, history }: { readonly run: Run; readonly history: readonly HistoryRow[] }): VNode {
  const entry = history.find(
    ({ startedAt, command }) => command.startsWith(run.command) && isNear(startedAt, run.startedAt),
  );
  return html`<section class="card" aria-label="Run of ${run.command}">
    <header>
      <h2>${titleOf(run)}</h2>
      <${Pill} tone=${toneOfRun(run)}>${run.outcome ?? 'running'}<//>
      <span class="muted">${run.who}, ${ago(run.startedAt)}</span>
      <span class="grow"></span>
      ${entry === undefined || entry.requests.sent === 0 ? null : html`<span class="muted number">${lostText(entry)}</span>`}
    </header>
    <div class="run-steps" role="log" aria-label="Steps">
      ${run.steps.map((step, index) => html`<${StepView} key=${index} step=${step} />`)}
      ${run.steps.length === 0 && run.endedAt === null ? html`<div class="run-step"><span class="spinner"></span><span>starting</span></div>` : null}
    </div>
    ${run.notices.map((notice, index) => html`<p class="small muted" key=${index}>${notice}</p>`)}
    ${run.error === null ? null : html`<${ErrorBox} error=${run.error} />`}
  </section>` as VNode;
}

export function StepView({ step }: { readonly step: RunStep }): VNode {
  const took = step.ms ?? Date.now() - Date.parse(step.startedAt);
  return html`<div class="run-step">
    <span class="mark ${step.state}">
      ${step.state === 'running' ? html`<span class="spinner" role="img" aria-label="running"></span>` : html`<span role="img" aria-label=${step.state}><${Icon} name=${step.state === 'done' ? 'check' : 'cross'} /></span>`}
    </span>
    <span><b>${step.name}</b>${step.note === '' ? null : html`<span class="note">  ${step.note}</span>`}${step.code === null ? null : html` <code>${step.code}</code>`}</span>
    <span class="muted number nowrap">${duration(Math.max(0, took))}</span>
    ${step.gates.length === 0 ? null : html`<div class="gates">${step.gates.map((gate, index) => html`<span class="gate ${gate.passed ? '' : 'failed'}" key=${index} title=${duration(gate.ms)}>${gate.passed ? '✓' : '✗'} ${gate.name}</span>`)}</div>`}
  </div>` as VNode;
}

export function ErrorBox({
  error,
}: {
  readonly error: NonNullable<Run['error']> | { readonly code: string; readonly found: string };
}): VNode {
  const { code, found } = error;
  const expected = 'expected' in error ? error.expected : undefined;
  const fix = 'fix' in error ? error.fix : undefined;
  return html`<dl class="error-box">
    <dt><code>${code}</code></dt>
    <dd>${found}</dd>
    ${expected === undefined ? null : html`<dt>Expected</dt><dd>${expected}</dd>`}
    ${fix === undefined ? null : html`<dt>To do</dt><dd>${fix}</dd>`}
  </dl>` as VNode;
}

export function toneOfRun({ outcome, error }: Run): Tone {
  if (error !== null) return 'bad';
  return outcome === null ? 'accent' : toneOfOutcome(outcome);
}

export function toneOfOutcome(outcome: string): Tone {
  if (outcome === 'live' || outcome === 'migrated' || outcome === 'done') return 'ok';
  if (outcome === 'verified') return 'accent';
  return outcome === 'abandoned' ? 'warn' : 'bad';
}

export function lostText({ requests: { sent, lost } }: HistoryRow): string {
  return sent === 0 ? 'not counted' : `${lost} of ${sent} requests lost`;
}

function titleOf({ command, version }: Run): string {
  const words: Record<string, string> = {
    start: 'First release',
    release: 'Release',
    promote: 'Promote',
    rollback: 'Swap back',
    migrate: 'Migrate',
    heal: 'Heal',
  };
  const title = words[command.split(' ')[0] ?? ''] ?? command;
  return version === null || version === '' ? title : `${title} of ${version}`;
}

function isNear(a: string, b: string): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) < 60_000;
}
