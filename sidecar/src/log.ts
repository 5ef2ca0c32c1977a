export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void;

/** Writes one JSON line per event, in the format of App Service's log stream and of the web application. */
export function jsonLines(write: (line: string) => void, now: () => Date): Log {
  return (level, message, fields = {}) => {
    write(`${JSON.stringify({ time: now().toISOString(), level, source: 'sidecar', message, ...fields })}\n`);
  };
}
