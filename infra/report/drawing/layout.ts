import { createRequire } from 'node:module';
import type { ElkExtendedEdge, ElkNode } from 'elkjs';
import type { Arrow, Box, Drawing, Group } from './drawing.ts';

/** Widths of letters differ between fonts: a guess that is never too small for the fonts that the pictures ask for. */
const LETTER_PX = 8.3;
const DETAIL_LETTER_PX = 6.6;
const LABEL_LETTER_PX = 6.4;
const TITLE_LETTER_PX = 7.3;
const LINE_PX = 18;

/** Top to bottom, so that a picture is no wider than a phone shows it. */
const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '34',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.padding': '[top=10,left=10,bottom=10,right=10]',
};
const GROUP_OPTIONS = { 'elk.padding': '[top=40,left=12,bottom=12,right=12]' };

/** Places by elk's layered algorithm. Equal drawings get equal places. */
export async function placed(drawing: Drawing): Promise<ElkNode> {
  // Its own bundle is CommonJS, and its types say otherwise.
  const Elk: new () => { layout(graph: ElkNode): Promise<ElkNode> } = createRequire(import.meta.url)(
    'elkjs/lib/elk.bundled.js',
  );
  return new Elk().layout({
    id: 'root',
    layoutOptions: OPTIONS,
    children: childrenOf(drawing, undefined),
    edges: drawing.arrows.map(edgeOf),
  });
}

function childrenOf(drawing: Drawing, within: string | undefined): ElkNode[] {
  return [
    ...drawing.groups.filter((group) => group.within === within).map((group) => groupNode(drawing, group)),
    ...drawing.nodes.filter((node) => node.within === within).map(boxNode),
  ];
}

function groupNode(drawing: Drawing, { id, label }: Group): ElkNode {
  const minimum = `(${Math.ceil(label.length * TITLE_LETTER_PX + 24)}, 40)`;
  const layoutOptions = {
    ...GROUP_OPTIONS,
    'elk.nodeSize.constraints': 'MINIMUM_SIZE',
    'elk.nodeSize.minimum': minimum,
  };
  return { id, layoutOptions, children: childrenOf(drawing, id) };
}

function boxNode({ id, label, detail = '' }: Box): ElkNode {
  const width = Math.max(label.length * LETTER_PX, longest(detail) * DETAIL_LETTER_PX) + 24;
  const lines = detail === '' ? 0 : detail.split('\n').length;
  return { id, width: Math.ceil(width), height: 34 + lines * LINE_PX };
}

function edgeOf({ from, to, label = '' }: Arrow, index: number): ElkExtendedEdge {
  const lines = label.split('\n').length;
  const labels = label === '' ? [] : [{ text: label, width: longest(label) * LABEL_LETTER_PX + 8, height: lines * 15 }];
  return { id: `e${index}`, sources: [from], targets: [to], labels };
}

function longest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}
