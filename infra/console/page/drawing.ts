import { Graph, layout } from '@dagrejs/dagre';
import type { GraphPart, SystemGraph } from '../model.ts';

/** Pixels. */
export const NODE_HEIGHT = 56;
const NODE_WIDTH = { least: 118, most: 200 };
const RANK_GAP = { least: 26, most: 84 };
/** Visitors, slots, sidecars, data, and what keeps the telemetry. */
const RANKS = 5;
/** A bend nearer to a part than this would be a kink. */
const BEND_ROOM = 20;
const LAYOUT = { rankdir: 'LR', nodesep: 18, marginx: 2, marginy: 2 };

export interface PlacedNode {
  readonly part: GraphPart;
  readonly x: number;
  readonly y: number;
}

export interface PlacedLink {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

export interface Drawing {
  readonly nodeWidth: number;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

/** Parts in ranks from left to right, and the lines between them. `room`: how wide it may be, where that is enough. */
export function draw({ parts, links }: SystemGraph, room: number): Drawing {
  const nodeWidth = within(NODE_WIDTH, (room - (RANKS - 1) * RANK_GAP.least) / RANKS);
  const ranksep = within(RANK_GAP, (room - RANKS * nodeWidth) / (RANKS - 1) - 2);
  const node = { width: nodeWidth, height: NODE_HEIGHT };
  const graph = new Graph();
  graph.setGraph({ ...LAYOUT, ranksep });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { urn } of parts) graph.setNode(urn, { ...node });
  for (const { from, to } of links) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const centre = (urn: string): Point => graph.node(urn) as Point;
  const nodes = parts.map((part) => {
    const { x, y } = centre(part.urn);
    return { part, x: x - nodeWidth / 2, y: y - NODE_HEIGHT / 2 };
  });
  const placed = links.map((link) => {
    const { from, to } = link;
    const leaving = links.filter((other) => other.from === from).toSorted((a, b) => centre(a.to).y - centre(b.to).y);
    const arriving = links.filter((other) => other.to === to).toSorted((a, b) => centre(a.from).y - centre(b.from).y);
    const start = side(centre(from), nodeWidth / 2, leaving.indexOf(link), leaving.length);
    const end = side(centre(to), -nodeWidth / 2, arriving.indexOf(link), arriving.length);
    const between = (graph.edge(from, to) as { points: Point[] }).points.slice(1, -1);
    const bends = between.filter(({ x }) => x > start.x + BEND_ROOM && x < end.x - BEND_ROOM);
    return { from, to, path: curve([start, ...bends, end]) };
  });
  return { nodeWidth, width, height, nodes, links: placed };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Links leave a part on its right and arrive on its left, spread over the side in the order of their other ends. */
function side({ x, y }: Point, offset: number, index: number, count: number): Point {
  const step = Math.min(9, (NODE_HEIGHT - 20) / Math.max(1, count - 1));
  return { x: x + offset, y: y + (index - (count - 1) / 2) * step };
}

function within({ least, most }: { readonly least: number; readonly most: number }, value: number): number {
  return Math.round(Math.min(most, Math.max(least, value)));
}

/** A smooth line through the points, level at each of them. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  let path = `M${at(first)}`;
  let before = first;
  for (const point of rest) {
    const middle = (before.x + point.x) / 2;
    path += `C${at({ x: middle, y: before.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    before = point;
  }
  return path;
}
