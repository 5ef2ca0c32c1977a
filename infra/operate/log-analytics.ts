import { AzureRefusal } from '../azure/refusal.ts';
import type { SignedRequests } from '../azure/signed-requests.ts';
import { listOf, parseObject, textOf } from '../lib/json.ts';

export const LOG_ANALYTICS = 'https://api.loganalytics.azure.com';
export const LOG_ANALYTICS_SCOPE = `${LOG_ANALYTICS}/.default`;

export type Row = Readonly<Record<string, unknown>>;

/** A Log Analytics workspace, by its query API. https://learn.microsoft.com/azure/azure-monitor/logs/api/overview */
export class LogAnalytics {
  readonly #requests: SignedRequests;
  readonly #endpoint: string;

  constructor(requests: SignedRequests, endpoint: string = LOG_ANALYTICS) {
    this.#requests = requests;
    this.#endpoint = endpoint;
  }

  /** The rows of a query's first table. `timespan` is an ISO 8601 duration. Throws AzureRefusal when there is no answer to it. */
  async rows(workspaceId: string, query: string, timespan: string): Promise<Row[]> {
    const url = `${this.#endpoint}/v1/workspaces/${encodeURIComponent(workspaceId)}/query`;
    const { status, bodyAsText } = await this.#requests.send('POST', url, { query, timespan });
    const body = parseObject(bodyAsText ?? '');
    if (status !== 200) throw new AzureRefusal(status, body);
    const [table] = listOf(body, 'tables');
    const columns = listOf(table, 'columns').map((column) => textOf(column, 'name'));
    return listOf(table, 'rows').map((row) =>
      Object.fromEntries(columns.map((name, index) => [name, Array.isArray(row) ? row[index] : undefined])),
    );
  }
}

/** A number of a row: the API writes some types as text. */
export function numberIn(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : Number(value ?? Number.NaN);
}
