import { expect, test } from '@jest/globals';
import { commandMigrations } from './command-migrations.ts';
import { schemaRange } from './migrations.ts';

const migrate = { run: 'it', pretend: 'it', files: 'database/migrations' };
const files = ['b_second.php', 'a_first.php', 'c_third.php', '.gitkeep', 'notes.md', 'old/z.php'].map((name) => ({
  path: `database/migrations/${name}`,
}));

test('migrations are the files of the directory by name, and those that the manifest names contract', () => {
  const migrations = commandMigrations({ ...migrate, contract: ['c_third.php'] }, [{ path: 'other/x.php' }, ...files]);
  expect(migrations).toEqual([
    { version: 'a_first', kind: 'expand' },
    { version: 'b_second', kind: 'expand' },
    { version: 'c_third', kind: 'contract' },
  ]);
  expect(schemaRange(migrations)).toEqual({ schemaMin: 'b_second', schemaMax: 'c_third' });
});

test('a class stands for its file', () => {
  const migrations = commandMigrations({ ...migrate, contract: ['DoctrineMigrations\\a_first'] }, files);
  expect(migrations[0]).toEqual({ version: 'a_first', kind: 'contract' });
});

test('a name that no file has is refused, since it would be carried out like the others once it comes', () => {
  expect(() => commandMigrations({ ...migrate, contract: ['d_fourth'] }, files)).toThrow(
    expect.objectContaining({ code: 'SLIP-APP-INCOMPLETE' }),
  );
});

test('an application without migrations has none', () => {
  expect(commandMigrations(null, files)).toEqual([]);
});
