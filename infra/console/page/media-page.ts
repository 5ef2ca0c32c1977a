import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ConsoleState, ImageView } from '../model.ts';
import { api } from './api.ts';
import { ago, bytes, seconds } from './format.ts';
import type { Store } from './store.ts';
import { Card, Empty, Loading, PageHead, Pill } from './ui.ts';

const SLOTS = ['production', 'staging'] as const;

/** Which files are not in Blob yet, why, and what to do. */
export function MediaPage({ store: { state } }: { readonly store: Store }): VNode {
  return html`<${PageHead} title="Media">An image lies in the outbox until Blob has it; then it moves to “synced”.<//>
    ${state.servers?.blob === null ? html`<div class="banner bad"><p><strong>Blob is down.</strong> Images wait in the outbox and are carried once it is back. None is lost. <a href="#/faults">Faults</a></p></div>` : null}
    <div class="grid-2">${SLOTS.map((slot) => html`<${SlotMedia} key=${slot} slot=${slot} state=${state} />`)}</div>
    <${Card} title="Latest images" aside=${html`<span class="muted">of both slots, from this machine</span>`}><${ImageGrid} images=${state.images} limit=${12} /><//>` as VNode;
}

function SlotMedia({
  slot,
  state,
}: {
  readonly slot: 'production' | 'staging';
  readonly state: Partial<ConsoleState>;
}): VNode {
  const media = state.slots?.[slot].media;
  const rows = state.rows?.[slot] ?? null;
  const title = slot === 'production' ? 'Production' : 'Staging';
  if (media === undefined) return html`<${Card} title=${title}><${Loading} /><//>` as VNode;
  if (media === null) {
    return html`<${Card} title=${title}><${Empty} title="The sidecar does not answer">What is in its outbox waits. <a href="#/faults">Faults</a><//><//>` as VNode;
  }
  const { pending, oldestSeconds, synced, stuck, conflicts } = media;
  return html`<${Card} title=${title}>
    <div class="figures even">
      <div class="figure"><b>${pending}</b><span>pending</span></div>
      <div class="figure"><b>${pending === 0 ? '–' : seconds(oldestSeconds)}</b><span>oldest</span></div>
      <div class="figure"><b>${synced}</b><span>synced, kept here</span></div>
      <div class="figure"><b>${stuck.length}</b><span>stuck</span></div>
      <div class="figure"><b>${conflicts.length}</b><span>conflicts</span></div>
      <div class="figure"><b>${rows === null ? '–' : rows.waiting}</b><span>rows waiting for MySQL</span></div>
    </div>
    ${stuck.length === 0 ? null : html`<h3 style=${{ marginTop: '14px' }}>Stuck</h3><table><tbody>${stuck.map(({ name, reason, seconds: waited }) => html`<tr key=${name}><td><${FileName} name=${name} /><div class="small muted">${reason}</div></td><td class="end nowrap muted">${seconds(waited)}</td></tr>`)}</tbody></table><p class="small muted">Repair the file and <code>./slipway media retry NAME</code>, or <code>./slipway media set-aside NAME</code> so that no release waits for it.</p>`}
    ${conflicts.length === 0 ? null : html`<h3 style=${{ marginTop: '14px' }}>Conflicts</h3><ul>${conflicts.map((name) => html`<li key=${name}><${FileName} name=${name} /></li>`)}</ul><p class="small muted">Blob has other bytes under that name. Both are kept: rename one, or <code>./slipway media retry NAME</code>.</p>`}
    ${(rows?.refused ?? 0) > 0 ? html`<p class="small">${rows?.refused} rows that the database does not take: see the logs of the slot.</p>` : null}
  <//>` as VNode;
}

function FileName({ name }: { readonly name: string }): VNode {
  return html`<span class="mono" style=${{ overflowWrap: 'anywhere' }}>${name}</span>` as VNode;
}

export function ImageGrid({
  images,
  limit,
}: {
  readonly images: readonly ImageView[] | undefined;
  readonly limit: number;
}): VNode {
  if (images === undefined) return html`<${Loading} />` as VNode;
  if (images.length === 0) {
    return html`<${Empty} title="No image on this machine">Make one: <code>curl -X POST …/api/generate-image</code>. Older ones are in Blob.<//>` as VNode;
  }
  return html`<div class="images">${images.slice(0, limit).map(
    ({
      name,
      worker,
      slot,
      at,
      state,
      bytes: size,
    }) => html`<figure key=${name + worker} title=${`${name}, ${bytes(size)}, ${slot}`}>
      <${Thumbnail} path="images/${worker}/${encodeURIComponent(name)}" alt="Image of ${slot}, ${ago(at)}" />
      <figcaption>${state === 'pending' ? html`<${Pill} tone="warn">waiting<//>` : ago(at)}</figcaption>
    </figure>`,
  )}</div>` as VNode;
}

/** An image that is asked with the key, which the address of an image could not have. */
function Thumbnail({ path, alt }: { readonly path: string; readonly alt: string }): VNode {
  const [address, setAddress] = useState<string | undefined>();
  useEffect(() => {
    let shown: string | undefined;
    let isLeft = false;
    const load = async (): Promise<void> => {
      const answer = await api(path);
      const image = answer.ok ? await answer.blob() : undefined;
      if (image === undefined || isLeft) return;
      shown = URL.createObjectURL(image);
      setAddress(shown);
    };
    load().catch(() => undefined);
    return () => {
      isLeft = true;
      if (shown !== undefined) URL.revokeObjectURL(shown);
    };
  }, [path]);
  if (address === undefined) return html`<div class="thumbnail" role="img" aria-label=${alt}></div>` as VNode;
  return html`<img class="thumbnail" src=${address} alt=${alt} width="92" height="92" />` as VNode;
}
