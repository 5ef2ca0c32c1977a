<?php

declare(strict_types=1);

namespace App\Database;

/** Statements that change the schema. MySQL commits each of them, and what was sent before it, by itself. */
final class Ddl
{
    private const COMMENTS = '{^(?:\s+|--[ \t][^\n]*(?:\n|$)|\#[^\n]*(?:\n|$)|/\*(?!!).*?\*/|/\*!\d*)+}s';
    private const KEYWORDS = '/^(?:ALTER|ANALYZE|CREATE|DROP|GRANT|INSTALL|OPTIMIZE|RENAME|REPAIR|REVOKE|TRUNCATE|UNINSTALL)\b/i';

    public static function matches(string $sql): bool
    {
        return 1 === preg_match(self::KEYWORDS, (string) preg_replace(self::COMMENTS, '', $sql));
    }

    /**
     * @param list<string> $statements of one migration
     *
     * @throws \DomainException when a failure in the middle of it could not be repeated
     */
    public static function requireOne(string $version, array $statements): void
    {
        $count = count(array_filter($statements, self::matches(...)));
        if ($count > 1) {
            throw new \DomainException(sprintf('Migration %s has %d statements that change the schema. MySQL commits each one by itself, so a migration may have only one: make it %2$d migrations. Nothing of it was carried out.', $version, $count));
        }
    }
}
