import { kindOf, ofKind, textAt } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';

/** One resource as a list shows it. */
export interface ResourceRow {
  readonly type: string;
  readonly name: string;
  /** Name in Azure. */
  readonly azureName: string;
  /** Protection against deletion and overwriting. */
  readonly kept: readonly ('protected' | 'locked' | 'stays when removed' | 'left alone')[];
  readonly part: string;
}

/** Every resource that would exist in Azure, by part of the system. */
export function resourceRows(evaluation: Evaluation): ResourceRow[] {
  const locked = new Set(
    ofKind(evaluation, 'authorization:ManagementLockByScope').map((lock) => textAt(lock, 'scope')),
  );
  return evaluation.resources
    .filter(({ custom }) => custom)
    .map((resource) => ({
      type: kindOf(resource),
      name: resource.name,
      azureName: resource.id.slice(resource.id.lastIndexOf('/') + 1),
      kept: kept(resource, locked),
      part: partOf(resource),
    }))
    .toSorted((a, b) => compare(a.part, b.part) || compare(a.type, b.type) || compare(a.name, b.name));
}

function kept(resource: RecordedResource, locked: ReadonlySet<string>): ResourceRow['kept'] {
  return [
    ...(resource.protect ? (['protected'] as const) : []),
    ...(locked.has(resource.id) ? (['locked'] as const) : []),
    ...(resource.retainOnDelete ? (['stays when removed'] as const) : []),
    ...(resource.ignoreChanges.length > 0 ? (['left alone'] as const) : []),
  ];
}

/** Name of the component that registered it, such as `media`. */
function partOf({ parent = '' }: RecordedResource): string {
  return parent.slice(parent.lastIndexOf('::') + 2);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The rows for a terminal. */
export function resourceTable(rows: readonly ResourceRow[]): string {
  const lines = rows.map(({ part, type, name, azureName, kept: keeps }) => [
    part,
    type,
    name,
    azureName,
    keeps.join(', '),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0), 4));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...text, '', `${rows.length} resources`, ''].join('\n');
}
