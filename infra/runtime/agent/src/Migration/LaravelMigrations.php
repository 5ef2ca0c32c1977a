<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** `php artisan migrate`. */
final readonly class LaravelMigrations implements MigrationTool
{
    /** What Laravel prints around the SQL, a line each. */
    private const NOISE = '/^(?:INFO  (?:Preparing database|Running migrations|Nothing to migrate)\.|Creating migration table \.+ .*DONE|Migration table created successfully\.|Nothing to migrate\.)$/u';
    /** Laravel 9.21 and newer: the name, filled up with dots, then a line for each statement. */
    private const NAME = '/^(\S+) \.{2,}$/';
    private const STATEMENT = '/^⇂ (.*)$/us';
    /** Older ones: the name, or that of the class, before each statement. */
    private const OLD = '/^([A-Za-z_][A-Za-z0-9_]*|\d[A-Za-z0-9_]*): (.*)$/s';

    /** @param string $files directory of the migrations, relative to the application */
    public function __construct(private string $files)
    {
    }

    public function select(array $words, array $names): array
    {
        return [...$words, ...array_map(fn (string $name): string => '--path='.$this->files.'/'.$name.'.php', $names)];
    }

    public function statements(string $output, array $pending): array
    {
        $found = [];
        $current = null;
        $isOld = false;
        foreach (preg_split('/\R/', $output) ?: [] as $written) {
            $line = trim($written);
            if ('' === $line || 1 === preg_match(self::NOISE, $line)) {
                continue;
            }
            if (1 === preg_match(self::STATEMENT, $line, $parts) && null !== $current && !$isOld) {
                $found[$current][] = $parts[1];
            } elseif (1 === preg_match(self::NAME, $line, $parts)) {
                $current = $parts[1];
                $found[$current] ??= [];
            } elseif (1 === preg_match(self::OLD, $line, $parts) && null !== ($name = self::named($parts[1], $pending))) {
                $isOld = true;
                $current = $name;
                $found[$current][] = $parts[2];
            } elseif ($isOld && null !== $current && [] !== $found[$current]) {
                // Before 9.21 a statement kept its lines.
                $found[$current][array_key_last($found[$current])] .= "\n".$written;
            } else {
                throw new NotUnderstoodException($line);
            }
        }

        return $found;
    }

    public function executed(\PDO $connection): array
    {
        return Recorded::names($connection, 'SELECT migration FROM migrations');
    }

    public function record(\PDO $connection, array $names): void
    {
    }

    /**
     * @param list<string> $pending
     */
    private static function named(string $written, array $pending): ?string
    {
        foreach ($pending as $name) {
            $class = str_replace(' ', '', ucwords(str_replace('_', ' ', implode('_', array_slice(explode('_', $name), 4)))));
            if ($written === $name || ('' !== $class && 0 === strcasecmp($written, $class))) {
                return $name;
            }
        }

        return null;
    }
}
