import { PLACES, type Place, type Shape, VISITORS } from './shape.ts';

const TITLES: Readonly<Record<Place, string>> = {
  edge: 'Edge',
  app: 'App Service plan',
  data: 'Data',
  watch: 'Watching',
  shared: 'Shared by all stages',
};

/** The diagram in Mermaid's language, https://mermaid.js.org/syntax/flowchart.html */
export function mermaid({ parts, links }: Shape): string {
  const ids = new Map([[VISITORS, VISITORS], ...parts.map(({ urn }, index) => [urn, `p${index + 1}`] as const)]);
  const node = (urn: string): string => ids.get(urn) ?? urn;
  const groups = PLACES.flatMap((place) => {
    const inside = parts.filter((part) => part.place === place);
    if (inside.length === 0) return [];
    return [
      `  subgraph ${place}["${TITLES[place]}"]`,
      ...inside.map(({ urn, label }) => `    ${node(urn)}["${label}"]`),
      '  end',
    ];
  });
  return [
    'flowchart LR',
    ...(links.some(({ from }) => from === VISITORS) ? [`  ${VISITORS}(("visitors"))`] : []),
    ...groups,
    ...links.map(({ from, to, why }) => `  ${node(from)} -->|"${why.join('<br/>')}"| ${node(to)}`),
    '',
  ].join('\n');
}
