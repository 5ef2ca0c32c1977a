import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConsoleState } from '../model.ts';
import { act } from './api.ts';
import { Icon } from './icons.ts';

type ActionName = 'release' | 'promote' | 'swap-back';

interface Plan {
  readonly title: string;
  readonly why: string;
  readonly steps: readonly string[];
  readonly command: string;
  readonly button: string;
}

/** The three things that change the slots. Each says what it will do before it does it. */
export function ReleaseActions({ state }: { readonly state: Partial<ConsoleState> }): VNode {
  const [asked, setAsked] = useState<ActionName | undefined>();
  const running = state.runs?.some(({ endedAt }) => endedAt === null) === true;
  const isVerified = verifiedVersion(state) !== undefined;
  const back = state.rollback ?? null;
  const unknown = state.slots === undefined;
  return html`<div class="row actions">
    <button type="button" class="button primary" disabled=${running || unknown} onClick=${() => setAsked('release')}><${Icon} name="releases" />Release</button>
    <button type="button" class="button" disabled=${running || !isVerified} title=${isVerified ? '' : 'Nothing waits in staging: release up to “verify” first'} onClick=${() => setAsked('promote')}><${Icon} name="swap" />Promote</button>
    <button type="button" class="button" disabled=${running || back === null} title=${back === null ? 'There is no version before the live one' : ''} onClick=${() => setAsked('swap-back')}><${Icon} name="back" />Swap back</button>
    ${asked === undefined ? null : html`<${ActionDialog} name=${asked} state=${state} onClose=${() => setAsked(undefined)} />`}
  </div>` as VNode;
}

function ActionDialog({
  name,
  state,
  onClose,
}: {
  name: ActionName;
  state: Partial<ConsoleState>;
  onClose: () => void;
}): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [onlyVerify, setOnlyVerify] = useState(false);
  const [dirty, setDirty] = useState(false);
  const [sending, setSending] = useState(false);
  const [refusal, setRefusal] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const plan = planOf(name, state, onlyVerify, dirty);
  const send = async (): Promise<void> => {
    setSending(true);
    const body = name === 'release' ? { to: onlyVerify ? 'verify' : 'live', dirty } : {};
    const { ok, message } = await act(name, body);
    setSending(false);
    if (!ok) return setRefusal(message);
    onClose();
    location.hash = '#/releases';
  };
  return html`<dialog ref=${dialog} onClose=${onClose} aria-labelledby="plan-title">
    <h2 id="plan-title">${plan.title}</h2>
    <p class="muted">${plan.why}</p>
    <ol class="plan">${plan.steps.map((step) => html`<li key=${step}><span>${step}</span></li>`)}</ol>
    ${
      name === 'release'
        ? html`<label class="check"><input type="checkbox" checked=${onlyVerify} onChange=${() => setOnlyVerify(!onlyVerify)} /> Stop before the swap, and leave it in staging for Promote</label>
          <label class="check"><input type="checkbox" checked=${dirty} onChange=${() => setDirty(!dirty)} /> Release uncommitted changes too</label>`
        : null
    }
    <p class="small muted same-as">The same as <code>${plan.command}</code></p>
    ${refusal === '' ? null : html`<p class="error-box" role="alert">${refusal}</p>`}
    <div class="dialog-foot">
      <button type="button" class="button" onClick=${() => dialog.current?.close()}>Cancel</button>
      <button type="button" class="button primary" disabled=${sending} onClick=${send}>${plan.button}</button>
    </div>
  </dialog>` as VNode;
}

function planOf(name: ActionName, state: Partial<ConsoleState>, onlyVerify: boolean, dirty: boolean): Plan {
  const live = state.slots?.production.version ?? 'nothing';
  const guard = 'Watch production beside the old version; when it is worse, swap back by itself';
  if (name === 'promote') {
    return {
      title: `Put ${verifiedVersion(state) ?? 'staging'} live`,
      why: `Production runs ${live}. Nothing is built; what was verified in staging is proven again, then swapped in.`,
      steps: [
        'Prepare staging with production’s settings',
        'Verify it again',
        'Drain and swap, without losing a request',
        guard,
      ],
      command: './slipway promote',
      button: 'Promote',
    };
  }
  if (name === 'swap-back') {
    const { version = '', kind = 'swap' } = state.rollback ?? {};
    return {
      title: `Go back to ${version}`,
      why: `Production runs ${live}. Code and settings of ${version} come back together; the database keeps its schema.`,
      steps:
        kind === 'swap'
          ? [`Warm up ${version}, which is still in staging`, 'Swap, without losing a request', 'Verify production']
          : [
              `Stage the stored package of ${version} and prove it`,
              'Swap, without losing a request',
              'Verify production',
            ],
      command: './slipway rollback',
      button: 'Swap back',
    };
  }
  const options = `${onlyVerify ? ' --to verify' : ''}${dirty ? ' --dirty' : ''}`;
  return {
    title: onlyVerify ? 'Release to staging' : 'Release to production',
    why: `Production runs ${live} and is not touched before the swap.`,
    steps: [
      'Build the application and check the package',
      'Stage it: package, settings and sidecar into staging',
      'Run migrations that the old version can live with',
      'Prepare and verify staging: health, smoke tests, an image through Blob',
      ...(onlyVerify ? ['Stop there; Promote puts it live'] : ['Drain and swap, without losing a request', guard]),
    ],
    command: `./slipway release${options}`,
    button: onlyVerify ? 'Release to staging' : 'Release',
  };
}

/** What `release --to verify` left in staging, as the newest line of history. */
function verifiedVersion({ history, slots }: Partial<ConsoleState>): string | undefined {
  const newest = history?.find(({ version, kind }) => version === slots?.staging.version && kind !== 'migrate');
  return newest?.outcome === 'verified' ? newest.version : undefined;
}
