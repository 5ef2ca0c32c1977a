import type { ElkExtendedEdge, ElkNode } from 'elkjs';
import type { Arrow, Drawing } from './drawing.ts';
import { placed } from './layout.ts';

/** Colours by what the reader's system prefers. A picture in a page has no other way to know. */
const STYLE = `
svg { font-family: system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; background: #ffffff; }
.group { fill: #f3f5f8; stroke: #b8c2cf; }
.part { fill: #e7f0fe; stroke: #2f6fd0; }
.store { fill: #fdf1dd; stroke: #b7791f; }
.person { fill: #eef7ee; stroke: #3b8a4b; }
.step { fill: #efeafd; stroke: #6b4fc9; }
.label { fill: #16202c; font-size: 14px; font-weight: 600; }
.detail { fill: #44505e; font-size: 12px; }
.title { fill: #44505e; font-size: 12.5px; font-weight: 600; }
.why { fill: #16202c; font-size: 12px; }
.behind { fill: #ffffff; opacity: 0.85; }
.under { fill: #f3f5f8; opacity: 0.9; }
.arrow { fill: none; stroke: #5b6876; stroke-width: 1.4; }
.head { fill: #5b6876; }
.dashed { stroke-dasharray: 5 4; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; }
  .group { fill: #161b22; stroke: #4a5563; }
  .part { fill: #14294a; stroke: #6ea8fe; }
  .store { fill: #3a2a10; stroke: #e0a84a; }
  .person { fill: #14301c; stroke: #6fcf86; }
  .step { fill: #261f45; stroke: #a892f5; }
  .label, .why { fill: #e8edf3; }
  .detail, .title { fill: #b4bfcb; }
  .behind { fill: #0d1117; }
  .under { fill: #161b22; }
  .arrow { stroke: #97a3b1; }
  .head { fill: #97a3b1; }
}`;

/** The picture as a file of its own, which needs nothing from outside. */
export async function svgOf(drawing: Drawing): Promise<string> {
  const root = await placed(drawing);
  const [width, height] = [Math.ceil(root.width ?? 0), Math.ceil(root.height ?? 0)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escaped(drawing.title)}</title>`,
    `<desc id="d">${escaped(drawing.description)}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    ...boxes(drawing, root, { x: 0, y: 0 }),
    ...edges(drawing, root),
    // Above the arrows, which would go through them otherwise.
    ...titles(drawing, root, { x: 0, y: 0 }),
    '</svg>',
    '',
  ].join('\n');
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function boxes(drawing: Drawing, node: ElkNode, at: Point): string[] {
  return (node.children ?? []).flatMap((child) => {
    const place = { x: at.x + (child.x ?? 0), y: at.y + (child.y ?? 0) };
    const group = drawing.groups.find(({ id }) => id === child.id);
    if (group === undefined) return boxOf(drawing, child, place);
    return [`<rect class="group" ${corner(place)} ${size(child)} rx="8"/>`, ...boxes(drawing, child, place)];
  });
}

function boxOf(drawing: Drawing, node: ElkNode, place: Point): string[] {
  const box = drawing.nodes.find(({ id }) => id === node.id);
  if (box === undefined) return [];
  const middle = round(place.x + (node.width ?? 0) / 2);
  const details = (box.detail ?? '').split('\n').filter((line) => line !== '');
  return [
    `<rect class="${box.kind}" ${corner(place)} ${size(node)} rx="${box.kind === 'person' ? 17 : 6}"/>`,
    `<text class="label" text-anchor="middle" x="${middle}" y="${round(place.y + 22)}">${escaped(box.label)}</text>`,
    ...details.map(
      (line, index) =>
        `<text class="detail" text-anchor="middle" x="${middle}" y="${round(place.y + 40 + index * 17)}">${escaped(line)}</text>`,
    ),
  ];
}

function titles(drawing: Drawing, node: ElkNode, at: Point): string[] {
  return (node.children ?? []).flatMap((child) => {
    const place = { x: at.x + (child.x ?? 0), y: at.y + (child.y ?? 0) };
    const group = drawing.groups.find(({ id }) => id === child.id);
    if (group === undefined) return [];
    const width = group.label.length * 7 + 8;
    return [
      `<rect class="under" ${corner({ x: place.x + 8, y: place.y + 6 })} ${size({ width, height: 19 })} rx="3"/>`,
      `<text class="title" x="${round(place.x + 12)}" y="${round(place.y + 20)}">${escaped(group.label)}</text>`,
      ...titles(drawing, child, place),
    ];
  });
}

/** elk places an edge below the node that contains both of its ends, and counts from there. */
function edges(drawing: Drawing, root: ElkNode): string[] {
  const offsets = new Map<string, Point>([['root', { x: 0, y: 0 }]]);
  const collect = (node: ElkNode, at: Point): void => {
    for (const child of node.children ?? []) {
      const place = { x: at.x + (child.x ?? 0), y: at.y + (child.y ?? 0) };
      offsets.set(child.id, place);
      collect(child, place);
    }
  };
  collect(root, { x: 0, y: 0 });
  return (root.edges ?? []).flatMap((edge, index) => {
    const arrow = drawing.arrows[index];
    const container = 'container' in edge ? String(edge.container) : 'root';
    return arrow === undefined || arrow.hidden === true
      ? []
      : edgeOf(edge, arrow, offsets.get(container) ?? { x: 0, y: 0 });
  });
}

function edgeOf(edge: ElkExtendedEdge, arrow: Arrow, at: Point): string[] {
  const lines = (edge.sections ?? []).map(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => `${round(at.x + x)} ${round(at.y + y)}`).join(' L'),
  );
  const shape = `class="arrow${arrow.dashed === true ? ' dashed' : ''}" marker-end="url(#head)"`;
  return [
    ...lines.map((line) => `<path ${shape} d="M${line}"/>`),
    ...(edge.labels ?? []).flatMap(({ x = 0, y = 0, width = 0, height = 0, text = '' }) => [
      `<rect class="behind" ${corner({ x: at.x + x, y: at.y + y })} ${size({ width, height })} rx="3"/>`,
      ...text
        .split('\n')
        .map(
          (line, index) =>
            `<text class="why" text-anchor="middle" x="${round(at.x + x + width / 2)}" y="${round(at.y + y + 12 + index * 15)}">${escaped(line)}</text>`,
        ),
    ]),
  ];
}

function corner({ x, y }: Point): string {
  return `x="${round(x)}" y="${round(y)}"`;
}

function size({ width = 0, height = 0 }: { readonly width?: number; readonly height?: number }): string {
  return `width="${round(width)}" height="${round(height)}"`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
