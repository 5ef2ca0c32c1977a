export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void;

/** JSON lines, one per event, as App Service's log stream and the web application write them. */
export function jsonLines(write: (line: string) => void, now: () => Date): Log {
  return (level, message, fields = {}) => {
    write(`${JSON.stringify({ time: now().toISOString(), level, source: 'sidecar', message, ...fields })}\n`);
  };
}
