import { type ArmTile, type QueryTile, SECTIONS, type Section } from './workbook-tiles.ts';

/** What the tiles ask, by id. */
export interface WorkbookSources {
  readonly workspaceId: string;
  readonly insightsId: string;
  /** The address of the runbooks; empty when it is not configured. */
  readonly runbooks: string;
}

/**
 * The workbook for whoever is on call: his questions, and under each where the answer is. With an empty workspace its tiles are empty
 * instead of failing. Format: https://learn.microsoft.com/azure/azure-monitor/visualize/workbooks-overview
 */
export function workbookContent(title: string, sources: WorkbookSources): string {
  const pages =
    sources.runbooks === ''
      ? 'Runbooks are in docs/runbooks of the repository.'
      : `[Runbooks](${sources.runbooks}/README.md)`;
  return JSON.stringify({
    version: 'Notebook/1.0',
    items: [
      text('title', `# ${title}\n${pages} \`./slipway status --stack\` says the same from a terminal.`),
      timeRange(),
      ...SECTIONS.flatMap((section, index) => sectionItems(section, index + 1, sources)),
    ],
    // Without it the workbook works only when it is opened from its workspace.
    fallbackResourceIds: [sources.workspaceId],
    $schema: 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
  });
}

function sectionItems({ question, about, tiles }: Section, number: number, sources: WorkbookSources) {
  return [
    text(`question-${number}`, `## ${question}\n${about}`),
    ...tiles.map((tile, index) => {
      const name = `tile-${number}-${index + 1}`;
      return 'path' in tile ? armTile(tile, name, sources) : queryTile(tile, name, sources);
    }),
  ];
}

/** Workbook item types. */
const ITEM = { text: 1, query: 3, parameters: 9 } as const;
/** Data sources of a query item. */
const SOURCE = { logs: 0, azureResourceManager: 12 } as const;

function text(name: string, json: string) {
  return { type: ITEM.text, name, content: { json } };
}

function timeRange() {
  return {
    type: ITEM.parameters,
    name: 'range',
    content: {
      version: 'KqlParameterItem/1.0',
      parameters: [
        {
          id: '3f6f2a52-6a3c-4d57-9c4b-2f6a36c2f1a1',
          version: 'KqlParameterItem/1.0',
          name: 'Range',
          type: 4,
          isRequired: true,
          value: { durationMs: 3_600_000 },
          typeSettings: {
            selectableValues: [900_000, 3_600_000, 86_400_000, 604_800_000].map((durationMs) => ({ durationMs })),
          },
        },
      ],
    },
  };
}

function queryTile({ title, query, visualization, of }: QueryTile, name: string, sources: WorkbookSources) {
  const isOfInsights = of === 'insights';
  return {
    type: ITEM.query,
    name,
    content: {
      version: 'KqlItem/1.0',
      title,
      query,
      size: 0,
      // Marks of releases: https://learn.microsoft.com/azure/azure-monitor/app/release-and-work-item-insights
      ...(isOfInsights ? { showAnnotations: true } : {}),
      queryType: SOURCE.logs,
      resourceType: isOfInsights ? 'microsoft.insights/components' : 'microsoft.operationalinsights/workspaces',
      crossComponentResources: [isOfInsights ? sources.insightsId : sources.workspaceId],
      timeContextFromParameter: 'Range',
      visualization,
    },
  };
}

/** https://learn.microsoft.com/azure/azure-monitor/visualize/workbooks-data-sources#azure-resource-manager */
function armTile({ title, path, columns }: ArmTile, name: string, { insightsId }: WorkbookSources) {
  const [below = '', query = ''] = path.split('?');
  const request = {
    version: 'ARMEndpoint/1.0',
    data: null,
    headers: [],
    method: 'GET',
    path: `${insightsId}${below}`,
    // The values keep their braces, which the workbook replaces.
    urlParams: query.split('&').map((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return { key, value };
    }),
    batchDisabled: false,
    transformers: [
      {
        type: 'jsonpath',
        settings: {
          tablePath: '$.value',
          columns: Object.entries(columns).map(([columnid, member]) => ({ path: `$.${member}`, columnid })),
        },
      },
    ],
  };
  return {
    type: ITEM.query,
    name,
    content: {
      version: 'KqlItem/1.0',
      title,
      query: JSON.stringify(request),
      size: 0,
      queryType: SOURCE.azureResourceManager,
      visualization: 'table',
    },
  };
}
