/**
 * A request target taken apart without the URL class, which would resolve `.` and `..` segments, encoded ones too, before
 * anyone could refuse them.
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
 * One value out of a query as `rawurlencode` writes it. URLSearchParams would turn a `+` of a file's name into a space and
 * broken encoding into other characters. Undefined when absent; null when the encoding is broken.
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

/** A duration in a query: a number in `unit`, or one that names its unit (`1500ms`, `60s`). Undefined when it is none. */
export function parseDuration(text: string | null, unit: 'ms' | 's', fallbackMs: number): number | undefined {
  if (text === null || text === '') return fallbackMs;
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s)?$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * ((match[2] ?? unit) === 's' ? 1_000 : 1);
}
