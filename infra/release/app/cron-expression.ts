interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const fields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  {
    name: 'month',
    least: 1,
    most: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of the week', least: 0, most: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
];
const ITEM = /^(?:(\*)|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:\/([0-9]{1,2}))?$/;

/** Why a text is no expression of cron that the runtime understands; undefined for one that it does. */
export function cronProblem(text: string): string | undefined {
  const parts = text
    .trim()
    .toUpperCase()
    .split(/\s+/)
    .filter((part) => part !== '');
  if (parts.length !== fields.length) return `"${text}" has ${parts.length} fields`;
  for (const [index, field] of fields.entries()) {
    const wrong = parts[index]?.split(',').find((part) => !isItem(part, field));
    if (wrong !== undefined) return `"${wrong}" is no ${field.name}`;
  }
  return undefined;
}

/** `*`, a value or a range, each with a step or without. */
function isItem(text: string, field: Field): boolean {
  const [, all, first, last, step] = ITEM.exec(text) ?? [];
  if (all === undefined && first === undefined) return false;
  if (step !== undefined && Number(step) < 1) return false;
  if (first === undefined) return true;
  const from = numberOf(first, field);
  // A week may end with its Sunday: FRI-SUN.
  const to = last === 'SUN' ? 7 : numberOf(last ?? first, field);
  return from !== undefined && to !== undefined && from <= to;
}

function numberOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + least;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
