import { expect, test } from '@jest/globals';
import { readMigrations } from './migrations.ts';

async function read(methods: string) {
  const content = `<?php\n#[Expand] final class Version20260101000000 {\nconst SQL = 'DROP TABLE a';\n${methods}\n}\n`;
  const files = [{ path: 'migrations/Version20260101000000.php', content: Buffer.from(content), executable: false }];
  const [migration] = await readMigrations({ files });
  return { statements: migration?.statements, unreadable: migration?.unreadable };
}

const up = (body: string): string => `public function up(Schema $schema): void { ${body} }`;

test.each([
  { what: 'a literal', body: "$this->addSql('CREATE TABLE a (id INT)');" },
  { what: 'joined literals', body: "$this->addSql('CREATE TABLE a' . ' (id INT)');" },
  { what: 'a heredoc', body: '$this->addSql(<<<SQL\nCREATE TABLE a (id INT)\nSQL);' },
  { what: 'a nowdoc', body: "$this->addSql(<<<'SQL'\nCREATE TABLE a (id INT)\nSQL);" },
  { what: 'parameters beside a literal', body: "$this->addSql('CREATE TABLE a (id INT)', [$x, f(1)]);" },
])('$what can be read', async ({ body }) => {
  const { statements, unreadable } = await read(up(body));
  expect(unreadable).toEqual([]);
  expect(statements?.map((text) => text.trim())).toContain('CREATE TABLE a (id INT)');
});

test.each([
  { call: 'addSql(self::SQL)', body: '$this->addSql(self::SQL);' },
  { call: 'addSql($sql)', body: "$sql = 'CREATE TABLE a (id INT)'; $this->addSql($sql);" },
  { call: "addSql('ALTER TABLE a '.$what)", body: "$this->addSql('ALTER TABLE a ' . $what);" },
  { call: "addSql(sprintf('ALTER TABLE a %s',$what))", body: "$this->addSql(sprintf('ALTER TABLE a %s', $what));" },
  { call: 'addSql("ALTER TABLE a $what")', body: '$this->addSql("ALTER TABLE a $what");' },
  { call: 'executeStatement($sql)', body: '$this->connection->executeStatement($sql);' },
])('$call cannot be read', async ({ call, body }) => {
  expect((await read(up(body))).unreadable).toEqual([call]);
});

test('a method that helps `up` is read too, `down` and the description are not', async () => {
  const { statements, unreadable } = await read(
    `${up('$this->help();')}
    private function help(): void { $this->addSql('CREATE TABLE b (id INT)'); $this->addSql($x); }
    public function down(Schema $schema): void { $this->addSql('DROP TABLE b'); $this->addSql($y); }
    public function getDescription(): string { return 'DROP TABLE in words'; }`,
  );
  expect(statements).toEqual(['CREATE TABLE b (id INT)']);
  expect(unreadable).toEqual(['addSql($x)']);
});
