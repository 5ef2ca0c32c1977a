import { metricRows, rowsOf } from './kql.ts';

/**
 * The workbook for whoever is on call. With an empty workspace its tiles are empty instead of failing. Format: https://learn.microsoft.com/azure/azure-monitor/visualize/workbooks-overview
 */
export function workbookContent(title: string, workspaceId: string): string {
  return JSON.stringify({
    version: 'Notebook/1.0',
    items: [
      text(
        `# ${title}\nRunbooks are in docs/runbooks of the repository. \`slipway status\` says the same from a terminal.`,
      ),
      timeRange(),
      ...TILES.map((each, index) => tile(each, index, workspaceId)),
    ],
    // Without it the workbook works only when it is opened from its workspace.
    fallbackResourceIds: [workspaceId],
    $schema: 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
  });
}

interface Tile {
  readonly title: string;
  readonly query: string;
  readonly visualization: 'timechart' | 'table';
}

const metric = (name: string): string =>
  `${metricRows(name)} | summarize max(Max) by bin(TimeGenerated, 1m), strcat(Slot, " ", AppRoleInstance)`;

const requests = rowsOf('AppServiceHTTPLogs', { ScStatus: 'long', TimeTaken: 'long', _ResourceId: 'string' });
const platform = rowsOf('AppServicePlatformLogs', { Level: 'string', Message: 'string', _ResourceId: 'string' });
const slow = rowsOf('AzureDiagnostics', { Category: 'string', query_time_d: 'real', sql_text_s: 'string' });
const waf = rowsOf('AzureDiagnostics', {
  Category: 'string',
  action_s: 'string',
  ruleName_s: 'string',
  requestUri_s: 'string',
});

const TILES: readonly Tile[] = [
  {
    title: 'Answers by status',
    query: `${requests} | summarize count() by bin(TimeGenerated, 1m), tostring(ScStatus / 100 * 100)`,
    visualization: 'timechart',
  },
  {
    title: 'Time to answer, 95 of 100 requests (ms)',
    query: `${requests} | summarize percentile(TimeTaken, 95) by bin(TimeGenerated, 1m), _ResourceId`,
    visualization: 'timechart',
  },
  { title: 'Files on their way to Blob', query: metric('slipway_media_pending'), visualization: 'timechart' },
  { title: 'Age of the oldest of them (s)', query: metric('slipway_media_oldest_seconds'), visualization: 'timechart' },
  { title: 'Stuck files', query: metric('slipway_media_stuck'), visualization: 'timechart' },
  { title: 'Sidecars that report', query: metric('slipway_sidecar_ready'), visualization: 'timechart' },
  {
    title: 'Slow queries',
    query: `${slow} | where Category == "MySqlSlowLogs" | project TimeGenerated, query_time_d, sql_text_s | top 50 by query_time_d`,
    visualization: 'table',
  },
  {
    title: 'What the platform did to the app',
    query: `${platform} | project TimeGenerated, Level, Message, _ResourceId | top 200 by TimeGenerated`,
    visualization: 'table',
  },
  {
    title: 'What the WAF refused',
    query: `${waf} | where Category == "FrontDoorWebApplicationFirewallLog" and action_s =~ "Block" | summarize refused = count() by ruleName_s, requestUri_s | top 50 by refused`,
    visualization: 'table',
  },
];

/** Workbook item types. */
const ITEM = { text: 1, query: 3, parameters: 9 } as const;

function text(json: string) {
  return { type: ITEM.text, name: 'title', content: { json } };
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

function tile({ title, query, visualization }: Tile, index: number, workspaceId: string) {
  return {
    type: ITEM.query,
    name: `tile-${index + 1}`,
    content: {
      version: 'KqlItem/1.0',
      title,
      query,
      size: 0,
      queryType: 0,
      resourceType: 'microsoft.operationalinsights/workspaces',
      crossComponentResources: [workspaceId],
      timeContextFromParameter: 'Range',
      visualization,
    },
  };
}
