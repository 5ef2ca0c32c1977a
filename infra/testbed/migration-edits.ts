import type { Edit } from './package-variant.ts';

export interface NewMigration {
  /** 14 digits, above those of the tree. */
  readonly version: string;
  readonly kind: 'Expand' | 'Contract';
  /** The body of up(), whose argument is `$schema`; none when the class inherits it. */
  readonly up?: string;
  /** Code before the class. */
  readonly before?: string;
  readonly extends?: string;
}

/** The edits that give a package more migrations, oldest first: their files, and their places in the class map. */
export function migrationEdits(...migrations: readonly NewMigration[]): Readonly<Record<string, Edit>> {
  const files = migrations.map((migration): [string, Edit] => [
    `migrations/Version${migration.version}.php`,
    () => migrationFile(migration),
  ]);
  const newest = (kind?: NewMigration['kind']) =>
    migrations.findLast((migration) => kind === undefined || migration.kind === kind)?.version;
  return {
    ...Object.fromEntries(files),
    'vendor/composer/autoload_static.php': (php) =>
      php.replace(/.*migrations.Version(\d+)\.php.*\n/, (line, known: string) =>
        [known, ...migrations.map(({ version }) => version)].map((version) => line.replaceAll(known, version)).join(''),
      ),
    'version.json': (text) => {
      const facts = JSON.parse(text) as { schemaMin: string };
      return JSON.stringify({ ...facts, schemaMin: newest('Expand') ?? facts.schemaMin, schemaMax: newest() });
    },
  };
}

function migrationFile(migration: NewMigration): string {
  const { version, kind, up, before = '', extends: base = '\\Doctrine\\Migrations\\AbstractMigration' } = migration;
  const method = up === undefined ? '' : `public function up(\\Doctrine\\DBAL\\Schema\\Schema $schema): void { ${up} }`;
  return `<?php
namespace DoctrineMigrations;
${before}
#[\\App\\Database\\${kind}]
final class Version${version} extends ${base}
{
    ${method}
}
`;
}
