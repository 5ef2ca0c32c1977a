import { describe, expect, test } from '@jest/globals';
import type { Migration } from '../package/migrations.ts';
import { expandOnly } from './expand-only.ts';

function migration(statement: string, calls: readonly string[] = [], kind: Migration['kind'] = 'expand'): Migration {
  return { version: '20260101000000', kind, statements: [statement], calls, unreadable: [] };
}

describe('an expand migration', () => {
  test.each([
    'CREATE TABLE images (id CHAR(26) NOT NULL, PRIMARY KEY (id))',
    'ALTER TABLE images ADD COLUMN author VARCHAR(64) NULL',
    'ALTER TABLE images ADD author VARCHAR(64)',
    "ALTER TABLE images ADD COLUMN state VARCHAR(8) NOT NULL DEFAULT 'new'",
    'ALTER TABLE images ADD INDEX by_author (author)',
    'CREATE INDEX by_author ON images (author)',
    'INSERT INTO settings (name) VALUES (1)',
    '/* DROP TABLE images */ CREATE TABLE b (id INT) -- RENAME TABLE',
    'CREATE TABLE b (id INT) # DROP TABLE images',
    "INSERT INTO notes (text) VALUES ('we DROP TABLE images; -- later')",
    'ALTER TABLE images ADD COLUMN `drop` INT NULL',
  ])('that adds may pass: %s', (sql) => {
    expect(expandOnly.check({ migrations: [migration(sql)] })).toBeUndefined();
  });

  test.each([
    'DROP TABLE images',
    'drop  index by_author on images',
    'ALTER TABLE images DROP author',
    'ALTER TABLE images\n  ADD b INT NULL,\n  DROP COLUMN author',
    'ALTER TABLE images RENAME COLUMN a TO b',
    'RENAME TABLE images TO pictures',
    'ALTER TABLE images CHANGE a b INT',
    'ALTER TABLE images MODIFY a INT NOT NULL',
    'ALTER TABLE images ADD COLUMN author VARCHAR(64) NOT NULL',
    'ALTER TABLE images ADD UNIQUE INDEX one (author)',
    'CREATE UNIQUE INDEX one ON images (author)',
    'ALTER TABLE images ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (a)',
    'TRUNCATE images',
    'ALTER TABLE images ALTER COLUMN state DROP DEFAULT',
    'ALTER TABLE images ALTER state DROP DEFAULT',
    'ALTER TABLE images ADD PRIMARY KEY (a)',
    '/*! DROP TABLE images */',
    '/*!80000 DROP TABLE images */',
    'ALTER TABLE images /*!50001 DROP COLUMN author */',
    "ALTER TABLE images COMMENT '-- ', DROP COLUMN author",
    "ALTER TABLE images COMMENT '/*', DROP COLUMN author, COMMENT '*/'",
    'EXECUTE statement',
    'DELETE FROM images WHERE 1',
  ])('that takes away or tightens is refused: %s', (sql) => {
    expect(() => expandOnly.check({ migrations: [migration(sql)] })).toThrow(
      expect.objectContaining({ code: 'SLIP-RELEASE-EXPAND-DESTROYS' }),
    );
  });

  test('that drops by a method call is refused too', () => {
    expect(() => expandOnly.check({ migrations: [migration('', ['dropTable'])] })).toThrow(/calls dropTable\(\)/);
  });

  test('whose SQL is no literal is refused, since it cannot be judged', () => {
    const computed = { ...migration(''), unreadable: ['addSql($sql)'] };
    expect(() => expandOnly.check({ migrations: [computed] })).toThrow(/cannot be judged.*addSql\(\$sql\)/);
    expect(expandOnly.check({ migrations: [{ ...computed, kind: 'contract' }] })).toBeUndefined();
  });

  test('may have a contract migration beside it that drops', () => {
    expect(expandOnly.check({ migrations: [migration('DROP TABLE a', [], 'contract')] })).toBeUndefined();
  });
});
