<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** `bin/console doctrine:migrations:migrate`, whose dry run prints SQL with -vvv. A name is that of the class, without its namespace. */
final readonly class DoctrineMigrations implements MigrationTool
{
    private const LEVELS = '/^\[(debug|info|notice|warning|error)\] (.*)$/s';
    private const BEGIN = '/^\+\+ migrating (\S+)$/';
    private const PARAMETERS = '/ (?:with parameters \(.*\))?$/Ds';
    /** What the commands print beside the log. */
    private const NOISE = '/^(?:\[OK\] .*|!? *\[(?:NOTE|CAUTION|WARNING)\].*|! .*|\S+: \[UP\]|\S+)$/s';

    /** @param string $directory absolute, of the migrations */
    public function __construct(private string $directory)
    {
    }

    public function select(array $words, array $names): array
    {
        $kept = array_values(array_filter($words, static fn (string $word): bool => !in_array($word, ['--allow-no-migration', '--all-or-nothing'], true)));
        $execute = array_map(static fn (string $word): string => (string) preg_replace('/^((?:doctrine:)?migrations:)migrate$/', '$1execute', $word), $kept);

        return [...$execute, '--up', ...array_map($this->className(...), $names)];
    }

    public function statements(string $output, array $pending): array
    {
        $found = [];
        $current = null;
        $isSql = false;
        foreach (preg_split('/\R/', rtrim($output)) ?: [] as $line) {
            if (1 !== preg_match(self::LEVELS, $line, $parts)) {
                if ($isSql && null !== $current) {
                    $found[$current][] = array_pop($found[$current])."\n".$line;
                } elseif ('' !== trim($line) && 1 !== preg_match(self::NOISE, trim($line))) {
                    throw new NotUnderstoodException(trim($line));
                }
                continue;
            }
            $isSql = 'debug' === $parts[1] && null !== $current;
            if ($isSql) {
                $found[$current][] = $parts[2];
            } elseif (1 === preg_match(self::BEGIN, $parts[2], $begin)) {
                $current = self::shortName($begin[1]);
                $found[$current] = [];
            } elseif ('error' === $parts[1]) {
                throw new NotUnderstoodException($line);
            } else {
                $current = null;
            }
        }

        return array_map(static fn (array $list): array => array_map(static fn (string $sql): string => trim((string) preg_replace(self::PARAMETERS, '', $sql)), $list), $found);
    }

    public function executed(\PDO $connection): array
    {
        return array_map(self::shortName(...), Recorded::names($connection, 'SELECT version FROM doctrine_migration_versions'));
    }

    public function record(\PDO $connection, array $names): void
    {
    }

    private static function shortName(string $class): string
    {
        $last = strrchr('\\'.$class, '\\');

        return substr((string) $last, 1);
    }

    private function className(string $name): string
    {
        $text = (string) @file_get_contents($this->directory.'/'.$name.'.php');

        return 1 === preg_match('/^\s*namespace\s+([\w\\\\]+)\s*;/m', $text, $parts) ? $parts[1].'\\'.$name : $name;
    }
}
