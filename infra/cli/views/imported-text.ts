import { visible } from '../../lib/visible.mjs';
import type { Imported } from '../../release/media/media-import.ts';

/** Names at most this many files that were not taken. `--json` has all of them. */
const SHOWN = 20;

/** What an import took, then a line per file or folder that it did not, with the reason. */
export function importedText({ files, bytes, skipped }: Imported): string {
  const size = (bytes / 1024 ** 2).toFixed(1);
  const taken = `${files} files (${size} MB) are in the outbox; ./slipway media list shows how far they are.`;
  if (skipped.length === 0) return taken;
  const shown = skipped.slice(0, SHOWN).map(({ name, reason }) => `  ${name}: ${reason}`);
  const more = skipped.length > SHOWN ? [`  and ${skipped.length - SHOWN} more (--json names them all)`] : [];
  return [taken, `Not taken: ${skipped.length}`, ...shown, ...more].map(visible).join('\n');
}
