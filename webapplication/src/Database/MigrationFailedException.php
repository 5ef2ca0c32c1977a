<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Exception\ConnectionLost;

/** A migration failed. MySQL commits every change of the schema by itself, so what ran before stays: the message says what. */
final class MigrationFailedException extends \RuntimeException
{
    private const SHOWN_CHARACTERS = 200;
    /** A transaction takes these back. Everything else ends it, as a success. */
    private const TAKEN_BACK = '/^\s*(?:INSERT|UPDATE|DELETE|REPLACE|SELECT|WITH|SET)\b/i';

    /**
     * @param list<string> $planned
     * @param int          $ran     how many of them, from the first on
     */
    public static function of(string $version, array $planned, int $ran, bool $transactional, \Throwable $failure): self
    {
        $reached = array_slice($planned, 0, $ran + 1);
        $committed = !$transactional || [] !== preg_grep(self::TAKEN_BACK, $reached, \PREG_GREP_INVERT);
        $stays = $committed ? array_slice($planned, 0, $ran) : [];
        $rest = array_slice($planned, count($stays));
        $parts = [
            sprintf('Migration %s: %s', $version, $failure->getMessage()),
            [] === $stays ? 'Nothing of it was carried out' : 'Carried out, and not taken back: '.self::shown($stays),
            [] === $rest ? '' : 'Not carried out: '.self::shown($rest),
            self::connectionIsLost($failure) ? 'The connection was lost: whether the server has carried out the first of these is not known' : '',
        ];

        $said = array_filter($parts, static fn (string $part): bool => '' !== $part);

        return new self(implode(' ', array_map(static fn (string $part): string => rtrim($part, '.').'.', $said)), 0, $failure);
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
