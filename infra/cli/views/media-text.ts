import { visible } from '../../lib/visible.mjs';
import type { MediaState, Slot } from '../../release/media/media-state.ts';

/** A slot's files for a person: a line of figures, then one per file that needs somebody. */
export function mediaText(slot: Slot, state: MediaState | undefined): string {
  if (state === undefined) return `${slot.padEnd(12)}no release answers`;
  const { pending, oldestSeconds, synced, stuck, conflicts } = state;
  const age = pending === 0 ? '' : ` (oldest ${Math.round(oldestSeconds)} s)`;
  return [
    `${slot.padEnd(12)}${pending} pending${age}, ${synced} synced, ${stuck.length} stuck, ${conflicts.length} conflicts`,
    ...stuck.map(
      ({ name, reason, seconds }) => `${' '.repeat(12)}stuck for ${Math.round(seconds)} s: ${name}: ${reason}`,
    ),
    ...conflicts.map((name) => `${' '.repeat(12)}conflict: ${name}`),
  ]
    .map(visible)
    .join('\n');
}
