<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Connection;

/**
 * How many statements of a migration the server has committed, over connections of its own. A repeated run continues after them:
 * a table that was made cannot be made again.
 */
final class MigrationProgress
{
    private const TABLE = 'schema_progress';

    private int $committed = 0;

    /** @param list<string> $planned */
    private function __construct(
        private readonly ConnectionFactory $connections,
        private readonly string $version,
        private readonly array $planned,
        private readonly bool $isTransactional,
    ) {
    }

    public static function prepare(Connection $connection): void
    {
        $connection->executeStatement(
            'CREATE TABLE IF NOT EXISTS '.self::TABLE.' (version CHAR(14) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,'
            .' committed SMALLINT UNSIGNED NOT NULL, sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL)',
        );
    }

    /** @param list<string> $planned */
    public static function of(ConnectionFactory $connections, string $version, array $planned, bool $isTransactional): self
    {
        $progress = new self($connections, $version, $planned, $isTransactional);
        $row = $connections->open()->fetchAssociative('SELECT committed, sha256 FROM '.self::TABLE.' WHERE version = ?', [$version]);
        $committed = false !== $row && is_numeric($row['committed']) ? (int) $row['committed'] : 0;
        // A plan that does not begin with what was committed has adapted itself to it, as those of the Schema API do.
        if ($committed > 0 && ($row['sha256'] ?? null) === $progress->hash($committed)) {
            $progress->committed = $committed;
        }

        return $progress;
    }

    public function isCommitted(int $position): bool
    {
        return $position < $this->committed;
    }

    /** A transaction holds back what follows the last DDL. */
    public function executed(int $position): void
    {
        if (!$this->isTransactional || Ddl::matches($this->planned[$position])) {
            $this->record($position + 1);
        }
    }

    /** A DDL that fails has committed what was sent before it all the same. */
    public function failed(int $position): void
    {
        if ($position > $this->committed && Ddl::matches($this->planned[$position])) {
            $this->record($position);
        }
    }

    /** For a migration that is recorded as executed itself. */
    public function forget(): void
    {
        $this->connections->open()->executeStatement('DELETE FROM '.self::TABLE.' WHERE version = ?', [$this->version]);
    }

    private function record(int $committed): void
    {
        $this->connections->open()->executeStatement(
            'INSERT INTO '.self::TABLE.' (version, committed, sha256) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE committed = VALUES(committed), sha256 = VALUES(sha256)',
            [$this->version, $committed, $this->hash($committed)],
        );
        $this->committed = $committed;
    }

    private function hash(int $count): string
    {
        return hash('sha256', implode("\0", array_slice($this->planned, 0, $count)));
    }
}
