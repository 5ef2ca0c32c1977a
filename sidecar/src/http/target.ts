/**
 * The parts of a request target. The URL class is not used, because it resolves `.` and `..` segments, also encoded ones,
 * before they can be refused.
 */
export interface Target {
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export function parseTarget(raw: string | undefined): Target {
  const text = raw ?? '/';
  const mark = text.indexOf('?');
  return mark < 0
    ? { path: text, query: new URLSearchParams() }
    : { path: text.slice(0, mark), query: new URLSearchParams(text.slice(mark + 1)) };
}

/**
 * One value of a query, encoded as `rawurlencode` does. URLSearchParams would turn a `+` in a file name into a space and
 * replace invalid encoding by other characters. Undefined when absent, null when the encoding is invalid.
 */
export function rawQueryValue(raw: string | undefined, name: string): string | null | undefined {
  const query = (raw ?? '').split('?').slice(1).join('?');
  for (const pair of query.split('&')) {
    const [key, ...rest] = pair.split('=');
    if (key !== name) continue;
    try {
      return decodeURIComponent(rest.join('='));
    } catch {
      return null;
    }
  }
  return undefined;
}

/** A duration in a query: a number in `unit`, or one with its own unit (`1500ms`, `60s`). Undefined when it is invalid. */
export function parseDuration(text: string | null, unit: 'ms' | 's', fallbackMs: number): number | undefined {
  if (text === null || text === '') return fallbackMs;
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s)?$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * ((match[2] ?? unit) === 's' ? 1_000 : 1);
}
