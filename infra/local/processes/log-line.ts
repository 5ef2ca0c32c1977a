import { parseObject, textOf } from '../../lib/json.ts';

export type LogLevel = 'error' | 'warn' | 'info';

/** What a line of any of the region's logs says. */
export interface ParsedLine {
  /** Milliseconds since 1970; undefined when the line names no time. */
  readonly at: number | undefined;
  readonly level: LogLevel;
  readonly message: string;
  /** Trace id, or empty. */
  readonly trace: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `2026-11-28 23:02:50` of MariaDB, `2026/11/28 23:03:04` of nginx; both in local time. */
const NUMERIC_TIME = /^(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)/;
/** `28 Nov 2026 23:02:47.244` of Redis, `[28-Nov-2026 23:03:23]` of php-fpm; both in local time. */
const NAMED_TIME = /(\d\d)[ -]([A-Z][a-z]{2})[ -](\d{4}) (\d\d):(\d\d):(\d\d)/;
const ERROR = /\b(error|crit|critical|emerg|alert|fatal|ERROR|CRITICAL|ALERT|EMERGENCY)\b|\[ERROR\]/;
const WARNING = /\b(warn|warning|WARNING|Warning)\b/;
/** Members of a line in JSON that are its head; the others are shown behind the message. */
const HEAD = ['time', 'datetime', 'level', 'level_name', 'message', 'event', 'channel', 'process', 'extra', 'context'];

export function parseLogLine(line: string): ParsedLine {
  const parsed = line.startsWith('{') ? parseObject(line) : {};
  return Object.keys(parsed).length === 0 ? ofText(line) : ofJson(parsed, line);
}

function ofJson(parsed: Record<string, unknown>, line: string): ParsedLine {
  const said = textOf(parsed, 'message') || textOf(parsed, 'event') || line;
  const level = textOf(parsed, 'level_name') || textOf(parsed, 'level');
  const rest = Object.entries(parsed).filter(([name, value]) => !HEAD.includes(name) && value !== 'sidecar');
  const context = parsed.context;
  const more = [
    ...rest.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    ...(context === undefined || JSON.stringify(context) === '[]' || JSON.stringify(context) === '{}'
      ? []
      : [JSON.stringify(context)]),
  ];
  const stamp = Date.parse(textOf(parsed, 'time') || textOf(parsed, 'datetime'));
  return {
    at: Number.isNaN(stamp) ? localTime(said) : stamp,
    level: levelOf(level),
    message: [said, ...more].join('  '),
    trace: textOf(parsed, 'extra', 'traceId') || textOf(parsed, 'traceId'),
  };
}

function ofText(line: string): ParsedLine {
  return { at: localTime(line), level: levelOf(line), message: line, trace: '' };
}

function levelOf(text: string): LogLevel {
  if (ERROR.test(text)) return 'error';
  return WARNING.test(text) ? 'warn' : 'info';
}

function localTime(text: string): number | undefined {
  const numeric = NUMERIC_TIME.exec(text);
  if (numeric !== null) {
    const [year = 0, month = 1, ...rest] = numeric.slice(1).map(Number);
    return new Date(year, month - 1, ...(rest as [number, number, number, number])).getTime();
  }
  const named = NAMED_TIME.exec(text);
  if (named === null) return undefined;
  const [, day, month = '', year, ...clock] = named;
  return new Date(
    Number(year),
    MONTHS.indexOf(month),
    Number(day),
    ...(clock.map(Number) as [number, number, number]),
  ).getTime();
}
