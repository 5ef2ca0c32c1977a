import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

export type Tone = 'ok' | 'warn' | 'bad' | 'accent' | '';

export function Card({
  title,
  aside,
  children,
  id,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly id?: string;
}): VNode {
  return html`<section class="card" aria-label=${title} id=${id}>
    <header><h2>${title}</h2>${aside}</header>
    ${children}
  </section>` as VNode;
}

export function Pill({ tone = '', children }: { readonly tone?: Tone; readonly children?: ComponentChildren }): VNode {
  return html`<span class="pill ${tone}">${children}</span>` as VNode;
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }): VNode {
  return html`<div class="empty"><strong>${title}</strong>${children}</div>` as VNode;
}

export function Loading({ lines = 3 }: { readonly lines?: number }): VNode {
  return html`<div aria-busy="true" aria-label="loading">
    ${Array.from({ length: lines }, (_, line) => html`<div class="skeleton" key=${line} style=${{ margin: '8px 0', width: `${92 - line * 14}%` }}></div>`)}
  </div>` as VNode;
}

export function PageHead({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  return html`<div class="page-head"><div class="grow"><h1>${title}</h1>${children === undefined ? null : html`<p>${children}</p>`}</div></div>` as VNode;
}
