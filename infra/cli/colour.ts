import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { visibleLines } from '../lib/visible.mjs';

/** The coloured parts of a text. Colour repeats what the words say. */
const colours = [
  { pattern: /^( *)✓/gm, format: 'green' },
  { pattern: /^( *)✗/gm, format: 'red' },
  { pattern: /^SLIP-[A-Z0-9-]+/gm, format: 'red' },
  { pattern: /\b(?:NOT HEALTHY|DOWN)\b/g, format: 'red' },
] as const;

/**
 * A text as it is written to an output: control characters shown, and coloured where the output is a terminal that has
 * colours. NO_COLOR and FORCE_COLOR decide otherwise, as Node reads them.
 */
export function forTerminal(text: string, output: unknown): string {
  const shown = visibleLines(text);
  if (!(output instanceof Writable)) return shown;
  const stream = output;
  return colours.reduce(
    (coloured, { pattern, format }) => coloured.replace(pattern, (found) => styleText(format, found, { stream })),
    shown,
  );
}
