import { kindOf } from '../../evaluate/inputs.ts';
import type { Evaluation } from '../../evaluate/recorded.ts';
import { type Part, type Place, shapeOf, VISITORS } from '../shape.ts';
import type { Arrow, Drawing, Kind } from './drawing.ts';

/** What a reader has to know of each kind of resource; what it is called is in the shape. */
const DETAILS: Readonly<Record<string, string>> = {
  'cdn:AFDEndpoint': 'with WAF; keeps /media',
  'web:WebApp': 'nginx + php-fpm',
  'web:WebAppSlot': 'the same, for the next version',
  'web:WebAppSiteContainer': 'carries media, health, traces',
  'dbformysql:Server': 'images, schema',
  'redisenterprise:RedisEnterprise': 'cache, sessions',
  'redis:Redis': 'cache, sessions',
  'storage:StorageAccount': 'media',
  'keyvault:Vault': 'passwords, tokens',
  'applicationinsights:Component': 'alerts, traces',
};
const KINDS: Readonly<Record<Place, Kind>> = {
  edge: 'part',
  app: 'part',
  data: 'store',
  watch: 'store',
  shared: 'store',
};
const NAMES: Readonly<Record<string, string>> = {
  'web app: production': 'production',
  'slot: staging': 'staging',
  'sidecar of production': 'sidecar',
  'Front Door: production': 'Front Door',
};

/** The system on one page. Staging is one box: it has what production has, which a test compares. */
export function contextDrawing(evaluation: Evaluation): Drawing {
  const { parts, links } = shapeOf(evaluation);
  const typeOf = (urn: string) => {
    const resource = evaluation.resources.find((each) => each.urn === urn);
    return resource === undefined ? '' : kindOf(resource);
  };
  const isStagings = ({ label }: Part) => /of staging$|: staging$/.test(label);
  const shown = parts
    .filter((part) => !isStagings(part) || part.label === 'slot: staging')
    .filter(({ label }) => label !== 'Log Analytics');
  const idOf = new Map(shown.map(({ urn }, index) => [urn, `n${index}`]));
  const production = shown.find(({ label }) => label === 'web app: production')?.urn ?? '';
  const staging = shown.find(({ label }) => label === 'slot: staging')?.urn ?? '';
  const arrows: Arrow[] = links
    .filter(
      ({ from, to }) => (from === VISITORS || idOf.has(from)) && idOf.has(to) && from !== staging && to !== staging,
    )
    .map(({ from, to }) => ({ from: idOf.get(from) ?? VISITORS, to: idOf.get(to) ?? '' }));
  const store = (label: string) => idOf.get(shown.find((part) => part.label === label)?.urn ?? '') ?? '';
  const below = [
    ['Redis', 'Blob'],
    ['MySQL', 'Application Insights'],
  ].map(([above = '', under = '']) => ({ from: store(above), to: store(under), hidden: true }));
  return {
    title: `The system, stage ${evaluation.stage}`,
    description: `Visitors reach Front Door, it reaches the production slot; PHP and its sidecar use MySQL, Redis, Blob, Key Vault and Application Insights. A release goes to staging, and a swap exchanges the slots.`,
    groups: [{ id: 'app', label: 'App Service plan' }],
    nodes: [
      { id: VISITORS, label: 'visitors', kind: 'person' },
      { id: 'release', label: './slipway release', kind: 'person' },
      ...shown.map(({ urn, label, place }) => ({
        id: idOf.get(urn) ?? urn,
        label: NAMES[label] ?? label,
        detail: DETAILS[typeOf(urn)] ?? '',
        kind: KINDS[place],
        ...(place === 'app' ? { within: 'app' } : {}),
      })),
    ],
    arrows: [
      ...arrows,
      { from: 'release', to: idOf.get(staging) ?? '', label: 'package, settings' },
      { from: idOf.get(staging) ?? '', to: idOf.get(production) ?? '', label: 'swap', dashed: true },
      ...below,
    ],
  };
}
