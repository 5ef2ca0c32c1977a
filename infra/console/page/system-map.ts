import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ConsoleState, Counterpart, GraphPart, SystemGraph } from '../model.ts';
import { type Drawing, draw, NODE_HEIGHT, type PlacedLink } from './drawing.ts';
import { Icon, type IconName } from './icons.ts';
import { statusOf } from './part-status.ts';
import { ResourceDrawer } from './resource-drawer.ts';
import { Card, Loading } from './ui.ts';

/** Below this width a drawing is smaller than its words: parts are listed instead. */
const DRAWN_FROM_PX = 700;
/** Below this width a part has no room for its icon. */
const NARROW_NODE_PX = 140;

const ICONS: Readonly<Record<Counterpart, IconName>> = {
  production: 'app',
  staging: 'app',
  'sidecar-production': 'box',
  'sidecar-staging': 'box',
  mysql: 'database',
  redis: 'bolt',
  blob: 'cloud',
  vault: 'key',
  telemetry: 'pulse',
  none: 'globe',
};

/** The system as the program describes it, with what runs of it here. A click shows a part's settings and links. */
export function SystemMap({ state }: { readonly state: Partial<ConsoleState> }): VNode {
  const { resources } = state;
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  const [chosen, setChosen] = useState<string | undefined>();
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setRoom(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const drawing = useMemo(
    () => (resources === undefined || room === 0 ? undefined : draw(resources, room)),
    [resources, room],
  );
  const aside = html`<span class="muted">drawn from the program, stage ${resources?.stage ?? 'dev'}; choose a part for its settings</span>`;
  return html`<${Card} title="The system" aside=${aside}>
    <div ref=${frame}>
      ${resources === undefined || drawing === undefined ? html`<${Loading} lines=${4} />` : room >= DRAWN_FROM_PX ? html`<${DrawnMap} drawing=${drawing} state=${state} chosen=${chosen} onChoose=${setChosen} />` : html`<${ListedMap} graph=${resources} state=${state} chosen=${chosen} onChoose=${setChosen} />`}
    </div>
    ${resources === undefined ? null : html`<${AzureOnly} graph=${resources} />`}
    ${chosen === undefined || resources === undefined ? null : html`<${ResourceDrawer} urn=${chosen} graph=${resources} state=${state} onClose=${() => setChosen(undefined)} />`}
  <//>` as VNode;
}

interface MapProps {
  readonly state: Partial<ConsoleState>;
  readonly chosen: string | undefined;
  readonly onChoose: (urn: string) => void;
}

function DrawnMap({ drawing, state, chosen, onChoose }: MapProps & { readonly drawing: Drawing }): VNode {
  const { nodeWidth, width, height, nodes, links } = drawing;
  const down = new Set(nodes.filter(({ part }) => statusOf(part, state).tone === 'bad').map(({ part }) => part.urn));
  const classOf = ({ from, to }: PlacedLink): string => {
    if (down.has(to)) return 'bad';
    if (chosen === undefined) return '';
    return from === chosen || to === chosen ? 'lit' : 'faded';
  };
  return html`<div class="graph-scroll">
    <div class="graph ${nodeWidth < NARROW_NODE_PX ? 'narrow' : ''}" style=${{ width: `${width}px`, height: `${height}px` }}>
      <svg class="edges" width=${width} height=${height} aria-hidden="true">
        <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M1 1 7 4 1 7" style=${{ strokeWidth: '1.2', strokeDasharray: 'none' }} /></marker></defs>
        ${links.map((link) => html`<path key=${`${link.from} ${link.to}`} d=${link.path} class=${classOf(link)} marker-end="url(#tip)" />`)}
      </svg>
      ${nodes.map(({ part, x, y }) => html`<${Node} key=${part.urn} part=${part} state=${state} chosen=${chosen} onChoose=${onChoose} style=${{ left: `${x}px`, top: `${y}px`, width: `${nodeWidth}px`, height: `${NODE_HEIGHT}px` }} />`)}
    </div>
  </div>` as VNode;
}

function ListedMap({ graph, state, chosen, onChoose }: MapProps & { readonly graph: SystemGraph }): VNode {
  const order = Object.keys(ICONS);
  const parts = graph.parts
    .filter(({ kind }) => kind !== '')
    .toSorted((a, b) => order.indexOf(a.counterpart) - order.indexOf(b.counterpart));
  return html`<div class="node-list">
    ${parts.map((part) => html`<${Node} key=${part.urn} part=${part} state=${state} chosen=${chosen} onChoose=${onChoose} style=${{}} />`)}
  </div>` as VNode;
}

function Node({
  part,
  state,
  chosen,
  onChoose,
  style,
}: MapProps & { readonly part: GraphPart; readonly style: object }): VNode {
  const { tone, words } = statusOf(part, state);
  const isVisitors = part.kind === '';
  const kind = part.counterpart === 'none' && !isVisitors ? 'azure' : tone;
  const inside = html`<${Icon} name=${ICONS[part.counterpart]} />
    <span class="grow"><b>${part.label}</b><small>${tone === '' ? null : html`<i class="dot ${tone}"></i>`}${words}</small></span>`;
  if (isVisitors) return html`<div class="node" style=${{ ...style, cursor: 'default' }}>${inside}</div>` as VNode;
  return html`<button type="button" class="node ${kind}" style=${style} title="${part.label}: ${words}" aria-pressed=${chosen === part.urn} onClick=${() => onChoose(part.urn)}>${inside}</button>` as VNode;
}

function AzureOnly({ graph }: { readonly graph: SystemGraph }): VNode | null {
  if (graph.azureOnly.length === 0) return null;
  return html`<div style=${{ marginTop: '16px' }}>
    <h3 class="muted" style=${{ marginBottom: '6px' }}>On Azure only</h3>
    <div class="chips">${graph.azureOnly.map(({ label, count }) => html`<span class="chip" key=${label}>${label}${count > 1 ? html` <span class="number">${count}</span>` : null}</span>`)}</div>
  </div>` as VNode;
}
