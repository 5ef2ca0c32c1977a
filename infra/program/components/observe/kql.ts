/**
 * The beginning of a query on a table that may not exist yet. A fuzzy union tolerates a missing table only when it has
 * another one, hence the empty datatable. A column does not exist before a row has it, hence column_ifexists.
 * https://learn.microsoft.com/kusto/query/union-operator
 */
export function rowsOf(table: string, columns: Readonly<Record<string, KqlType>>): string {
  const extended = Object.entries(columns).map(
    ([name, type]) => `${name} = ${cast(type, `column_ifexists("${name}", ${EMPTY[type]})`)}`,
  );
  return `union isfuzzy=true (datatable(TimeGenerated:datetime)[]), ${table} | extend ${extended.join(', ')}`;
}

type KqlType = 'string' | 'real' | 'long' | 'dynamic';
const EMPTY: Readonly<Record<KqlType, string>> = {
  string: '""',
  real: 'real(null)',
  long: 'long(null)',
  dynamic: 'dynamic({})',
};
const CAST = { string: 'tostring', real: 'toreal', long: 'tolong' } as const;

/** A dynamic column stays as it is: `todynamic` takes text. */
function cast(type: KqlType, value: string): string {
  return type === 'dynamic' ? value : `${CAST[type]}(${value})`;
}

/** Rows of one of the sidecar's metrics. https://learn.microsoft.com/azure/azure-monitor/reference/tables/appmetrics */
export function metricRows(metric: string): string {
  return `${rowsOf('AppMetrics', { Name: 'string', Max: 'real', AppRoleInstance: 'string', Properties: 'dynamic' })} | extend Slot = tostring(Properties.slot) | where Name == "${metric}"`;
}
