import { SlipError } from '../../lib/errors.ts';
import type { Migration } from '../package/migrations.ts';
import type { Gate } from './gate.ts';

/** SQL that takes something away from the version that is live while it runs. */
const destructive: readonly { readonly pattern: RegExp; readonly does: string }[] = [
  { pattern: /\bDROP\s+(TABLE|COLUMN|DATABASE|VIEW|PRIMARY|FOREIGN|CONSTRAINT|INDEX|KEY)\b/i, does: 'drops' },
  { pattern: /\bALTER\s+TABLE\b[^;]*\bDROP\b/i, does: 'drops' },
  { pattern: /\bTRUNCATE\b|\bDELETE\s+FROM\b/i, does: 'deletes' },
  { pattern: /\bRENAME\s+(TABLE|COLUMN|TO|INDEX|KEY)\b|\bALTER\s+TABLE\b[^;]*\bRENAME\b/i, does: 'renames' },
  { pattern: /\bALTER\s+TABLE\b[^;]*\bCHANGE\b/i, does: 'renames or changes a column' },
  { pattern: /\bALTER\s+TABLE\b[^;]*\bMODIFY\b/i, does: 'changes a column' },
  {
    pattern: /\bALTER\s+TABLE\b[^;]*\bADD\s+(CONSTRAINT\b[^;]*)?(PRIMARY|UNIQUE|FOREIGN\s+KEY|CHECK)\b/i,
    does: 'tightens',
  },
  { pattern: /\bCREATE\s+UNIQUE\s+INDEX\b/i, does: 'tightens' },
  { pattern: /\b(PREPARE|EXECUTE)\b/i, does: 'runs SQL that is made while it runs' },
];

/** A new column that old code does not fill has to do without it. */
const addedColumn = /\bADD\s+(?:COLUMN\s+)?[`"]?\w+[`"]?\s+[^,;]*\bNOT\s+NULL\b[^,;]*/gi;

const destructiveCalls =
  /^(drop(Table|Column|Index|ForeignKey|PrimaryKey|Sequence|UniqueConstraint)|rename(Table|Column|Index)|(change|modify)Column|removeForeignKey|removeUniqueConstraint|addUnique(Index|Constraint)|addForeignKeyConstraint)$/i;

/** An expand migration leaves the version that is live working; what takes away is a contract migration. */
export const expandOnly: Gate<{ readonly migrations: readonly Migration[] }> = {
  name: 'expand-only',
  check({ migrations }) {
    for (const migration of migrations.filter(({ kind }) => kind === 'expand')) {
      const offence = offenceOf(migration);
      if (offence === undefined) continue;
      throw new SlipError('SLIP-RELEASE-EXPAND-DESTROYS', {
        found: `migration ${migration.version} is marked #[Expand], but ${offence}`,
        expected: 'new tables, new columns that are nullable or have a default, new plain indexes',
        fix: 'split it: add now as #[Expand], take away later as #[Contract], when no version needs the old schema',
      });
    }
    return undefined;
  },
};

function offenceOf({ statements, calls, unreadable }: Migration): string | undefined {
  const [unknown] = unreadable;
  if (unknown !== undefined) return `its SQL cannot be judged, since it is no literal: ${excerpt(unknown)}`;
  for (const text of statements) {
    const statement = bare(text);
    const found = destructive.find(({ pattern }) => pattern.test(statement));
    if (found !== undefined) return `${found.does}: ${excerpt(text)}`;
    const strict = /\bALTER\s+TABLE\b/i.test(statement)
      ? [...statement.matchAll(addedColumn)].find(
          ([text]) => !/\bDEFAULT\b|\bAUTO_INCREMENT\b|\bGENERATED\b/i.test(text),
        )
      : undefined;
    if (strict !== undefined) return `adds a column that old code does not fill: ${excerpt(strict[0])}`;
  }
  const call = calls.find((name) => destructiveCalls.test(name));
  return call === undefined ? undefined : `calls ${call}()`;
}

/** Literals, quoted names and comments, each whole; the marks around an executable comment by themselves. */
const quotedOrComment =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|\/\*M?!\d*|\/\*[\s\S]*?\*\/|\*\/|--(?=\s|$)[^\n]*|#[^\n]*/g;

/** What MySQL runs, with literals and quoted names emptied: nothing in them is a word of SQL. Executable comments are run. */
function bare(sql: string): string {
  return sql.replace(quotedOrComment, (found) => (/^['"`]/.test(found) ? `${found[0]}x${found[0]}` : ' '));
}

function excerpt(sql: string): string {
  const text = sql.replace(/\s+/g, ' ').trim();
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
