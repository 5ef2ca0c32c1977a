<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Exception\ConnectionLost;

/** A migration failed. MySQL commits every change of the schema by itself, so what ran before stays: the message says what. */
final class MigrationFailedException extends \RuntimeException
{
    private const SHOWN_CHARACTERS = 200;

    /**
     * @param list<string> $planned
     * @param int          $ran     how many of them, from the first on
     */
    public static function of(string $version, array $planned, int $ran, bool $transactional, \Throwable $failure): self
    {
        $stays = array_slice($planned, 0, $transactional ? self::committed($planned, $ran) : $ran);
        $rest = array_slice($planned, count($stays));
        $parts = [
            sprintf('Migration %s: %s', $version, $failure->getMessage()),
            [] === $stays ? 'Nothing of it was carried out' : 'Carried out, and not taken back: '.self::shown($stays),
            [] === $rest ? '' : 'Not carried out: '.self::shown($rest),
            self::connectionIsLost($failure) ? 'The connection was lost: whether the server has carried out the first of these is not known' : '',
            [] === $stays ? '' : 'A repeated run continues after what was carried out',
        ];

        $said = array_filter($parts, static fn (string $part): bool => '' !== $part);

        return new self(implode(' ', array_map(static fn (string $part): string => rtrim($part, '.').'.', $said)), 0, $failure);
    }

    /**
     * A DDL ends the transaction as a success, even one that fails itself; what follows it is taken back.
     *
     * @param list<string> $planned
     */
    private static function committed(array $planned, int $ran): int
    {
        for ($position = min($ran, count($planned) - 1); $position >= 0; --$position) {
            if (Ddl::matches($planned[$position])) {
                return min($ran, $position + 1);
            }
        }

        return 0;
    }

    private static function connectionIsLost(\Throwable $failure): bool
    {
        return $failure instanceof ConnectionLost || 1 === preg_match('/gone away|Lost connection/', $failure->getMessage());
    }

    /** @param list<string> $statements */
    private static function shown(array $statements): string
    {
        return implode('; ', array_map(static function (string $sql): string {
            $line = trim((string) preg_replace('/\s+/', ' ', $sql));

            return mb_strlen($line) > self::SHOWN_CHARACTERS ? mb_substr($line, 0, self::SHOWN_CHARACTERS).'…' : $line;
        }, $statements));
    }
}
