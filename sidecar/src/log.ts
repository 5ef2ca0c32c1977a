export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void;

/** Control and format characters, and separators of lines: a terminal obeys them or hides them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Writes one JSON line per event, in the format of App Service's log stream and of the web application. */
export function jsonLines(write: (line: string) => void, now: () => Date): Log {
  return (level, message, fields = {}) => {
    const shown = Object.fromEntries(
      Object.entries({ message, ...fields }).map(([key, value]) => [
        key,
        typeof value === 'string' ? visible(value) : value,
      ]),
    );
    write(`${JSON.stringify({ time: now().toISOString(), level, source: 'sidecar', ...shown })}\n`);
  };
}

/** The text with every control and format character as `\u{…}`: names of files may hold any. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
