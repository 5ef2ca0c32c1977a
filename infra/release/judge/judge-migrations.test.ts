import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeMigrations, type RefusedStatement } from './judge-migrations.ts';
import { allowed, refused } from './statements.fixture.ts';

type Statements = string | readonly string[];

/** One PHP process judges them all; the answer has undefined for what is allowed. */
async function judgeAll(
  migrations: readonly Statements[],
  kind: 'expand' | 'contract' = 'expand',
): Promise<(RefusedStatement | undefined)[]> {
  const asked = migrations.map((statements, index) => ({ version: String(index), statements: [statements].flat() }));
  const answers = new Map((await judgeMigrations(kind, asked)).map((answer) => [answer.version, answer]));
  return asked.map(({ version }) => answers.get(version));
}

const shown = (statements: Statements) => [statements].flat().join(' ⏎ ').slice(0, 100);

describe('an expand migration', () => {
  let ofAllowed: (RefusedStatement | undefined)[] = [];
  let ofRefused: (RefusedStatement | undefined)[] = [];

  beforeAll(async () => {
    ofAllowed = await judgeAll(allowed);
    ofRefused = await judgeAll(refused.map(([statements]) => statements));
  }, 60_000);

  test.each(allowed.map((statements, index) => ({ index, what: shown(statements) })))('may $what', ({ index }) => {
    expect(ofAllowed[index]).toBeUndefined();
  });

  test.each(refused.map(([statements, reason], index) => ({ index, reason, what: shown(statements) })))(
    'may not $what',
    ({ index, reason }) => {
      expect(ofRefused[index]?.reason).toMatch(reason);
    },
  );

  test('is told which of its statements is refused, on one line that a terminal can show', async () => {
    const sql = `DROP\n\tTABLE images -- \u202e${'x'.repeat(400)}`;
    const [answer] = await judgeAll([['CREATE TABLE t (a INT)', sql]]);
    expect(answer).toMatchObject({
      position: 2,
      statement: expect.stringMatching(/^DROP TABLE images -- \\u\{202E\}x+…$/),
    });
    expect(answer?.statement.length).toBeLessThan(260);
  });

  test('of 60 KB is judged, and a longer statement is refused', async () => {
    const rows = (count: number) =>
      `INSERT INTO t VALUES ${Array.from({ length: count }, () => "(1, 'é')").join(', ')}`;
    const table = 'CREATE TABLE t (a INT, b CHAR(1))';
    const [fits, tooLong] = await judgeAll([
      [table, rows(5_000)],
      [table, rows(20_000)],
    ]);
    expect(fits).toBeUndefined();
    expect(tooLong?.reason).toBe('it is longer than 128 KB');
  }, 60_000);
});

describe('the judge', () => {
  const single = allowed.flatMap((statements) => (typeof statements === 'string' ? [statements] : []));
  const gaps = ['; ', ';\n', ' ;-- x\n', '\n;', ';/* x */ ', '/**/;', ';;', "; '", '; `'];
  const more = refused.flatMap(([statements]) =>
    typeof statements === 'string' && /^\w/.test(statements) ? [statements] : [],
  );

  test('never allows a second statement behind one that is allowed, wherever it is put', async () => {
    const arbitrary = fc.tuple(fc.constantFrom(...single), fc.constantFrom(...gaps), fc.constantFrom(...more));
    const texts = fc.sample(arbitrary, { numRuns: 400, seed: 12 }).map(([one, gap, other]) => one + gap + other);
    const kept = texts.filter((text) => !/#|-- RENAME/.test(text));
    const answers = await judgeAll(kept);
    expect(kept.filter((_, index) => answers[index] === undefined)).toEqual([]);
  }, 60_000);

  test('never allows an allowed statement that something was put into, unless it is still one of its kind', async () => {
    const bad = ['DROP', '; DROP TABLE a', ', DROP a', '/*!', "'", '"', '`', '\\', '@a', 'SELECT', '(', ')', '\u0000'];
    const arbitrary = fc.tuple(fc.constantFrom(...single), fc.nat(), fc.constantFrom(...bad));
    const cases = fc.sample(arbitrary, { numRuns: 600, seed: 12 }).map(([sql, at, put]) => {
      const index = at % (sql.length + 1);
      return { put, inside: insideText(sql, index), sql: sql.slice(0, index) + put + sql.slice(index) };
    });
    const outside = cases.filter(({ inside }) => !inside);
    const answers = await judgeAll(outside.map(({ sql }) => sql));
    const passed = outside.filter((_, index) => answers[index] === undefined);
    // A word that is joined to a name only makes another name.
    expect(passed.filter(({ put, sql }) => !new RegExp(`\\w${put}|${put}\\w`).test(sql))).toEqual([]);
  }, 60_000);

  test('never crashes, whatever it is given', async () => {
    const words = fc.constantFrom(
      ...single
        .join(' ')
        .split(/(\s+|\b)/)
        .filter((word) => word !== ''),
      '/*',
      '*/',
      "'",
      '`',
      '\\',
      '\u0000',
      'é',
      '😀',
      ';',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 30 }).map((list) => list.join(' ')),
    );
    const texts = fc.sample(text, { numRuns: 500, seed: 12 });
    expect(await judgeAll(texts)).toHaveLength(texts.length);
  }, 60_000);
});

/** Whether a place in a statement is inside of a literal, a quoted name or a comment. */
function insideText(sql: string, index: number): boolean {
  const texts = sql.matchAll(/'(?:[^']|'')*'|`(?:[^`]|``)*`|\/\*.*?\*\/|(?:-- |#).*/g);
  return [...texts].some(
    ({ index: from, 0: text }) => index > from && index < from + text.length + Number(/^(--|#)/.test(text)),
  );
}

describe('a contract migration', () => {
  test.each<[Statements]>([
    ['DROP TABLE images'],
    ['/*!80000 DROP TABLE images */'],
    [['UPDATE images SET a = 1 WHERE a IS NULL', 'ALTER TABLE images MODIFY a INT NOT NULL']],
    ['CREATE TRIGGER t BEFORE INSERT ON images FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = 2; END'],
    ['DROP TABLE images;'],
  ])('may change the schema once: %s', async (statements) => {
    expect(await judgeAll([statements], 'contract')).toEqual([undefined]);
  });

  test.each<[Statements, RegExp]>([
    [['DROP TABLE a', 'DROP TABLE b'], /one change for each migration/],
    [['UPDATE a SET b = 1', 'ALTER TABLE a DROP c', 'ALTER TABLE a DROP d'], /one change for each migration/],
    ['DROP TABLE a; DROP TABLE b', /more than one statement/],
  ])('may not leave a half behind: %s', async (statements, reason) => {
    const [answer] = await judgeAll([statements], 'contract');
    expect(answer?.reason).toMatch(reason);
  });
});
